import { describe, expect, it } from 'vitest';
import { ALICE, API, APP, ISSUER, peek, type TokenWorld, tokenWorld } from '../testing/token-world.ts';

const USERINFO = 'protocol/openid-connect/userinfo';
const INTROSPECT = 'protocol/openid-connect/token/introspect';
const REVOKE = 'protocol/openid-connect/revoke';

async function loggedIn(scope = 'openid', world?: TokenWorld) {
  const made = world ?? (await tokenWorld());
  const { json } = await made.token({ ...APP, ...ALICE, grant_type: 'password', scope });
  const userinfo = (token: string) => made.get(USERINFO, { authorization: `Bearer ${token}` });
  return { world: made, tokens: json, userinfo };
}

describe('userinfo', () => {
  it('tells what the scopes allow, by header or form', async () => {
    const { world, tokens, userinfo } = await loggedIn();
    const expected = {
      sub: world.user.id,
      name: 'Alice Adams',
      preferred_username: 'alice',
      given_name: 'Alice',
      family_name: 'Adams',
      email: 'alice@example.org',
      email_verified: true,
    };
    const byHeader = await userinfo(tokens.access_token);
    expect([byHeader.status, byHeader.json]).toEqual([200, expected]);
    expect(byHeader.headers['cache-control']).toBe('no-store, no-cache');
    expect((await world.post(USERINFO, {}, { authorization: `Bearer ${tokens.access_token}` })).json).toEqual(expected);
    expect((await world.post(USERINFO, { access_token: tokens.access_token })).json).toEqual(expected);
  });

  it('challenges who sends no token, two, or one in the query', async () => {
    const { world, tokens } = await loggedIn();
    for (const answer of [
      await world.get(USERINFO),
      await world.get(`${USERINFO}?access_token=${tokens.access_token}`),
      await world.post(USERINFO, '{}', { 'content-type': 'application/json' }),
    ]) {
      expect([answer.status, answer.text, answer.headers['www-authenticate']]).toEqual([401, '', 'Bearer realm="test"']);
    }
    const both = await world.post(USERINFO, { access_token: 'x' }, { authorization: 'Bearer x' });
    expect(both.status).toBe(400);
    expect(both.headers['www-authenticate']).toContain('More than one method used for including an access token');
    expect((await world.post(USERINFO, 'access_token=a&access_token=b')).status).toBe(400);
  });

  it('refuses garbage, other kinds of tokens, expired, stale and revoked ones with the same words', async () => {
    const { world, tokens, userinfo } = await loggedIn();
    const failed = 'Bearer realm="test", error="invalid_token", error_description="Token verification failed"';
    for (const token of ['abc', tokens.refresh_token, tokens.id_token, `${tokens.access_token.slice(0, -4)}AAAA`]) {
      const answer = await userinfo(token);
      expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, failed]);
    }
    expect((await world.post(REVOKE, { ...APP, token: tokens.access_token })).status).toBe(200);
    expect((await userinfo(tokens.access_token)).headers['www-authenticate']).toBe(failed);
    const second = await loggedIn('openid', world);
    world.changeRealm({ notBefore: world.context.clock.nowSeconds() + 1 });
    expect((await userinfo(second.tokens.access_token)).headers['www-authenticate']).toBe(failed);
    world.changeRealm({ notBefore: 0 });
    world.context.clock.advanceSeconds(300);
    expect((await userinfo(second.tokens.access_token)).headers['www-authenticate']).toBe(failed);
  });

  it('says what is wrong with session, user or client', async () => {
    const { world, tokens, userinfo } = await loggedIn();
    world.changeUser({ enabled: false });
    expect((await userinfo(tokens.access_token)).headers['www-authenticate']).toContain('User disabled');
    world.changeUser({ enabled: true });
    world.changeClient({ enabled: false });
    expect((await userinfo(tokens.access_token)).headers['www-authenticate']).toContain('Client disabled');
    world.changeClient({ enabled: true });
    await world.context.state.userSessions.remove(world.realm, tokens.session_state, false);
    expect((await userinfo(tokens.access_token)).headers['www-authenticate']).toContain('user_session_not_found');
  });

  it('wants the openid scope', async () => {
    const { tokens, userinfo } = await loggedIn('');
    const answer = await userinfo(tokens.access_token);
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([
      403,
      'Bearer realm="test", error="insufficient_scope", error_description="Missing openid scope"',
    ]);
  });

  it('comes as a signed token where the client wants it so', async () => {
    const { world, tokens, userinfo } = await loggedIn();
    world.changeClient({ attributes: { 'user.info.response.signature.alg': 'ES256' } });
    const answer = await userinfo(tokens.access_token);
    expect(answer.headers['content-type']).toBe('application/jwt');
    expect(peek(answer.text)).toMatchObject({
      header: { alg: 'ES256' },
      claims: { sub: world.user.id, aud: 'app', iss: ISSUER, name: 'Alice Adams' },
    });
    world.changeClient({ attributes: { 'user.info.response.signature.alg': 'none' } });
    expect((await userinfo(tokens.access_token)).json).toMatchObject({ sub: world.user.id });
  });

  it('answers only pages of the client', async () => {
    const { world, tokens } = await loggedIn();
    const headers = { authorization: `Bearer ${tokens.access_token}` };
    expect((await world.get(USERINFO, { ...headers, origin: 'https://app.example' })).headers['access-control-allow-origin']).toBe(
      'https://app.example',
    );
    expect((await world.get(USERINFO, { ...headers, origin: 'https://evil.example' })).status).toBe(403);
  });
});

