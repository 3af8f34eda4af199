import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AdminAnswer, type AdminServer, startAdminServer } from '../../testing/admin-server.ts';

type Json = Record<string, unknown>;

let server: AdminServer;
let admin: string;
let root: string;
let clientUuid: string;
let aliceId: string;
const call = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<AdminAnswer> =>
  server.call(admin, method, `/realms/shop${path}`, body);
const at = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown) => call(method, `${root}${path}`, body);
const seen = async (answer: Promise<AdminAnswer>): Promise<unknown> => {
  const { status, text, json } = await answer;
  return text === '' ? status : [status, json()];
};
const listed = async (path: string): Promise<Json[]> => (await at('GET', path)).json<Json[]>();
const names = async (path: string): Promise<unknown[]> => (await listed(path)).map(({ name }) => name);

beforeAll(async () => {
  server = await startAdminServer();
  await server.createRealm({
    realm: 'shop',
    enabled: true,
    clients: [
      { clientId: 'stock', secret: 's', serviceAccountsEnabled: true, authorizationServicesEnabled: true },
      { clientId: 'plain', secret: 's' },
    ],
    users: [{ username: 'alice', enabled: true }],
  });
  admin = await server.token('master', 'admin');
  const idOf = async (clientId: string): Promise<string> =>
    String((await call('GET', `/clients?clientId=${clientId}`)).json<Json[]>()[0]?.['id']);
  clientUuid = await idOf('stock');
  aliceId = String((await call('GET', '/users?username=alice')).json<Json[]>()[0]?.['id']);
  root = `/clients/${clientUuid}/authz/resource-server`;
});
afterAll(() => server?.[Symbol.asyncDispose]());

describe('a resource server', () => {
  it('is there with the client, enforcing and unanimous, and is no other client', async () => {
    expect(await seen(at('GET', ''))).toEqual([
      200,
      {
        id: clientUuid,
        clientId: clientUuid,
        name: 'stock',
        allowRemoteResourceManagement: true,
        policyEnforcementMode: 'ENFORCING',
        resources: [],
        policies: [],
        scopes: [],
        decisionStrategy: 'UNANIMOUS',
      },
    ]);
    const plain = (await call('GET', '/clients?clientId=plain')).json<Json[]>()[0]?.['id'];
    expect(await seen(call('GET', `/clients/${plain}/authz/resource-server`))).toEqual([404, { error: 'HTTP 404 Not Found' }]);
    expect(await seen(call('GET', '/clients/nope/authz/resource-server'))).toEqual([404, { error: 'Could not find client' }]);
  });

  it('takes its modes, and refuses what is none', async () => {
    expect(await seen(at('PUT', '', { policyEnforcementMode: 'PERMISSIVE', decisionStrategy: 'AFFIRMATIVE' }))).toBe(204);
    expect((await at('GET', '')).json()).toMatchObject({ policyEnforcementMode: 'PERMISSIVE', decisionStrategy: 'AFFIRMATIVE' });
    expect(await seen(at('PUT', '', { policyEnforcementMode: 'X' }))).toEqual([
      400,
      { error: 'unknown_error', error_description: 'Cannot parse the JSON' },
    ]);
    expect((await at('PUT', '', { bad: 1 })).text).toContain('Unrecognized field \\"bad\\"');
    expect(await seen(at('PUT', '', { policyEnforcementMode: 'ENFORCING', decisionStrategy: 'UNANIMOUS' }))).toBe(204);
  });

  it('gives the account of its client the role that opens the protection API', async () => {
    const roles = (await call('GET', `/clients/${clientUuid}/roles`)).json<Json[]>();
    expect(roles.map(({ name }) => name)).toEqual(['uma_protection']);
    const account = (await call('GET', `/clients/${clientUuid}/service-account-user`)).json();
    const held = (await call('GET', `/users/${account['id']}/role-mappings/clients/${clientUuid}`)).json<Json[]>();
    expect(held.map(({ name }) => name)).toEqual(['uma_protection']);
  });

  it('is asked for by who may view authorization, and changed by who may manage it', async () => {
    await server.createRealm({
      realm: 'rights',
      enabled: true,
      clients: [{ clientId: 'rs', secret: 's', serviceAccountsEnabled: true, authorizationServicesEnabled: true }],
      users: ['view-authorization', 'manage-authorization', 'view-clients'].map((role) => ({
        username: role,
        enabled: true,
        clientRoles: { 'realm-management': [role] },
      })),
    });
    const rs = (await server.call(admin, 'GET', '/realms/rights/clients?clientId=rs')).json<Json[]>()[0]?.['id'];
    const path = `/realms/rights/clients/${rs}/authz/resource-server`;
    const tried = async (user: string) => {
      const token = await server.token('rights', user);
      return [
        (await server.call(token, 'GET', `${path}/scope`)).status,
        (await server.call(token, 'POST', `${path}/scope`, { name: user })).status,
      ];
    };
    expect(await tried('view-authorization')).toEqual([200, 403]);
    expect(await tried('manage-authorization')).toEqual([200, 201]);
    expect(await tried('view-clients')).toEqual([403, 403]);
  });

  it('comes and goes with the switch of its client, which needs an account', async () => {
    const plain = (await call('GET', '/clients?clientId=plain')).json<Json[]>()[0] ?? {};
    const put = (change: Json) => call('PUT', `/clients/${plain['id']}`, { ...plain, ...change });
    expect((await put({ authorizationServicesEnabled: true })).status).toBe(400);
    expect((await put({ authorizationServicesEnabled: true, serviceAccountsEnabled: true })).status).toBe(204);
    const path = `/clients/${plain['id']}/authz/resource-server`;
    expect((await call('GET', path)).status).toBe(200);
    expect((await call('GET', `/clients/${plain['id']}/roles`)).text).toContain('uma_protection');
    expect((await put({ authorizationServicesEnabled: false, serviceAccountsEnabled: true })).status).toBe(204);
    expect((await call('GET', path)).status).toBe(404);
  });
});

