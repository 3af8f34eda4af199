import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RegistrationWorld, startRegistrationWorld } from '../../testing/registration-world.ts';

const OPEN = 'openid-connect';
const app = { redirect_uris: ['https://a.example/cb'], client_name: 'App' };
const invalid = 'invalid_client_metadata';

let world: RegistrationWorld;
let token: string;
beforeAll(async () => {
  world = await startRegistrationWorld();
  token = await world.initial();
});
afterAll(() => world?.[Symbol.asyncDispose]());
beforeEach(() => void world.takeEvents());

describe('RFC 7591 section 3: a client is registered', () => {
  it('with a secret and a token of its own, which an event tells of', async () => {
    const { status, headers, json } = await world.ask('POST', OPEN, token, app);
    const address = `http://127.0.0.1:8080/realms/reg/clients-registrations/openid-connect/${json['client_id']}`;
    expect([status, headers['location'], headers['cache-control']]).toEqual([201, address, 'no-store']);
    expect(json).toMatchObject({
      ...app,
      client_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      client_secret: expect.stringMatching(/^.{32,}$/),
      client_secret_expires_at: 0,
      client_id_issued_at: expect.any(Number),
      registration_client_uri: address,
      registration_access_token: expect.any(String),
    });
    expect(world.takeEvents()).toEqual([
      expect.objectContaining({ type: 'CLIENT_REGISTER', clientId: json['client_id'], realmName: 'reg' }),
    ]);
    const stored = (await world.server.call(world.admin, 'GET', `/realms/reg/clients?clientId=${json['client_id']}`)).json<object[]>();
    expect(stored).toMatchObject([
      { name: 'App', redirectUris: app.redirect_uris, webOrigins: ['https://a.example'], standardFlowEnabled: true },
    ]);
    expect(stored[0]).not.toHaveProperty('registrationToken');
  });

  it('that gets a token for itself gets its account too', async () => {
    const { json } = await world.ask('POST', OPEN, token, { grant_types: ['client_credentials'] });
    const client = await world.server.context.state.directory.realmByName('reg').then((realm) => {
      return realm && world.server.context.state.directory.clientByClientId(realm, String(json['client_id']));
    });
    expect(client?.serviceAccountsEnabled).toBe(true);
    const account = await world.server.call(world.admin, 'GET', `/realms/reg/clients/${client?.id}/service-account-user`);
    expect(account.status).toBe(200);
  });
});

describe('section 3.2.2: what is refused', () => {
  it.each([
    ['no JSON', '{', 400, 'invalid_request'],
    ['another type', '[]', 400, 'unknown_error'],
    ['a list that is none', { redirect_uris: 'https://a.example/' }, 400, 'unknown_error'],
    ['an id of its own choice', { ...app, client_id: 'mine' }, 400, invalid],
    ['a script as redirect URI', { redirect_uris: ['javascript:alert(1)'] }, 400, 'invalid_redirect_uri'],
    ['a fragment', { redirect_uris: ['https://a.example/#x'] }, 400, 'invalid_redirect_uri'],
    ['a redirect URI without end', { redirect_uris: [`https://a.example/${'x'.repeat(5_000)}`] }, 400, 'invalid_redirect_uri'],
    ['a script after the logout', { ...app, post_logout_redirect_uris: ['javascript:x'] }, 400, invalid],
    ['a script as logo', { ...app, logo_uri: 'javascript:x' }, 400, invalid],
    ['an address that is none', { ...app, client_uri: 'nope' }, 400, invalid],
    ['a place for keys that is none', { ...app, jwks_uri: 'nope' }, 400, invalid],
    ['a name without end', { ...app, client_name: 'x'.repeat(300) }, 400, invalid],
    ['a name with a NUL character', { ...app, client_name: 'a\0b' }, 400, invalid],
    ['a scope that is not allowed', { ...app, scope: 'nonsense' }, 403, 'insufficient_scope'],
    ['an unknown response type', { ...app, response_types: ['nonsense'] }, 400, invalid],
  ])('%s', async (_what, body, status, error) => {
    const answer = await world.ask('POST', OPEN, token, body);
    expect([answer.status, answer.json['error']]).toEqual([status, error]);
  });

  it('metadata that nobody knows, by name', async () => {
    const { status, json } = await world.ask('POST', OPEN, token, '{"unknown_field":1}');
    expect([status, json['error']]).toEqual([
      400,
      'Invalid json representation for OIDCClientRepresentation. Unrecognized field "unknown_field" at line 1 column 19.',
    ]);
  });

  it('another content type, another method, another provider', async () => {
    const form = await world.ask('POST', OPEN, token, 'a=b', { 'content-type': 'application/x-www-form-urlencoded' });
    const others = [
      await world.ask('GET', OPEN),
      await world.ask('PUT', OPEN),
      await world.ask('GET', 'nothing'),
      await world.ask('POST', 'nothing'),
    ];
    expect([form, ...others].map(({ status }) => status)).toEqual([415, 404, 404, 404, 404]);
  });

  it('a token that is none of ours', async () => {
    const { status, json } = await world.ask('POST', OPEN, 'x.y.z', app);
    expect([status, json]).toEqual([401, { error: 'invalid_token', error_description: 'Failed decode token' }]);
    expect(world.takeEvents()).toMatchObject([
      { type: 'CLIENT_REGISTER_ERROR', error: 'invalid_token', details: { reason: 'Failed decode token' } },
    ]);
  });

  it('an administrator without the role, and one of another realm', async () => {
    await world.server.createRealm({ realm: 'other', enabled: true, users: [{ username: 'ann', enabled: true }] });
    for (const other of [world.admin, await world.server.token('other', 'ann')]) {
      expect((await world.ask('POST', OPEN, other, app)).json['error_description']).toBe('Failed decode token');
    }
    for (const [username, roles, status] of [
      ['nobody', [], 403],
      ['viewer', ['view-clients'], 403],
      ['creator', ['create-client'], 201],
      ['manager', ['manage-clients'], 201],
    ] as const) {
      const own = await administrator(username, roles);
      expect([username, (await world.ask('POST', OPEN, own, app)).status]).toEqual([username, status]);
    }
  });
});