describe('introspection', () => {
  it('tells a client in the audience everything, and others nothing', async () => {
    const { world, tokens } = await loggedIn();
    const answer = await world.post(INTROSPECT, { ...API, token: tokens.access_token });
    expect(answer.json).toMatchObject({
      ...peek(tokens.access_token).claims,
      client_id: 'app',
      username: 'alice',
      token_type: 'Bearer',
      active: true,
    });
    expect(answer.headers['cache-control']).toBe('no-cache');
    expect((await world.post(INTROSPECT, { ...APP, token: tokens.access_token })).json).toEqual({ active: false });
  });

  it('fills in what a lightweight token leaves out', async () => {
    const world = await tokenWorld();
    world.changeClient({ attributes: { 'client.use.lightweight.access.token.enabled': 'true' } });
    const { tokens } = await loggedIn('openid', world);
    expect((await world.post(INTROSPECT, { ...API, token: tokens.access_token })).json).toMatchObject({
      active: true,
      sub: world.user.id,
      aud: 'api',
      realm_access: { roles: ['boss', 'offline_access'] },
    });
    const userinfo = await world.get(USERINFO, { authorization: `Bearer ${tokens.access_token}` });
    expect(userinfo.headers['www-authenticate']).toContain('Lightweight access token not allowed');
  });

  it('knows refresh tokens of the asking client when the hint says so, and id tokens', async () => {
    const { world, tokens } = await loggedIn();
    const hint = { token: tokens.refresh_token, token_type_hint: 'refresh_token' };
    expect((await world.post(INTROSPECT, { ...APP, ...hint })).json).toMatchObject({
      active: true,
      token_type: 'Refresh',
      aud: [ISSUER, 'api'],
    });
    expect((await world.post(INTROSPECT, { ...API, ...hint })).json).toEqual({ active: false });
    expect((await world.post(INTROSPECT, { ...APP, token: tokens.refresh_token })).json).toEqual({ active: false });
    const id = await world.post(INTROSPECT, { ...APP, token: tokens.id_token });
    expect(id.json).toMatchObject({ active: true, token_type: 'ID', aud: ['app', 'api'] });
    expect(id.json).not.toHaveProperty('at_hash');
  });

  it('calls dead tokens dead', async () => {
    const { world, tokens } = await loggedIn();
    const ask = async (token: string, more = {}) => (await world.post(INTROSPECT, { ...API, token, ...more })).json;
    expect(await ask('abc')).toEqual({ active: false });
    await world.post(REVOKE, { ...APP, token: tokens.access_token });
    expect(await ask(tokens.access_token)).toEqual({ active: false });
    const second = await loggedIn('openid', world);
    world.changeUser({ enabled: false });
    expect(await ask(second.tokens.access_token)).toEqual({ active: false });
    world.changeRealm({ revokeRefreshToken: true });
    world.changeUser({ enabled: true });
    const third = await loggedIn('openid', world);
    await world.token({ ...APP, grant_type: 'refresh_token', refresh_token: third.tokens.refresh_token });
    expect((await world.post(INTROSPECT, { ...APP, token: third.tokens.refresh_token, token_type_hint: 'refresh_token' })).json).toEqual({
      active: false,
    });
  });

  it.each([
    [{ ...APP }, 400, { error: 'invalid_request', error_description: 'Token not provided.' }],
    [{ token: 'x' }, 401, { error: 'invalid_client', error_description: 'Invalid client or Invalid client credentials' }],
    [{ ...APP, client_secret: 'x', token: 'x' }, 401, { error: 'invalid_client', error_description: 'Client authentication failed.' }],
    [{ client_id: 'pub', token: 'x' }, 403, { error: 'invalid_request', error_description: 'Client not allowed.' }],
    [{ ...APP, token: 'x', token_type_hint: 'foo' }, 400, { error: 'invalid_request', error_description: 'Unsupported token type.' }],
  ])('refuses %o', async (form, status, body) => {
    const world = await tokenWorld();
    const answer = await world.post(INTROSPECT, form as Record<string, string>);
    expect([answer.status, answer.json]).toEqual([status, body]);
  });
});

