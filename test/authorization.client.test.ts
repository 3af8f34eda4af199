import { readFileSync } from 'node:fs';
import KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../bench/drivers/http.ts';
import { startTestCluster } from './support/test-cluster.ts';

type Json = Record<string, unknown>;

/** What Keycloak 26.7.4 gave for the settings of a resource server with one policy of each type. */
const recorded = JSON.parse(readFileSync(new URL('support/authorization-settings.json', import.meta.url), 'utf8')) as Json;
const realm = 'authorized';

/** Lists without an order come in another one each time, also those that are texts. */
function unordered(value: unknown): unknown {
  if (typeof value === 'string' && value.startsWith('[')) return unordered(JSON.parse(value));
  if (Array.isArray(value)) return value.map(unordered).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, one]) => [name, unordered(one)]));
}

describe('@keycloak/keycloak-admin-client operates authorization services', () => {
  const reference = process.env['KEYGRID_TEST_REFERENCE_URL'];
  let base = '';
  let stop = async (): Promise<void> => undefined;
  let client: KeycloakAdminClient;
  let id = '';

  beforeAll(async () => {
    if (reference) base = reference;
    else {
      const cluster = await startTestCluster(1);
      base = cluster.server.bases[0] ?? '';
      stop = () => cluster.stop();
    }
    client = new KeycloakAdminClient({ baseUrl: base, realmName: 'master' });
    await client.auth({ grantType: 'password', clientId: 'admin-cli', username: 'admin', password: 'admin' });
    await client.realms.del({ realm }).catch(() => {});
    await client.realms.create({
      realm,
      enabled: true,
      roles: { realm: [{ name: 'boss' }], client: { app: [{ name: 'cook' }] } },
      groups: [{ name: 'staff', subGroups: [{ name: 'night' }] }],
      clients: [
        {
          clientId: 'rs',
          secret: 'rs-secret',
          serviceAccountsEnabled: true,
          authorizationServicesEnabled: true,
          authorizationSettings: recorded,
        },
        { clientId: 'app', secret: 'app-secret', serviceAccountsEnabled: true },
      ],
      users: [
        { username: 'alice', enabled: true },
        { username: 'bob', enabled: true },
      ],
    });
    id = (await client.clients.find({ realm, clientId: 'rs' }))[0]?.id ?? '';
  });
  afterAll(async () => {
    await client?.realms.del({ realm }).catch(() => {});
    await stop();
  });

  it('what Keycloak exported is imported with the realm, and comes out the same', async () => {
    expect(unordered(await client.clients.exportResource({ realm, id }))).toEqual(unordered(recorded));
  });

  it('and is taken in over what is there', async () => {
    await client.clients.importResource({ realm, id }, recorded);
    expect(unordered(await client.clients.exportResource({ realm, id }))).toEqual(unordered(recorded));
  });

  it('reads and changes the resource server', async () => {
    const server = await client.clients.getResourceServer({ realm, id });
    expect(server).toMatchObject({ id, name: 'rs', policyEnforcementMode: 'PERMISSIVE', decisionStrategy: 'AFFIRMATIVE' });
    const enforcing = {
      ...server,
      policyEnforcementMode: 'ENFORCING' as const,
      decisionStrategy: 'UNANIMOUS' as const,
      allowRemoteResourceManagement: true,
    };
    await client.clients.updateResourceServer({ realm, id }, enforcing as never);
    expect(await client.clients.getResourceServer({ realm, id })).toMatchObject({ policyEnforcementMode: 'ENFORCING' });
  });

  it('makes scopes, resources, policies and permissions, and lists what belongs together', async () => {
    await client.clients.createAuthorizationScope({ realm, id }, { name: 'share' });
    const share = (await client.clients.listAllScopes({ realm, id, name: 'share' } as never))[0];
    expect(share).toMatchObject({ name: 'share' });
    const box = await client.clients.createResource({ realm, id }, { name: 'box', scopes: [{ name: 'share' }], uris: ['/box'] } as never);
    const boxId = String((box as unknown as Json)['_id']);
    expect(await client.clients.listResources({ realm, id, name: 'box', deep: false } as never)).toMatchObject([
      { name: 'box', uris: ['/box'] },
    ]);
    expect((await client.clients.listAllResourcesByScope({ realm, id, scopeId: share?.id ?? '' })).map(({ name }) => name)).toEqual([
      'box',
    ]);
    const alice = (await client.users.find({ realm, username: 'alice', exact: true }))[0]?.id ?? '';
    const policy = await client.clients.createPolicy({ realm, id, type: 'user' }, {
      name: 'is alice',
      logic: 'POSITIVE',
      users: [alice],
    } as never);
    const permission = await client.clients.createPermission({ realm, id, type: 'scope' }, {
      name: 'sharing',
      resources: [boxId],
      scopes: [share?.id],
      policies: [policy.id],
    } as never);
    const permissionId = String(permission.id);
    expect((await client.clients.getAssociatedPolicies({ realm, id, permissionId })).map(({ name }) => name)).toEqual(['is alice']);
    expect((await client.clients.getAssociatedScopes({ realm, id, permissionId })).map(({ name }) => name)).toEqual(['share']);
    expect((await client.clients.getAssociatedResources({ realm, id, permissionId })).map(({ name }) => name)).toEqual(['box']);
    expect((await client.clients.listDependentPolicies({ realm, id, policyId: policy.id ?? '' })).map(({ name }) => name)).toEqual([
      'sharing',
    ]);
    expect((await client.clients.listPermissionsByResource({ realm, id, resourceId: boxId })).map(({ name }) => name)).toEqual(['sharing']);
    expect((await client.clients.listPolicyProviders({ realm, id })).map(({ type }) => type).sort()).toEqual(
      ['aggregate', 'client', 'client-scope', 'group', 'regex', 'resource', 'role', 'scope', 'time', 'user'].sort(),
    );
  });

  it('plays a request through, and tells why', async () => {
    const told = async (username: string): Promise<Json> => {
      const userId = (await client.users.find({ realm, username, exact: true }))[0]?.id ?? '';
      const resources = [{ name: 'box', scopes: [{ name: 'share' }] }];
      const body = { userId, resources, context: { attributes: {} }, roleIds: [], entitlements: false };
      return (await client.clients.evaluateResource({ realm, id }, body as never)) as unknown as Json;
    };
    const alice = await told('alice');
    expect(alice).toMatchObject({
      status: 'PERMIT',
      results: [
        {
          resource: { name: 'box with scopes [share]' },
          status: 'PERMIT',
          allowedScopes: [{ name: 'share' }],
          policies: [
            { status: 'PERMIT', policy: { name: 'sharing' }, associatedPolicies: [{ status: 'PERMIT', policy: { name: 'is alice' } }] },
          ],
        },
      ],
    });
    expect(await told('bob')).toMatchObject({ status: 'DENY', results: [{ status: 'DENY', allowedScopes: [] }] });
  });

  it('and the token endpoint decides by it', async () => {
    const answer = await call(`${base}/realms/${realm}/protocol/openid-connect/token`, {
      form: {
        grant_type: 'urn:ietf:params:oauth:grant-type:uma-ticket',
        client_id: 'app',
        client_secret: 'app-secret',
        audience: 'rs',
        permission: 'box#share',
        response_mode: 'decision',
      },
    });
    expect([answer.status, JSON.parse(answer.text)]).toEqual([403, { error: 'access_denied', error_description: 'not_authorized' }]);
  });
});
