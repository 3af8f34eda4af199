import { clientPolicy } from './client.ts';
import { clientScopePolicy } from './client-scope.ts';
import { groupPolicy } from './group.ts';
import { aggregatePolicy, resourcePermission, scopePermission, umaPermission } from './joining.ts';
import type { PolicyType } from './policy-type.ts';
import { regexPolicy } from './regex.ts';
import { rolePolicy } from './role.ts';
import { timePolicy } from './time.ts';
import { userPolicy } from './user.ts';

/** What administrators may make, in the order in which Keycloak lists it. */
export const listedPolicyTypes: readonly PolicyType[] = [
  regexPolicy,
  rolePolicy,
  resourcePermission,
  scopePermission,
  clientPolicy,
  timePolicy,
  userPolicy,
  clientScopePolicy,
  groupPolicy,
  aggregatePolicy,
];

const byType = new Map([...listedPolicyTypes, umaPermission].map((one) => [one.type, one]));

export function policyType(type: string): PolicyType | undefined {
  return byType.get(type);
}