describe('scopes', () => {
  it('are made once a name, shown, found and changed', async () => {
    const write = (await at('POST', '/scope', { name: 'write', displayName: 'W', iconUri: 'http://i' })).json();
    expect(write).toEqual({ id: expect.any(String), name: 'write', displayName: 'W', iconUri: 'http://i' });
    const read = (await at('POST', '/scope', { name: 'read' })).json();
    expect(await seen(at('POST', '/scope', { name: 'read' }))).toEqual([201, read]);
    expect(await listed('/scope')).toEqual([read, write]);
    expect(await listed('/scope?name=REA&first=0&max=1')).toEqual([read]);
    expect(await listed(`/scope?scopeId=${write['id']}`)).toEqual([write]);
    expect(await seen(at('GET', '/scope/search?name=read'))).toEqual([200, read]);
    expect(await seen(at('GET', '/scope/search?name=nope'))).toBe(204);
    expect(await seen(at('GET', '/scope/search'))).toBe(400);
    expect(await seen(at('PUT', `/scope/${write['id']}`, { name: 'write', displayName: 'W2' }))).toBe(204);
    expect(await seen(at('GET', `/scope/${write['id']}`))).toEqual([200, { id: write['id'], name: 'write', displayName: 'W2' }]);
  });

  it('are refused without a name, under a taken one, and where they are not', async () => {
    const conflict = [409, { error: 'conflict', error_description: 'Duplicate resource error' }];
    expect(await seen(at('POST', '/scope', {}))).toEqual(conflict);
    const { id } = (await at('GET', '/scope/search?name=write')).json();
    expect(await seen(at('PUT', `/scope/${id}`, { name: 'read' }))).toEqual(conflict);
    for (const [method, path] of [
      ['GET', ''],
      ['PUT', ''],
      ['DELETE', ''],
      ['GET', '/resources'],
      ['GET', '/permissions'],
    ] as const) {
      expect(await seen(at(method, `/scope/nope${path}`, method === 'PUT' ? { name: 'x' } : undefined))).toBe(404);
    }
    expect(await seen(at('POST', '/scope', { nope: 1 }))).toEqual([
      400,
      { error: 'Invalid json representation for ScopeRepresentation. Unrecognized field "nope" at line 1 column 10.' },
    ]);
  });
});

