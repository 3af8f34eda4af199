import { describe, expect, it } from 'vitest';
import { ALICE, APP, tokenWorld } from '../../testing/token-world.ts';

const TOKEN = 'protocol/openid-connect/token';
const WRONG_CLIENT = 'Invalid client or Invalid client credentials';

describe('the token endpoint refuses', () => {
  const cc = { grant_type: 'client_credentials' };
  const cases: readonly (readonly [string, Record<string, string> | string, Record<string, string>, number, Record<string, string>])[] = [
    ['an empty form', {}, {}, 400, { error: 'invalid_request', error_description: 'Missing form parameter: grant_type' }],
    ['a missing grant type', APP, {}, 400, { error: 'invalid_request', error_description: 'Missing form parameter: grant_type' }],
    [
      'an unknown grant type',
      { ...APP, grant_type: 'foo' },
      {},
      400,
      { error: 'unsupported_grant_type', error_description: 'Unsupported grant_type' },
    ],
    ['a request without a client', cc, {}, 401, { error: 'invalid_client', error_description: WRONG_CLIENT }],
    [
      'an unknown client',
      { ...cc, client_id: 'zzz', client_secret: 'x' },
      {},
      401,
      { error: 'invalid_client', error_description: WRONG_CLIENT },
    ],
    ['a missing secret', { ...cc, client_id: 'app' }, {}, 401, { error: 'unauthorized_client', error_description: WRONG_CLIENT }],
    ['a wrong secret', { ...cc, ...APP, client_secret: 'x' }, {}, 401, { error: 'unauthorized_client', error_description: WRONG_CLIENT }],
    [
      'a wrong basic header',
      cc,
      { authorization: `Basic ${btoa('app:x')}` },
      401,
      { error: 'unauthorized_client', error_description: WRONG_CLIENT },
    ],
    ['a malformed basic header', cc, { authorization: 'Basic !!!' }, 401, { error: 'invalid_client', error_description: WRONG_CLIENT }],
    [
      'a basic header without a colon',
      cc,
      { authorization: `Basic ${btoa('app')}` },
      401,
      { error: 'invalid_client', error_description: WRONG_CLIENT },
    ],
    [
      'a right header with a wrong secret in the form',
      { ...cc, client_secret: 'x' },
      { authorization: `Basic ${btoa('app:app-secret')}` },
      401,
      { error: 'unauthorized_client', error_description: WRONG_CLIENT },
    ],
    [
      'another client in the form than in the header',
      { ...cc, client_id: 'api' },
      { authorization: `Basic ${btoa('app:app-secret')}` },
      401,
      { error: 'unauthorized_client', error_description: WRONG_CLIENT },
    ],
    [
      'a public client at client_credentials',
      { ...cc, client_id: 'pub' },
      {},
      401,
      { error: 'unauthorized_client', error_description: 'Public client not allowed to retrieve service account' },
    ],
    [
      'a doubled parameter',
      'grant_type=client_credentials&client_id=app&client_secret=app-secret&foo=1&foo=2',
      {},
      400,
      { error: 'invalid_request', error_description: 'duplicated parameter' },
    ],
    [
      'a doubled client',
      'grant_type=client_credentials&client_id=app&client_id=app&client_secret=app-secret',
      {},
      400,
      { error: 'invalid_request', error_description: 'duplicated parameter' },
    ],
    [
      'a broken percent sequence as a secret',
      'grant_type=client_credentials&client_id=app&client_secret=%zz',
      {},
      401,
      { error: 'unauthorized_client', error_description: WRONG_CLIENT },
    ],
    [
      'a scope that the client has not',
      { ...cc, ...APP, scope: 'openid nope' },
      {},
      400,
      { error: 'invalid_scope', error_description: 'Invalid scopes: openid nope' },
    ],
    [
      'two spaces in the scope',
      { ...cc, ...APP, scope: 'openid  email' },
      {},
      400,
      { error: 'invalid_scope', error_description: 'Invalid scopes: openid  email' },
    ],
    [
      'a NUL character',
      'grant_type=password&client_id=app&client_secret=app-secret&username=a%00b&password=x',
      {},
      400,
      { error: 'invalid_request', error_description: 'a parameter contains a NUL character' },
    ],
    [
      'JSON',
      '{"grant_type":"client_credentials"}',
      { 'content-type': 'application/json' },
      400,
      { error: 'invalid_request', error_description: 'Missing form parameter: grant_type' },
    ],
    [
      'multipart',
      'x',
      { 'content-type': 'multipart/form-data; boundary=x' },
      400,
      { error: 'invalid_request', error_description: 'Missing form parameter: grant_type' },
    ],
    [
      'a wrong password',
      { ...APP, ...ALICE, grant_type: 'password', password: 'x' },
      {},
      400,
      { error: 'invalid_grant', error_description: 'Invalid user credentials' },
    ],
    [
      'an unknown user',
      { ...APP, ...ALICE, grant_type: 'password', username: 'nobody' },
      {},
      400,
      { error: 'invalid_grant', error_description: 'Invalid user credentials' },
    ],
    [
      'a missing user name',
      { ...APP, grant_type: 'password', password: 'x' },
      {},
      401,
      { error: 'invalid_request', error_description: 'Missing parameter: username' },
    ],
    [
      'a missing password',
      { ...APP, grant_type: 'password', username: 'alice' },
      {},
      400,
      { error: 'invalid_grant', error_description: 'Invalid user credentials' },
    ],
    [
      'a missing code',
      { ...APP, grant_type: 'authorization_code' },
      {},
      400,
      { error: 'invalid_request', error_description: 'Missing parameter: code' },
    ],
    [
      'a made-up code',
      { ...APP, grant_type: 'authorization_code', code: 'a.b.c' },
      {},
      400,
      { error: 'invalid_grant', error_description: 'Code not valid' },
    ],
    [
      'a missing refresh token',
      { ...APP, grant_type: 'refresh_token' },
      {},
      400,
      { error: 'invalid_request', error_description: 'No refresh token' },
    ],
  ];
  it.each(cases)('%s', async (_name, form, headers, status, body) => {
    const world = await tokenWorld();
    const answer = await world.post(TOKEN, form, headers);
    expect({ status: answer.status, body: answer.json }).toEqual({ status, body });
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers['pragma']).toBe('no-cache');
  });

  it('an unknown realm, a disabled realm and a disabled client', async () => {
    const world = await tokenWorld();
    const unknown = await world.app.inject({ method: 'POST', url: '/realms/nope/protocol/openid-connect/token' });
    expect([unknown.statusCode, unknown.json()]).toEqual([404, { error: 'Realm does not exist' }]);
    world.changeClient({ enabled: false });
    const answer = await world.token({ ...APP, grant_type: 'client_credentials' });
    expect([answer.status, answer.json.error]).toEqual([401, 'invalid_client']);
    world.changeRealm({ enabled: false });
    const disabled = await world.token({ ...APP, grant_type: 'client_credentials' });
    expect([disabled.status, disabled.json]).toEqual([403, { error: 'access_denied', error_description: 'Realm not enabled' }]);
  });

  it('grants that the client is not set up for, disabled users and open required actions', async () => {
    const world = await tokenWorld();
    world.changeUser({ requiredActions: ['UPDATE_PASSWORD'] });
    const password = { ...APP, ...ALICE, grant_type: 'password' };
    expect((await world.token(password)).json.error_description).toBe('Account is not fully set up');
    world.changeUser({ enabled: false });
    expect((await world.token(password)).json.error_description).toBe('Account disabled');
    world.changeClient({ consentRequired: true });
    expect((await world.token(password)).json.error).toBe('invalid_client');
    world.changeClient({ directAccessGrantsEnabled: false, serviceAccountsEnabled: false });
    expect((await world.token(password)).json.error).toBe('unauthorized_client');
    const service = await world.token({ ...APP, grant_type: 'client_credentials' });
    expect([service.status, service.json.error_description]).toEqual([401, 'Client not enabled to retrieve service account']);
    world.changeClient({ bearerOnly: true });
    const bearerOnly = await world.token({ ...APP, grant_type: 'client_credentials' });
    expect([bearerOnly.status, bearerOnly.json.error_description]).toEqual([400, 'Bearer-only not allowed']);
  });

  it('every method but POST', async () => {
    const world = await tokenWorld();
    for (const method of ['GET', 'PUT', 'DELETE'] as const) {
      const answer = await world.app.inject({ method, url: `/realms/test/${TOKEN}` });
      expect([answer.statusCode, answer.json()]).toEqual([405, { error: 'HTTP 405 Method Not Allowed' }]);
    }
  });
});
