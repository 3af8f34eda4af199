import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AdminAnswer, type AdminServer, startAdminServer } from '../../testing/admin-server.ts';

type Json = Record<string, unknown>;

let server: AdminServer;
let admin: string;
let root: string;
const ids: Record<string, string> = {};
const call = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<AdminAnswer> =>
  server.call(admin, method, `/realms/shop${path}`, body);
const at = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown) => call(method, `${root}${path}`, body);
const made = async (path: string, body: Json): Promise<Json> => {
  const answer = await at('POST', path, body);
  expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
  return answer.json();
};
const listed = async (path: string): Promise<Json[]> => (await at('GET', path)).json<Json[]>();
const names = async (path: string): Promise<unknown[]> => (await listed(path)).map(({ name }) => name);

beforeAll(async () => {
  server = await startAdminServer();
  await server.createRealm({
    realm: 'shop',
    enabled: true,
    roles: { realm: [{ name: 'boss' }, { name: 'worker' }], client: { app: [{ name: 'cook' }] } },
    groups: [{ name: 'staff', subGroups: [{ name: 'night' }] }],
    clients: [{ clientId: 'stock', secret: 's', serviceAccountsEnabled: true, authorizationServicesEnabled: true }, { clientId: 'app' }],
    users: [
      { username: 'alice', enabled: true },
      { username: 'bob', enabled: true },
    ],
  });
  admin = await server.token('master', 'admin');
  const idIn = async (path: string): Promise<string> => {
    const found = (await call('GET', path)).json<Json | Json[]>();
    return String((Array.isArray(found) ? found[0] : found)?.['id']);
  };
  ids['stock'] = await idIn('/clients?clientId=stock');
  ids['app'] = await idIn('/clients?clientId=app');
  ids['boss'] = await idIn('/roles/boss');
  ids['worker'] = await idIn('/roles/worker');
  ids['cook'] = await idIn(`/clients/${ids['app']}/roles/cook`);
  ids['alice'] = await idIn('/users?username=alice');
  ids['bob'] = await idIn('/users?username=bob');
  ids['night'] = await idIn('/group-by-path/staff/night');
  const scopes = (await call('GET', '/client-scopes')).json<Json[]>();
  for (const name of ['email', 'profile']) ids[name] = String(scopes.find((scope) => scope['name'] === name)?.['id']);
  root = `/clients/${ids['stock']}/authz/resource-server`;
  ids['doc'] = String((await made('/resource', { name: 'doc', type: 'urn:doc', scopes: ['read', 'write'] }))['_id']);
});
afterAll(() => server?.[Symbol.asyncDispose]());

