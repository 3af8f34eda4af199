import { admin, adminToken } from '../drivers/admin.ts';
import type { ServerUnderTest } from '../servers/server.ts';

/** What is measured is a resource server of this size. */
export interface Population {
  readonly resources: number;
  /** Types of resources; each has a permission of its own, and each tenth resource one more. */
  readonly types: number;
}

export const RESOURCE_SERVER = 'warehouse';
/** Resources of one import: what a Java server keeps of an import while it runs makes large ones slow out of proportion. */
const RESOURCES_A_CALL = 250;
/** An import of those beside other work on the machine; patience, not an expectation. */
const IMPORT_TIMEOUT_MS = 300_000;
/** An administrator's token outlives the imports. */
const TOKEN_SECONDS = 3_600;

/** Makes the resource server: roles, users and clients as policies, types and single resources with permissions for them. */
export async function populate(server: ServerUnderTest, { resources, types }: Population): Promise<void> {
  const base = server.bases[0] ?? '';
  const token = await adminToken(base);
  await admin(base, token, 'PUT', '/realms/master', { accessTokenLifespan: TOKEN_SECONDS });
  const longer = await adminToken(base);
  await admin(base, longer, 'POST', '/realms/bench/clients', {
    clientId: RESOURCE_SERVER,
    secret: 'warehouse-secret',
    serviceAccountsEnabled: true,
    authorizationServicesEnabled: true,
  });
  const clients = (await admin(base, longer, 'GET', `/realms/bench/clients?clientId=${RESOURCE_SERVER}`)) as { id: string }[];
  const path = `/realms/bench/clients/${clients[0]?.id}/authz/resource-server/import`;
  const policies = [
    { name: 'is a user', type: 'role', config: { roles: '[{"id":"offline_access","required":false}]' } },
    { name: 'is user0', type: 'user', config: { users: '["user0"]' } },
    { name: 'by app', type: 'client', config: { clients: '["app"]' } },
    { name: 'this century', type: 'time', config: { nbf: '2000-01-01 00:00:00', noa: '2100-01-01 00:00:00' } },
    { name: 'all of it', type: 'aggregate', config: { applyPolicies: '["is a user","by app","this century"]' } },
    ...Array.from({ length: types }, (_, type) => ({
      name: `type ${type}`,
      type: 'resource',
      config: { defaultResourceType: `urn:type:${type}`, applyPolicies: '["all of it"]' },
    })),
  ];
  const scopes = ['read', 'write', 'share'].map((name) => ({ name }));
  const settings = { allowRemoteResourceManagement: true, policyEnforcementMode: 'ENFORCING', decisionStrategy: 'AFFIRMATIVE' };
  const put = (part: Readonly<Record<string, unknown>>) =>
    admin(base, longer, 'POST', path, { ...settings, ...part }, [], IMPORT_TIMEOUT_MS);
  await put({ scopes, policies, resources: [] });
  for (let first = 0; first < resources; first += RESOURCES_A_CALL) {
    const numbers = Array.from({ length: Math.min(RESOURCES_A_CALL, resources - first) }, (_, index) => first + index);
    await put({
      scopes: [],
      resources: numbers.map((number) => ({ name: `box ${number}`, type: `urn:type:${number % types}`, uris: [`/box/${number}`], scopes })),
      policies: numbers
        .filter((number) => number % 10 === 0)
        .map((number) => ({
          name: `box ${number} for user0`,
          type: 'scope',
          config: { resources: JSON.stringify([`box ${number}`]), scopes: '["share"]', applyPolicies: '["is user0"]' },
        })),
    });
  }
}
