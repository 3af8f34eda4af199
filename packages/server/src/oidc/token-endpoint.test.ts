import { createLocalJWKSet, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { ALICE, API, APP, ISSUER, peek, tokenWorld } from '../testing/token-world.ts';

const TOKEN = 'protocol/openid-connect/token';

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

  it('signs with the algorithm of the realm where the choice of the client is none', async () => {
    const world = await tokenWorld();
    world.changeClient({ attributes: { 'access.token.signed.response.alg': 'none', 'id.token.signed.response.alg': 'nonsense' } });
    const { json } = await world.token({ ...APP, ...ALICE, grant_type: 'password', scope: 'openid' });
    expect([peek(json.access_token).header.alg, peek(json.id_token).header.alg]).toEqual(['RS256', 'RS256']);
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