describe('a policy of each type', () => {
  const common = { id: expect.any(String), logic: 'POSITIVE', decisionStrategy: 'UNANIMOUS' };

  it('names ids or names, and shows ids', async () => {
    const cases: [string, Json, Json][] = [
      [
        'role',
        { roles: [{ id: ids['boss'], required: true }, { id: 'worker' }, { id: 'app/cook' }, { id: 'gone' }], fetchRoles: true },
        {
          roles: [
            { id: ids['boss'], required: true },
            { id: ids['worker'], required: false },
            { id: ids['cook'], required: false },
          ],
          fetchRoles: true,
        },
      ],
      ['user', { users: ['alice', ids['bob']] }, { users: [ids['alice'], ids['bob']] }],
      ['client', { clients: ['app'] }, { clients: [ids['app']] }],
      [
        'group',
        { groupsClaim: 'groups', groups: [{ path: '/staff/night', extendChildren: true }, { path: '/none' }] },
        {
          groupsClaim: 'groups',
          groups: [
            { id: ids['night'], extendChildren: true },
            { path: '/none', extendChildren: false },
          ],
        },
      ],
      [
        'client-scope',
        { clientScopes: [{ id: ids['email'], required: true }, { id: 'profile' }] },
        {
          clientScopes: [
            { id: ids['email'], required: true },
            { id: ids['profile'], required: false },
          ],
        },
      ],
      [
        'time',
        { notBefore: '2020-01-01 00:00:00', notOnOrAfter: '2099-01-01', hour: '0', hourEnd: '23' },
        {
          notBefore: '2020-01-01 00:00:00',
          notOnOrAfter: '2099-01-01',
          hour: '0',
          hourEnd: '23',
        },
      ],
      [
        'regex',
        { targetClaim: 'preferred_username', pattern: '^a.*' },
        {
          targetClaim: 'preferred_username',
          pattern: '^a.*',
          targetContextAttributes: false,
        },
      ],
      ['aggregate', { policies: ['the role', 'the user'] }, {}],
    ];
    for (const [type, body, shown] of cases) {
      const policy = await made(`/policy/${type}`, { name: `the ${type}`, description: 'd', ...body });
      expect((await at('GET', `/policy/${type}/${policy['id']}`)).json()).toEqual({
        ...common,
        name: `the ${type}`,
        description: 'd',
        type,
        ...shown,
      });
    }
  });

  it('is shown with its config where its type is not asked for', async () => {
    const { id } = (await at('GET', '/policy/search?name=the user')).json();
    expect((await at('GET', `/policy/${id}`)).json()).toMatchObject({
      type: 'user',
      config: { users: JSON.stringify([ids['alice'], ids['bob']]) },
    });
    const role = await made('/policy', { name: 'by config', type: 'role', config: { roles: JSON.stringify([{ id: 'boss' }]) } });
    expect((await at('GET', `/policy/role/${role['id']}`)).json()).toMatchObject({ roles: [{ id: ids['boss'], required: false }] });
  });

  it('is listed by name, type and kind, and tells what it hangs together with', async () => {
    expect(await names('/policy?name=THE R')).toEqual(['the regex', 'the role']);
    expect(await names('/policy?type=user')).toEqual(['the user']);
    expect(await names('/policy/role')).toEqual(['by config', 'the role']);
    expect(await names('/policy?permission=true')).toEqual([]);
    const aggregate = (await at('GET', '/policy/aggregate/search?name=the aggregate')).json();
    expect(await names(`/policy/${aggregate['id']}/associatedPolicies`)).toEqual(['the role', 'the user']);
    const role = (await at('GET', '/policy/search?name=the role')).json();
    expect(await names(`/policy/role/${role['id']}/dependentPolicies`)).toEqual(['the aggregate']);
    expect((await at('GET', '/policy/providers')).json<Json[]>().map(({ type }) => type)).toEqual([
      'regex',
      'role',
      'resource',
      'scope',
      'client',
      'time',
      'user',
      'client-scope',
      'group',
      'aggregate',
    ]);
  });

  it.each([
    ['a taken name', 'role', { name: 'the role' }, 409],
    ['no name', 'role', { roles: [] }, 409],
    ['a user who is not there', 'user', { name: 'x', users: ['nobody'] }, 400],
    ['no client', 'client', { name: 'x' }, 400],
    ['a client that is not there', 'client', { name: 'x', clients: ['nope'] }, 400],
    ['a client scope that is not there', 'client-scope', { name: 'x', clientScopes: [{ id: 'nope' }] }, 400],
    ['a policy that is not there', 'aggregate', { name: 'x', policies: ['nope'] }, 400],
    ['an end before the beginning', 'time', { name: 'x', notBefore: '2030-01-01 00:00:00', notOnOrAfter: '2020-01-01 00:00:00' }, 400],
    ['a logic that is none', 'role', { name: 'x', logic: 'MAYBE' }, 400],
    ['a field that it does not have', 'role', { name: 'x', users: [] }, 400],
    ['a type that is none', 'nope', { name: 'x' }, 404],
    ['scripts, which are not run', 'js', { name: 'x', code: '$evaluation.grant()' }, 404],
  ])('is refused with %s', async (_why, type, body, status) => {
    expect((await at('POST', `/policy/${type}`, body)).status).toBe(status);
    expect(await names('/policy?name=x')).toEqual(['the regex']);
  });

  it('is replaced, and where it is not there answers 404', async () => {
    const { id } = (await at('GET', '/policy/search?name=the user')).json();
    expect((await at('PUT', `/policy/user/${id}`, { name: 'the user', users: ['bob'], logic: 'NEGATIVE' })).status).toBe(201);
    expect((await at('GET', `/policy/user/${id}`)).json()).toEqual({
      ...common,
      id,
      name: 'the user',
      type: 'user',
      logic: 'NEGATIVE',
      users: [ids['bob']],
    });
    expect((await at('PUT', `/policy/user/${id}`, { name: 'the role', users: [] })).status).toBe(409);
    for (const [method, path] of [
      ['GET', '/policy/nope'],
      ['GET', '/policy/role/nope'],
      ['PUT', '/policy/role/nope'],
      ['DELETE', '/policy/nope'],
    ] as const) {
      expect((await at(method, path, method === 'PUT' ? { name: 'x' } : undefined)).status).toBe(404);
    }
  });
});