async function administrator(username: string, roles: readonly string[]): Promise<string> {
  const call = (method: 'GET' | 'POST', path: string, body?: unknown) => world.server.call(world.admin, method, `/realms/reg${path}`, body);
  const id = (await call('POST', '/users', { username, enabled: true })).location?.split('/').at(-1);
  const [management] = (await call('GET', '/clients?clientId=realm-management')).json<{ id: string }[]>();
  const found = await Promise.all(roles.map(async (role) => (await call('GET', `/clients/${management?.id}/roles/${role}`)).json()));
  await call('POST', `/users/${id}/role-mappings/clients/${management?.id}`, found);
  return world.server.token('reg', username);
}

describe('initial access tokens', () => {
  it('register as many clients as they say, however many ask at once', async () => {
    const few = await world.initial({ count: 3, expiration: 600 });
    const answers = await Promise.all(Array.from({ length: 12 }, () => world.ask('POST', OPEN, few, app)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
    const refused = answers.filter(({ status }) => status !== 201).map(({ status, json }) => [status, json['error_description']]);
    expect(refused).toEqual(Array.from({ length: 9 }, () => [401, 'No remaining count on initial access token']));
  });

  it('are not used up by what is refused', async () => {
    const one = await world.initial({ count: 1 });
    expect((await world.ask('POST', OPEN, one, { ...app, client_id: 'mine' })).status).toBe(400);
    expect((await world.ask('POST', 'default', one, { clientId: 'account' })).json['error_description']).toBe('Client Identifier in use');
    expect((await world.ask('POST', OPEN, one, app)).status).toBe(201);
  });

  it('are worth nothing when they were taken away', async () => {
    const call = (method: 'POST' | 'GET' | 'DELETE', path: string, body?: unknown) =>
      world.server.call(world.admin, method, `/realms/reg/clients-initial-access${path}`, body);
    const made = (await call('POST', '', { count: 2 })).json<{ id: string; token: string }>();
    expect((await call('GET', '')).json<object[]>()).toContainEqual(
      expect.objectContaining({ id: made.id, count: 2, remainingCount: 2, expiration: 0 }),
    );
    expect((await call('DELETE', `/${made.id}`)).status).toBe(204);
    expect((await world.ask('POST', OPEN, made.token, app)).json['error_description']).toBe('Initial Access Token not found');
  });

  it.each([
    [{ count: -1 }, 'Invalid value for count'],
    [{ expiration: -1 }, 'Invalid value for expiration'],
    [{ expiration: 2_147_483_647 }, 'Invalid value for expiration'],
    [{ count: 3_000_000_000 }, 'Invalid value for count'],
  ])('%j cannot be', async (wish, error) => {
    const answer = await world.server.call(world.admin, 'POST', '/realms/reg/clients-initial-access', wish);
    expect([answer.status, answer.json()['error']]).toEqual([400, error]);
  });

  it('that are over or used up are removed', async () => {
    const { storage, clock } = world.server.context;
    const realm = await storage.stores.realms.byName('reg');
    const row = { realmId: realm?.id ?? '', timestamp: clock.nowSeconds() - 100, count: 1, remainingCount: 1, webOrigins: undefined };
    await storage.stores.initialAccess.insert({ ...row, id: 'over', expiration: 50 });
    await storage.stores.initialAccess.insert({ ...row, id: 'used', expiration: 0, remainingCount: 0 });
    await storage.stores.initialAccess.insert({ ...row, id: 'good', expiration: 0 });
    await storage.stores.initialAccess.removeSpent(clock.nowSeconds());
    const left = (await storage.stores.initialAccess.ofRealm(realm?.id ?? '')).map(({ id }) => id);
    expect(left).toContain('good');
    expect(left).not.toContain('over');
    expect(left).not.toContain('used');
  });
});
