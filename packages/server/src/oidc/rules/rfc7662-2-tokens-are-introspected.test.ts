import { describe, expect, it } from 'vitest';
import { loggedIn } from '../../testing/token-logins.ts';
import { API, APP, ISSUER, peek, tokenWorld } from '../../testing/token-world.ts';

const USERINFO = 'protocol/openid-connect/userinfo';
const INTROSPECT = 'protocol/openid-connect/token/introspect';
const REVOKE = 'protocol/openid-connect/revoke';

describe('RFC 7662 section 2: introspection', () => {
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