describe('permissions', () => {
  it('join resources or a type of them, and scopes, with policies', async () => {
    const resource = await made('/permission/resource', {
      name: 'm-res',
      resources: ['doc'],
      policies: ['the role'],
      decisionStrategy: 'AFFIRMATIVE',
    });
    expect(resource).toMatchObject({ type: 'resource', resources: [ids['doc']], decisionStrategy: 'AFFIRMATIVE' });
    await made('/permission/resource', { name: 'm-type', resourceType: 'urn:doc', policies: ['the user'] });
    await made('/permission/scope', { name: 'm-scope', resources: [ids['doc']], scopes: ['read'], policies: ['the user'] });
    await made('/permission/scope', { name: 'm-any', scopes: ['write'], policies: ['the role'], decisionStrategy: 'CONSENSUS' });
    expect((await at('GET', `/permission/resource/${resource['id']}`)).json()).toEqual({
      id: resource['id'],
      name: 'm-res',
      type: 'resource',
      logic: 'POSITIVE',
      decisionStrategy: 'AFFIRMATIVE',
    });
    expect(await names('/permission')).toEqual(['m-any', 'm-res', 'm-scope', 'm-type']);
    expect(await names('/permission?resource=doc')).toEqual(['m-res', 'm-scope', 'm-type']);
    expect(await names('/permission?scope=write')).toEqual(['m-any']);
    expect(await names('/permission?type=scope&first=1&max=1')).toEqual(['m-scope']);
    expect(await names('/permission?resourceType=urn:doc')).toEqual(['m-type']);
    expect(await names(`/permission/scope/${(await at('GET', '/permission/search?name=m-scope')).json()['id']}/scopes`)).toEqual(['read']);
    expect(await names(`/resource/${ids['doc']}/permissions`)).toEqual(['m-any', 'm-res', 'm-scope', 'm-type']);
  });

  it('keep what they join where a change does not speak of it', async () => {
    const { id } = (await at('GET', '/permission/search?name=m-res')).json();
    expect((await at('PUT', `/permission/resource/${id}`, { name: 'm-res', description: 'new' })).status).toBe(201);
    expect(await names(`/permission/resource/${id}/resources`)).toEqual(['doc']);
    expect(await names(`/permission/resource/${id}/associatedPolicies`)).toEqual(['the role']);
    expect((await at('PUT', `/permission/resource/${id}`, { name: 'm-res', policies: [], resources: [] })).status).toBe(201);
    expect(await names(`/permission/resource/${id}/resources`)).toEqual([]);
  });

  it.each([
    ['a resource that is not there', 'resource', { name: 'x', resources: ['nope'] }],
    ['a scope that is not there', 'scope', { name: 'x', scopes: ['nope'] }],
    ['a policy that is not there', 'resource', { name: 'x', policies: ['nope'] }],
  ])('are refused with %s', async (_why, type, body) => {
    expect((await at('POST', `/permission/${type}`, body)).status).toBe(400);
  });

  it('go with the last policy that they asked, through any aggregation', async () => {
    await made('/policy/user', { name: 'd-user', users: ['bob'] });
    await made('/policy/aggregate', { name: 'd-agg', policies: ['d-user'] });
    await made('/permission/resource', { name: 'd-perm', resources: ['doc'], policies: ['d-agg'] });
    await made('/permission/resource', { name: 'd-both', resources: ['doc'], policies: ['d-agg', 'the role'] });
    const { id } = (await at('GET', '/policy/search?name=d-user')).json();
    expect((await at('DELETE', `/policy/user/${id}`)).status).toBe(204);
    expect(await names('/policy?name=d-')).toEqual(['d-both']);
  });
});
