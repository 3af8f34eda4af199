import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startUmaWorld, type UmaReply, type UmaWorld } from '../../testing/uma-world.ts';

let world: UmaWorld;
let pat: string;
let alice: string;
let bob: string;
beforeAll(async () => {
  world = await startUmaWorld();
  [pat, alice, bob] = await Promise.all([world.account(), world.login('alice', 'rs'), world.login('bob', 'rs')]);
});
afterAll(() => world?.[Symbol.asyncDispose]());

const error = ({ status, json }: UmaReply) => [status, json.error];
const idOf = ({ json }: UmaReply): string => String(json['_id']);
const photo = {
  name: 'photo',
  type: 'urn:photo',
  ownerManagedAccess: true,
  resource_scopes: ['view', 'print'],
  icon_uri: 'http://i',
  uris: ['/p/1'],
};

describe('UMA 2.0 Federated Authorization section 2: where things are', () => {
  it('is in a document of the realm', async () => {
    const answer = await world.server.app.inject({ url: '/realms/uma/.well-known/uma2-configuration' });
    const issuer = 'http://127.0.0.1:8080/realms/uma';
    expect(answer.json()).toMatchObject({
      issuer,
      token_endpoint: `${issuer}/protocol/openid-connect/token`,
      introspection_endpoint: `${issuer}/protocol/openid-connect/token/introspect`,
      resource_registration_endpoint: `${issuer}/authz/protection/resource_set`,
      permission_endpoint: `${issuer}/authz/protection/permission`,
      policy_endpoint: `${issuer}/authz/protection/uma-policy`,
    });
    expect(answer.json().grant_types_supported).toContain('urn:ietf:params:oauth:grant-type:uma-ticket');
  });
});

describe('section 3: resource registration', () => {
  it('makes whoever registers a resource its owner, whatever the body says', async () => {
    const own = await world.protection(alice, 'POST', '/resource_set', { ...photo, owner: 'bob' });
    expect(own.status).toBe(201);
    expect(own.json).toEqual({
      name: 'photo',
      type: 'urn:photo',
      owner: { id: await world.userId('alice'), name: 'alice' },
      ownerManagedAccess: true,
      _id: expect.any(String),
      uris: ['/p/1'],
      resource_scopes: [
        { id: expect.any(String), name: 'print' },
        { id: expect.any(String), name: 'view' },
      ],
      scopes: [
        { id: expect.any(String), name: 'print' },
        { id: expect.any(String), name: 'view' },
      ],
      icon_uri: 'http://i',
    });
    const ofServer = await world.protection(pat, 'POST', '/resource_set', { name: 'of rs', owner: 'alice' });
    expect(ofServer.json['owner']).toMatchObject({ name: 'rs' });
  });

  it('shows, changes and removes', async () => {
    const id = idOf(await world.protection(alice, 'POST', '/resource_set', { name: 'brief', resource_scopes: ['view'] }));
    expect((await world.protection(alice, 'GET', `/resource_set/${id}`)).json).toMatchObject({
      name: 'brief',
      resource_scopes: [{ name: 'view' }],
    });
    expect((await world.protection(alice, 'PUT', `/resource_set/${id}`, { name: 'brief', resource_scopes: ['view', 'zoom'] })).status).toBe(
      204,
    );
    expect((await world.protection(pat, 'GET', `/resource_set/${id}`)).json['resource_scopes']).toEqual([
      { name: 'view' },
      { name: 'zoom' },
    ]);
    expect((await world.protection(alice, 'DELETE', `/resource_set/${id}`)).status).toBe(204);
    expect(error(await world.protection(alice, 'GET', `/resource_set/${id}`))).toEqual([404, 'HTTP 404 Not Found']);
  });

  it('lists ids: all of them for the server, their own for owners', async () => {
    const all = (await world.protection(pat, 'GET', '/resource_set')).list;
    const own = (await world.protection(alice, 'GET', '/resource_set')).list;
    expect(all).toHaveLength(5);
    expect(own).toHaveLength(1);
    expect((await world.protection(pat, 'GET', '/resource_set?owner=alice')).list).toEqual(own);
    expect((await world.protection(bob, 'GET', '/resource_set?owner=alice')).list).toEqual([]);
    expect((await world.protection(pat, 'GET', '/resource_set?uri=/docs/3&matchingUri=true&deep=true')).list[0]).toMatchObject({
      name: 'doc',
    });
    for (const query of ['name=photo', 'scope=print', 'uri=/p/1', 'type=urn:photo&first=0&max=1']) {
      expect((await world.protection(pat, 'GET', `/resource_set?${query}`)).list).toEqual(own);
    }
  });

  it('is not for the resources of others, also not for owners of some', async () => {
    const [id] = (await world.protection(alice, 'GET', '/resource_set')).list;
    for (const method of ['GET', 'PUT', 'DELETE'] as const) {
      const answer = await world.protection(bob, method, `/resource_set/${id}`, method === 'PUT' ? photo : undefined);
      expect(error(answer)).toEqual([403, 'forbidden']);
    }
  });

  it.each<[string, () => Promise<string | undefined>, string]>([
    ['nobody', async () => undefined, 'invalid_bearer_token'],
    ['a token that is none', async () => 'nonsense', 'invalid_bearer_token'],
    ['a client that is no resource server', () => world.account('app'), 'invalid_clientId'],
    ['a user at such a client', () => world.login('alice', 'app'), 'invalid_clientId'],
    ['a user without the role uma_protection', () => world.login('carol', 'rs'), 'invalid_scope'],
  ])('is refused to %s', async (_who, bearer, expected) => {
    const token = await bearer();
    for (const [method, path] of [
      ['GET', '/resource_set'],
      ['POST', '/resource_set'],
      ['POST', '/permission'],
      ['GET', '/permission/ticket'],
      ['GET', '/uma-policy'],
    ] as const) {
      expect(error(await world.protection(token, method, path, method === 'POST' ? {} : undefined))).toEqual([403, expected]);
    }
  });

  it('is refused where it makes no sense, and where the server allows no remote management', async () => {
    expect(error(await world.protection(pat, 'POST', '/resource_set', { name: 'doc' }))).toEqual([409, 'invalid_request']);
    expect(error(await world.protection(pat, 'POST', '/resource_set', {}))).toEqual([409, 'conflict']);
    expect((await world.protection(pat, 'POST', '/resource_set', '{')).status).toBe(400);
    expect((await world.protection(pat, 'POST', '/resource_set', { bad: 1 })).json.error).toContain('Unrecognized field');
    expect((await world.protection(pat, 'PUT', '/resource_set/nope', photo)).status).toBe(404);
    await world.admin('PUT', '', { allowRemoteResourceManagement: false });
    expect(error(await world.protection(pat, 'POST', '/resource_set', { name: 'more' }))).toEqual([400, 'not_supported']);
    await world.admin('PUT', '', { allowRemoteResourceManagement: true });
  });
});

