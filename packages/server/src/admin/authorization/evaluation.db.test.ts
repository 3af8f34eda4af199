import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AdminServer, startAdminServer } from '../../testing/admin-server.ts';

type Json = Record<string, unknown>;
interface Told {
  readonly status: string;
  readonly results: readonly {
    readonly resource: { readonly name: string };
    readonly status: string;
    readonly scopes: readonly { readonly name: string }[];
    readonly allowedScopes: readonly { readonly name: string }[];
    readonly policies: readonly {
      readonly status: string;
      readonly policy: { readonly name: string };
      readonly associatedPolicies: readonly { readonly status: string; readonly policy: { readonly name: string } }[];
    }[];
  }[];
  readonly rpt: Json & { readonly authorization: { readonly permissions: readonly Json[] } };
}

let server: AdminServer;
let admin: string;
let root: string;
const at = (method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown) => server.call(admin, method, `/realms/shop${root}${path}`, body);
const userId = async (name: string) => (await server.call(admin, 'GET', `/realms/shop/users?username=${name}`)).json<Json[]>()[0]?.['id'];
const evaluated = async (user: string, more: Json = {}): Promise<Told> => {
  const answer = await at('POST', '/policy/evaluate', { userId: await userId(user), resources: [], context: { attributes: {} }, ...more });
  expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
  return answer.json<Told>();
};
const story = (told: Told) =>
  told.results.map(({ resource, status, policies }) => [
    resource.name,
    status,
    policies.map(
      (one) => `${one.policy.name}:${one.status}<${one.associatedPolicies.map((each) => `${each.policy.name}:${each.status}`).join()}`,
    ),
  ]);

beforeAll(async () => {
  server = await startAdminServer();
  await server.createRealm({
    realm: 'shop',
    enabled: true,
    roles: { realm: [{ name: 'boss' }] },
    clients: [
      {
        clientId: 'stock',
        secret: 's',
        serviceAccountsEnabled: true,
        authorizationServicesEnabled: true,
        authorizationSettings: {
          scopes: [{ name: 'read' }, { name: 'write' }],
          resources: [
            { name: 'doc', type: 'urn:doc', scopes: [{ name: 'read' }, { name: 'write' }] },
            { name: 'other' },
            { name: 'unspoken' },
          ],
          policies: [
            { name: 'is boss', type: 'role', config: { roles: '[{"id":"boss","required":false}]' } },
            { name: 'is bob', type: 'user', config: { users: '["bob"]' } },
            { name: 'at night', type: 'time', config: { hour: '22', hourEnd: '23' } },
            { name: 'docs', type: 'resource', config: { resources: '["doc"]', applyPolicies: '["is boss"]' } },
            { name: 'writing', type: 'scope', config: { resources: '["doc"]', scopes: '["write"]', applyPolicies: '["is bob"]' } },
            { name: 'others', type: 'resource', config: { resources: '["other"]', applyPolicies: '["at night"]' } },
          ],
        },
      },
    ],
    users: [
      { username: 'alice', enabled: true, realmRoles: ['boss'] },
      { username: 'bob', enabled: true },
    ],
  });
  admin = await server.token('master', 'admin');
  const client = (await server.call(admin, 'GET', '/realms/shop/clients?clientId=stock')).json<Json[]>()[0]?.['id'];
  root = `/clients/${client}/authz/resource-server`;
});
afterAll(() => server?.[Symbol.asyncDispose]());

