import { describe, expect, it } from 'vitest';
import { loggedIn } from '../../testing/token-logins.ts';
import { APP, ISSUER, peek } from '../../testing/token-world.ts';

const USERINFO = 'protocol/openid-connect/userinfo';
const REVOKE = 'protocol/openid-connect/revoke';

describe('OpenID Connect Core section 5.3: userinfo', () => {
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