describe('section 4: permission tickets of resource servers', () => {
  const asked = (body: unknown, bearer = pat) => world.protection(bearer, 'POST', '/permission', body);

  it('carry what a client would need, to the token endpoint and no further', async () => {
    const [id] = (await world.protection(pat, 'GET', '/resource_set?name=photo')).list;
    const answer = await asked([{ resource_id: id, resource_scopes: ['view'], claims: { org: ['acme'] } }]);
    expect(answer.status).toBe(201);
    const ticket = String(answer.json['ticket']);
    const granted = await world.uma(await world.login('alice'), { ticket });
    expect(granted.json.error).toBe('access_denied');
    await world.admin('POST', '/permission/resource', { name: 'photos', resources: [id], policies: ['is boss'] });
    const rpt = (await world.uma(await world.login('alice'), { ticket, response_mode: 'permissions' })).list;
    expect(rpt).toEqual([{ scopes: ['view'], claims: { org: ['acme'] }, rsid: id, rsname: 'photo' }]);
  });

  it.each<[string, unknown, string]>([
    ['nothing', [], 'invalid_permission_request'],
    ['no body', '', 'invalid_permission_request'],
    ['no list', { resource_id: 'doc' }, 'unknown_error'],
    ['an empty permission', [{}], 'invalid_resource_id'],
    ['a resource that is not there', [{ resource_id: 'nope' }], 'invalid_resource_id'],
    ['a scope that it does not have', [{ resource_id: 'doc', resource_scopes: ['share'] }], 'invalid_scope'],
    ['a scope that is not there', [{ resource_scopes: ['nope'] }], 'invalid_scope'],
  ])('are refused for %s', async (_what, body, expected) => {
    expect(error(await asked(body))).toEqual([400, expected]);
  });
});

/** Admin REST of the realm. */
async function ofRealm(method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<unknown> {
  const answer = await world.server.call(await world.server.token('master', 'admin'), method, `/realms/uma${path}`, body);
  return answer.text === '' ? undefined : answer.json<unknown>();
}

it('changes of resources stand among the events of administrators', async () => {
  await ofRealm('PUT', '', { adminEventsEnabled: true, adminEventsDetailsEnabled: true });
  const id = idOf(await world.protection(pat, 'POST', '/resource_set', { name: 'kept', resource_scopes: ['view'] }));
  await world.protection(pat, 'PUT', `/resource_set/${id}`, { name: 'kept too', resource_scopes: ['view'] });
  await world.protection(pat, 'DELETE', `/resource_set/${id}`);
  await world.protection(pat, 'DELETE', `/resource_set/${id}`);
  const list = (await ofRealm('GET', '/admin-events?resourceTypes=AUTHORIZATION_RESOURCE')) as { operationType: string }[];
  const resourcePath = `authz/protection/resource_set/${id}`;
  expect(list.toSorted((one, other) => one.operationType.localeCompare(other.operationType))).toMatchObject([
    { operationType: 'CREATE', resourcePath, representation: '{"name":"kept","resource_scopes":["view"]}' },
    { operationType: 'DELETE', resourcePath },
    { operationType: 'UPDATE', resourcePath, representation: '{"name":"kept too","resource_scopes":["view"]}' },
  ]);
  await ofRealm('PUT', '', { adminEventsEnabled: false });
});

it('events of authorization services name what was made', async () => {
  await ofRealm('PUT', '', { adminEventsEnabled: true });
  const [client] = (await ofRealm('GET', '/clients?clientId=rs')) as { id: string }[];
  const server = `/clients/${client?.id}/authz/resource-server`;
  const made = await ofRealm('POST', `${server}/scope`, { name: 'event' });
  await ofRealm('POST', `${server}/import`, { scopes: [{ name: 'event too' }] });
  const list = await ofRealm('GET', '/admin-events?direction=asc&resourceTypes=AUTHORIZATION_SCOPE');
  expect(list).toMatchObject([{ operationType: 'CREATE', resourcePath: `${server.slice(1)}/scope/${(made as { id: string }).id}` }]);
  const imported = await ofRealm('GET', '/admin-events?resourceTypes=AUTHORIZATION_RESOURCE_SERVER');
  expect(imported).toMatchObject([{ operationType: 'UPDATE', resourcePath: `${server.slice(1)}/import` }]);
  await ofRealm('PUT', '', { adminEventsEnabled: false });
});