describe('an evaluation', () => {
  it('tells what is granted, and what every policy said', async () => {
    const told = await evaluated('alice', { resources: [{ name: 'doc', scopes: [{ name: 'read' }, { name: 'write' }] }] });
    expect(story(told)).toEqual([['doc with scopes [read]', 'PERMIT', ['docs:PERMIT<is boss:PERMIT', 'writing:DENY<is bob:DENY']]]);
    expect(told.status).toBe('PERMIT');
    expect(told.results[0]?.allowedScopes.map(({ name }) => name)).toEqual(['read']);
    expect(told.rpt.authorization.permissions).toEqual([{ scopes: ['read'], rsid: expect.any(String), rsname: 'doc' }]);
    expect(told.rpt).toMatchObject({ aud: 'stock', azp: 'stock', preferred_username: 'alice' });
  });

  it('tells of everything where nothing is named, but for what nobody speaks of', async () => {
    expect(story(await evaluated('bob'))).toEqual([
      ['doc with scopes [read, write]', 'DENY', ['docs:DENY<is boss:DENY', 'writing:PERMIT<is bob:PERMIT']],
      ['other', 'DENY', ['others:DENY<at night:DENY']],
    ]);
  });

  it('takes resources by type and scope, supposes roles, and the circumstances that it is given', async () => {
    expect(story(await evaluated('alice', { resources: [{ type: 'urn:doc' }] }))).toHaveLength(1);
    const byScope = await evaluated('bob', { resources: [{ scopes: [{ name: 'write' }] }] });
    expect(byScope.results.map(({ resource }) => resource.name)).toEqual(['doc with scopes [write]']);
    const supposed = await evaluated('bob', { roleIds: ['boss'], resources: [{ name: 'doc', scopes: [{ name: 'write' }] }] });
    expect(supposed.status).toBe('PERMIT');
    const night = { attributes: { 'kc.time.date_time': '2026-01-01 22:30:00' } };
    expect((await evaluated('bob', { resources: [{ name: 'other' }], context: night })).status).toBe('PERMIT');
  });

  it('follows the mode and the strategy of the server', async () => {
    await at('PUT', '', { decisionStrategy: 'AFFIRMATIVE' });
    expect((await evaluated('bob', { resources: [{ name: 'doc' }] })).results[0]?.allowedScopes.map(({ name }) => name)).toEqual(['write']);
    await at('PUT', '', { decisionStrategy: 'UNANIMOUS', policyEnforcementMode: 'PERMISSIVE' });
    expect((await evaluated('bob', { resources: [{ name: 'unspoken' }] })).status).toBe('PERMIT');
    await at('PUT', '', { policyEnforcementMode: 'DISABLED' });
    expect((await evaluated('bob')).status).toBe('PERMIT');
    await at('PUT', '', { policyEnforcementMode: 'ENFORCING' });
    expect((await evaluated('bob', { resources: [{ name: 'unspoken' }] })).results).toEqual([]);
  });

  it('of nobody, or of a client that is not there, is refused', async () => {
    for (const body of [{}, { userId: 'nobody' }, { userId: await userId('bob'), clientId: 'nope' }]) {
      expect((await at('POST', '/policy/evaluate', body)).status).toBe(400);
    }
  });
});

describe('the settings of a resource server', () => {
  it('come out as they went in, without ids', async () => {
    const settings = (await at('GET', '/settings')).json();
    expect(JSON.stringify(settings)).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
    await server.createRealm({ realm: 'copy', enabled: true, roles: { realm: [{ name: 'boss' }] }, users: [{ username: 'bob' }] });
    const made = await server.call(admin, 'POST', '/realms/copy/clients', {
      clientId: 'copy',
      secret: 's',
      serviceAccountsEnabled: true,
      authorizationServicesEnabled: true,
      authorizationSettings: settings,
    });
    expect(made.status).toBe(201);
    const path = `/realms/copy/clients/${made.location?.split('/').at(-1)}/authz/resource-server`;
    expect((await server.call(admin, 'GET', `${path}/settings`)).json()).toEqual(settings);
    expect((await server.call(admin, 'POST', `${path}/import`, settings)).status).toBe(204);
    expect((await server.call(admin, 'GET', `${path}/settings`)).json()).toEqual(settings);
  });

  it('are taken in whole or not at all', async () => {
    const before = (await at('GET', '/settings')).json();
    const policies = [
      { name: 'fine', type: 'role', config: { roles: '[]' } },
      { name: 'wrong', type: 'resource', config: { resources: '["nowhere"]' } },
    ];
    expect((await at('POST', '/import', { resources: [{ name: 'half' }], policies })).status).toBe(400);
    for (const bad of [{ policies: [{ name: 'x', type: 'js', config: {} }] }, { policies: 'x' }, { scopes: [1] }]) {
      expect((await at('POST', '/import', bad)).status).toBe(400);
    }
    expect((await at('GET', '/settings')).json()).toEqual(before);
  });

  it('are read in whatever order policies stand', async () => {
    const policies = [
      { name: 'last', type: 'resource', config: { resources: '["other"]', applyPolicies: '["middle"]' } },
      { name: 'middle', type: 'aggregate', config: { applyPolicies: '["first"]' } },
      { name: 'first', type: 'user', config: { users: '["bob"]' } },
    ];
    expect((await at('POST', '/import', { policies })).status).toBe(204);
    expect((await evaluated('bob', { resources: [{ name: 'other' }] })).results[0]?.policies.map(({ policy }) => policy.name)).toContain(
      'last',
    );
  });
});