describe('revocation', () => {
  it('of a refresh token ends the session', async () => {
    const { world, tokens, userinfo } = await loggedIn();
    const answer = await world.post(REVOKE, { ...APP, token: tokens.refresh_token });
    expect([answer.status, answer.text]).toEqual([200, '']);
    const refresh = await world.token({ ...APP, grant_type: 'refresh_token', refresh_token: tokens.refresh_token });
    expect(refresh.json.error_description).toBe('Session not active');
    expect((await userinfo(tokens.access_token)).headers['www-authenticate']).toContain('user_session_not_found');
    expect((await world.post(REVOKE, { ...APP, token: tokens.refresh_token })).json).toEqual({
      error: 'invalid_token',
      error_description: 'Invalid token',
    });
  });

  it('of an access token leaves the session alone, may be repeated, and may come late', async () => {
    const { world, tokens } = await loggedIn();
    for (let i = 0; i < 2; i += 1) expect((await world.post(REVOKE, { ...APP, token: tokens.access_token })).status).toBe(200);
    expect((await world.token({ ...APP, grant_type: 'refresh_token', refresh_token: tokens.refresh_token })).status).toBe(200);
    world.context.clock.advanceSeconds(400);
    const late = await world.post(REVOKE, { ...APP, token: tokens.access_token });
    expect([late.status, late.text]).toEqual([200, '']);
  });

  it('is for own tokens only, not for id tokens, and wants a token', async () => {
    const { world, tokens } = await loggedIn();
    for (const token of [tokens.access_token, tokens.refresh_token]) {
      expect((await world.post(REVOKE, { ...API, token })).json).toEqual({
        error: 'invalid_request',
        error_description: 'Unmatching clients',
      });
    }
    expect((await world.post(REVOKE, { ...APP, token: tokens.id_token })).json.error).toBe('unsupported_token_type');
    expect((await world.post(REVOKE, APP)).json).toEqual({ error: 'invalid_request', error_description: 'Token not provided' });
    expect((await world.post(REVOKE, { ...APP, token: 'abc' })).json).toEqual({
      error: 'invalid_token',
      error_description: 'Invalid token',
    });
    expect((await world.token({ ...APP, grant_type: 'refresh_token', refresh_token: tokens.refresh_token })).status).toBe(200);
  });
});