describe('resources', () => {
  it('are made with scopes, URIs, attributes and an owner', async () => {
    const doc = await at('POST', '/resource', {
      name: 'doc',
      displayName: 'Doc',
      type: 'urn:doc',
      uris: ['/doc', '/doc/*'],
      scopes: [{ name: 'read' }, { name: 'write' }],
      attributes: { a: ['1', '2'], b: 'x' },
      ownerManagedAccess: true,
      icon_uri: 'http://i',
    });
    expect(doc.status).toBe(201);
    expect(doc.json()).toEqual({
      name: 'doc',
      type: 'urn:doc',
      owner: { id: clientUuid, name: 'stock' },
      ownerManagedAccess: true,
      displayName: 'Doc',
      attributes: { a: ['1', '2'], b: ['x'] },
      _id: expect.any(String),
      uris: ['/doc', '/doc/*'],
      scopes: [
        { id: expect.any(String), name: 'read' },
        { id: expect.any(String), name: 'write' },
      ],
      icon_uri: 'http://i',
    });
    const own = await at('POST', '/resource', { name: 'diary', type: 'urn:doc', owner: 'alice', scopes: ['read', 'fresh'] });
    expect(own.json()).toMatchObject({ owner: { id: aliceId, name: 'alice' }, uris: [], attributes: {} });
    expect(await names('/scope')).toEqual(['fresh', 'read', 'write']);
  });

  it('are found by name, URI, pattern, owner, type and scope', async () => {
    expect(await names('/resource')).toEqual(['diary', 'doc']);
    expect(await names('/resource?name=DO')).toEqual(['doc']);
    expect(await names('/resource?name=do&exactName=true')).toEqual([]);
    expect(await names('/resource?uri=/doc')).toEqual(['doc']);
    expect(await names('/resource?uri=/doc/5')).toEqual([]);
    expect(await names('/resource?uri=/doc/5&matchingUri=true')).toEqual(['doc']);
    expect(await names('/resource?owner=alice')).toEqual(['diary']);
    expect(await names('/resource?owner=stock')).toEqual(['doc']);
    expect(await names('/resource?type=urn:doc&first=1&max=1')).toEqual(['doc']);
    expect(await names('/resource?scope=write')).toEqual(['doc']);
    expect(await names('/resource?scope=nope')).toEqual([]);
    expect((await listed('/resource?deep=false&name=doc'))[0]).not.toHaveProperty('scopes');
    expect(await seen(at('GET', '/resource/search?name=diary'))).toBe(204);
  });

  it('show what they have: scopes with those of their type, permissions, attributes', async () => {
    const [diary, doc] = (await listed('/resource')) as [Json, Json];
    expect(await names(`/resource/${diary['_id']}/scopes`)).toEqual(['fresh', 'read', 'write']);
    expect((await at('GET', `/resource/${doc['_id']}/attributes`)).json()).toEqual({ a: ['1', '2'], b: ['x'] });
    await at('POST', '/permission/resource', { name: 'docs', resources: [doc['_id']] });
    expect(await listed(`/resource/${diary['_id']}/permissions`)).toEqual([
      { id: expect.any(String), name: 'docs', type: 'resource', logic: 'POSITIVE', decisionStrategy: 'UNANIMOUS', config: {} },
    ]);
    for (const part of ['scopes', 'permissions', 'attributes']) expect(await seen(at('GET', `/resource/nope/${part}`))).toBe(404);
  });

  it('are replaced, but for the owner, and for attributes that are not spoken of', async () => {
    const [doc] = (await listed('/resource?name=doc')) as [Json];
    const path = `/resource/${doc['_id']}`;
    expect(await seen(at('PUT', path, { name: 'doc', owner: { id: aliceId } }))).toBe(204);
    const after = (await at('GET', path)).json();
    expect(after).toEqual({
      name: 'doc',
      owner: { id: clientUuid, name: 'stock' },
      ownerManagedAccess: false,
      attributes: { a: ['1', '2'], b: ['x'] },
      _id: doc['_id'],
      uris: [],
    });
    expect(await seen(at('PUT', path, { ...doc, attributes: {} }))).toBe(204);
    expect((await at('GET', path)).json()).toEqual({ ...doc, attributes: {} });
  });

  it('are refused under a taken name, without one, for an owner who is not there, and as what they are not', async () => {
    expect(await seen(at('POST', '/resource', { name: 'doc' }))).toEqual([
      409,
      { error: 'invalid_request', error_description: 'Resource with name [doc] already exists.' },
    ]);
    expect((await at('POST', '/resource', {})).status).toBe(409);
    expect((await at('POST', '/resource', { name: 'x', owner: { id: 'nobody' } })).status).toBe(400);
    expect(await seen(at('POST', '/resource', { name: 'x', owner: { name: 'alice' } }))).toEqual([
      400,
      { error: 'invalid_request', error_description: 'You must specify the resource owner.' },
    ]);
    expect((await at('POST', '/resource', { bad: 1 })).text).toContain('ResourceRepresentation');
    for (const method of ['GET', 'PUT', 'DELETE'] as const) {
      expect(await seen(at(method, '/resource/nope', method === 'PUT' ? { name: 'x' } : undefined))).toEqual([
        404,
        { error: 'HTTP 404 Not Found' },
      ]);
    }
  });

  it('take with them what was for them alone; a scope in use stays', async () => {
    const gone = (await at('POST', '/resource', { name: 'gone', scopes: ['only'] })).json();
    await at('POST', '/permission/resource', { name: 'alone', resources: ['gone'] });
    await at('POST', '/permission/resource', { name: 'both', resources: ['gone', 'doc'] });
    const only = (await at('GET', '/scope/search?name=only')).json();
    expect(await seen(at('DELETE', `/scope/${only['id']}`))).toEqual([
      400,
      { errorMessage: 'Scopes can not be removed while associated with resources.' },
    ]);
    expect(await seen(at('DELETE', `/resource/${gone['_id']}`))).toBe(204);
    expect(await seen(at('GET', '/permission/search?name=alone'))).toBe(204);
    expect((await at('GET', '/permission/search?name=both')).status).toBe(200);
    await at('POST', '/permission/scope', { name: 'onlyscope', scopes: ['only'] });
    expect(await seen(at('DELETE', `/scope/${only['id']}`))).toBe(204);
    expect(await seen(at('GET', '/permission/search?name=onlyscope'))).toBe(204);
  });

  it('go with the user who owns them', async () => {
    await call('POST', '/users', { username: 'gone', enabled: true });
    const user = (await call('GET', '/users?username=gone')).json<Json[]>()[0];
    await at('POST', '/resource', { name: 'left', owner: 'gone', scopes: ['read'] });
    const left = (await listed('/resource?name=left'))[0];
    await at('POST', '/permission/scope', { name: 'of-left', resources: [left?.['_id']], scopes: ['read'] });
    expect((await call('DELETE', `/users/${user?.['id']}`)).status).toBe(204);
    expect(await names('/resource?name=left')).toEqual([]);
    expect(await seen(at('GET', '/permission/search?name=of-left'))).toBe(204);
  });
});
