import { policyType } from '../../authorization/policies/index.ts';
import { representation } from '../representation-shapes.ts';
import type { Shape } from '../typed-json.ts';

// What the bodies of these endpoints may hold.

const any: Shape = { kind: 'any' };

export const resourceServerShape = representation('ResourceServerRepresentation', {
  texts: 'id clientId name policyEnforcementMode decisionStrategy',
  flags: 'allowRemoteResourceManagement',
  anything: 'resources policies scopes authorizationSchema',
});

export const scopeShape = representation('ScopeRepresentation', {
  texts: 'id name iconUri displayName',
  anything: 'policies resources',
});

export const resourceShape = representation('ResourceRepresentation', {
  texts: '_id id name uri type displayName icon_uri iconUri',
  flags: 'ownerManagedAccess',
  textLists: 'uris',
  anything: 'owner scopes resource_scopes scopesUma attributes typedScopes',
});

const policyFields = {
  texts: 'id name description type logic decisionStrategy owner resourceType',
  textLists: 'policies resources scopes',
  anything: 'resourcesData scopesData',
};

/** A policy in the general form, with a config. */
export const policyShape = representation('PolicyRepresentation', policyFields, () => ({ config: { kind: 'map', of: { kind: 'text' } } }));

/** A policy in the form of its type. */
export function typedPolicyShape(type: string): Shape {
  const fields = policyType(type)?.fields ?? {};
  const name = type.replaceAll(/(?:^|-)([a-z])/g, (_all, letter: string) => letter.toUpperCase());
  return representation(`${name}PolicyRepresentation`, policyFields, () =>
    Object.fromEntries(Object.entries(fields).map(([field, kind]) => [field, kind === 'list' ? any : { kind }])),
  );
}

export const evaluationShape = representation('PolicyEvaluationRequest', {
  texts: 'clientId userId resourceType',
  flags: 'entitlements',
  textLists: 'roleIds',
  anything: 'context resources',
});
