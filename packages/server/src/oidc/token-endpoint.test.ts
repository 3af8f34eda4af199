import { createLocalJWKSet, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { ALICE, API, APP, ISSUER, peek, tokenWorld } from '../testing/token-world.ts';

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

describe('client_credentials', () => {
  it('answers a token for the service account, without a session', async () => {
    const world = await tokenWorld();
    const answer = await world.token({ ...APP, grant_type: 'client_credentials' });
    expect(answer.status).toBe(200);
    expect(Object.keys(answer.json)).toEqual([
      'access_token',
      'expires_in',
      'refresh_expires_in',
      'token_type',
      'not-before-policy',
      'scope',
    ]);
    expect(answer.json).toMatchObject({ expires_in: 300, refresh_expires_in: 0, token_type: 'Bearer', scope: 'profile email' });
    const { claims } = peek(answer.json.access_token);
    expect(claims.jti).toMatch(/^trrtcc:/);
    expect(claims).toMatchObject({
      iss: ISSUER,
      azp: 'app',
      typ: 'Bearer',
      acr: '1',
      client_id: 'app',
      preferred_username: 'service-account-app',
      realm_access: { roles: ['boss'] },
    });
    expect(claims).not.toHaveProperty('sid');
    expect(world.context.emitted.at(-1)).toMatchObject({ type: 'CLIENT_LOGIN', clientId: 'app' });
  });

  it('takes the secret from the basic header, form-encoded', async () => {
    const world = await tokenWorld();
    world.changeClient({ secret: 'a b%c:d' });
    const authorization = `Basic ${btoa('app:a+b%25c%3Ad')}`;
    expect((await world.post(TOKEN, { grant_type: 'client_credentials' }, { authorization })).status).toBe(200);
  });

  it('ignores a scope parameter that is far too long', async () => {
    const world = await tokenWorld();
    expect((await world.token({ ...APP, grant_type: 'client_credentials', scope: 'x'.repeat(4_001) })).status).toBe(200);
  });
});

describe('the password grant', () => {
  it('answers tokens of a new session that a stranger library accepts', async () => {
    const world = await tokenWorld();
    const answer = await world.token({ ...APP, ...ALICE, grant_type: 'password', scope: 'openid' });
    expect(answer.status).toBe(200);
    expect(Object.keys(answer.json)).toEqual([
      'access_token',
      'expires_in',
      'refresh_expires_in',
      'refresh_token',
      'token_type',
      'id_token',
      'not-before-policy',
      'session_state',
      'scope',
    ]);
    const jwks = createLocalJWKSet((await world.get('protocol/openid-connect/certs')).json);
    const currentDate = new Date(world.context.clock.nowMs());
    const access = await jwtVerify(answer.json.access_token, jwks, { issuer: ISSUER, audience: 'api', currentDate });
    expect(access.payload).toMatchObject({
      sub: world.user.id,
      azp: 'app',
      sid: answer.json.session_state,
      scope: 'openid profile email',
      realm_access: { roles: ['boss', 'offline_access'] },
      resource_access: { app: { roles: ['reader'] }, api: { roles: ['call'] } },
      'allowed-origins': ['https://app.example'],
      email: 'alice@example.org',
      email_verified: true,
      name: 'Alice Adams',
    });
    expect(access.payload.jti).toMatch(/^onrtro:/);
    const id = await jwtVerify(answer.json.id_token, jwks, { issuer: ISSUER, audience: 'app', currentDate });
    expect(id.payload).toMatchObject({ typ: 'ID', sub: world.user.id, acr: '1', preferred_username: 'alice' });
    expect(id.payload).not.toHaveProperty('realm_access');
    const refresh = peek(answer.json.refresh_token);
    expect(refresh.header.alg).toBe('HS512');
    expect(refresh.claims).toMatchObject({ typ: 'Refresh', aud: ISSUER, iss: ISSUER, aud_x: 'api', exp: refresh.claims.iat + 1800 });
  });

  it('signs with the algorithms that the client chose', async () => {
    const world = await tokenWorld();
    for (const algorithm of ['ES256', 'PS256', 'EdDSA']) {
      world.changeClient({ attributes: { 'access.token.signed.response.alg': algorithm, 'id.token.signed.response.alg': algorithm } });
      const { json } = await world.token({ ...APP, ...ALICE, grant_type: 'password', scope: 'openid' });
      const jwks = createLocalJWKSet((await world.get('protocol/openid-connect/certs')).json);
      const options = { currentDate: new Date(world.context.clock.nowMs()), algorithms: [algorithm] };
      expect((await jwtVerify(json.access_token, jwks, options)).payload.azp).toBe('app');
      expect((await jwtVerify(json.id_token, jwks, options)).payload.typ).toBe('ID');
    }
  });

  it('keeps lightweight tokens light and marks them', async () => {
    const world = await tokenWorld();
    world.changeClient({ attributes: { 'client.use.lightweight.access.token.enabled': 'true' } });
    const { json } = await world.token({ ...APP, ...ALICE, grant_type: 'password', scope: 'openid' });
    const { claims } = peek(json.access_token);
    expect(Object.keys(claims).sort()).toEqual(['azp', 'exp', 'iat', 'iss', 'jti', 'scope', 'sid', 'typ']);
    expect(claims.jti).toMatch(/^onltro:/);
  });
});

describe('CORS', () => {
  it('lets the web origins of the client read the answer, errors too, and nobody else', async () => {
    const world = await tokenWorld();
    const origin = 'https://app.example';
    const good = await world.post(TOKEN, { ...APP, grant_type: 'client_credentials' }, { origin });
    expect(good.headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': 'Access-Control-Allow-Methods',
    });
    const wrong = await world.post(TOKEN, { ...APP, client_secret: 'x', grant_type: 'client_credentials' }, { origin });
    expect([wrong.status, wrong.headers['access-control-allow-origin']]).toEqual([401, origin]);
    const evil = await world.post(TOKEN, { ...APP, grant_type: 'client_credentials' }, { origin: 'https://evil.example' });
    expect([evil.status, evil.json, evil.headers['access-control-allow-origin']]).toEqual([403, { error: 'Invalid origin' }, undefined]);
  });

  it('answers preflights of anyone', async () => {
    const world = await tokenWorld();
    const answer = await world.app.inject({ method: 'OPTIONS', url: `/realms/test/${TOKEN}`, headers: { origin: 'https://x.example' } });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': 'https://x.example',
      'access-control-allow-methods': 'POST, OPTIONS',
      'access-control-max-age': '3600',
    });
  });
});

describe('a client other than the one in the request', () => {
  it('gets nothing with the refresh token of the first', async () => {
    const world = await tokenWorld();
    const { json } = await world.token({ ...APP, ...ALICE, grant_type: 'password' });
    const answer = await world.token({ ...API, grant_type: 'refresh_token', refresh_token: json.refresh_token });
    expect(answer.json.error_description).toBe("Invalid refresh token. Token client and authorized client don't match");
  });
});
