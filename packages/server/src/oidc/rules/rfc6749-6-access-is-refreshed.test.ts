import { describe, expect, it } from 'vitest';
import { clientSessionFixture, sessionFixture } from '../../testing/fixtures.ts';
import { ALICE, APP, peek, type TokenWorld, tokenWorld } from '../../testing/token-world.ts';
import { goOffline } from '../sessions-of-grant.ts';

async function loggedIn(scope = 'openid', world?: TokenWorld) {
  const made = world ?? (await tokenWorld());
  const { json } = await made.token({ ...APP, ...ALICE, grant_type: 'password', scope });
  const refresh = (refreshToken: string, more: Record<string, string> = {}) =>
    made.token({ ...APP, grant_type: 'refresh_token', refresh_token: refreshToken, ...more });
  return { world: made, first: json, refresh };
}

const refusal = (description: string) => ({ error: 'invalid_grant', error_description: description });

describe('a refresh', () => {
  it('answers fresh tokens of the same session', async () => {
    const { world, first, refresh } = await loggedIn();
    world.context.clock.advanceSeconds(100);
    const { status, json } = await refresh(first.refresh_token);
    expect([status, json.session_state]).toEqual([200, first.session_state]);
    expect(peek(json.access_token).claims.jti).toMatch(/^onrtrt:/);
    expect(peek(json.refresh_token).claims).toMatchObject({ typ: 'Refresh', exp: world.context.clock.nowSeconds() + 1800 });
    expect(peek(json.id_token).claims).not.toHaveProperty('nonce');
  });

  it('keeps the session alive, up to its maximum', async () => {
    const { world, first, refresh } = await loggedIn();
    let token = first.refresh_token;
    for (let i = 0; i < 22; i += 1) {
      world.context.clock.advanceSeconds(1_600);
      const { json } = await refresh(token);
      token = json.refresh_token;
      expect(json.refresh_expires_in).toBe(Math.min(1_800, 36_000 - (i + 1) * 1_600));
    }
    world.context.clock.advanceSeconds(801);
    expect((await refresh(token)).json).toEqual(refusal('Token is not active'));
  });

  it('may ask for less, cannot get more, and forgets nothing', async () => {
    const { first, refresh } = await loggedIn('openid phone');
    const less = await refresh(first.refresh_token, { scope: 'openid' });
    expect(less.json.scope).toBe('openid profile email');
    expect((await refresh(less.json.refresh_token)).json.scope).toBe('openid profile email phone');
    const { first: narrow, refresh: again } = await loggedIn('openid');
    expect((await again(narrow.refresh_token, { scope: 'openid phone' })).json.scope).toBe('openid profile email');
    expect((await again(narrow.refresh_token, { scope: 'nope' })).json.error).toBe('invalid_scope');
  });

  it('refuses forged, foreign and wrong-type tokens', async () => {
    const { first, refresh } = await loggedIn();
    const invalid = refusal('Invalid refresh token');
    const none = [{ alg: 'none' }, peek(first.refresh_token).claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    for (const token of ['abc', first.access_token, first.id_token, `${first.refresh_token.slice(0, -5)}AAAAA`, `${none}.`, `${none}.AA`]) {
      expect((await refresh(token)).json).toEqual(invalid);
    }
    const other = await loggedIn();
    expect((await refresh(other.first.refresh_token)).json).toEqual(invalid);
  });

  it('is over with the idle time of the token, and with the session', async () => {
    const { world, first, refresh } = await loggedIn();
    world.context.clock.advanceSeconds(1_800);
    expect((await refresh(first.refresh_token)).json).toEqual(refusal('Token is not active'));
    const second = await loggedIn('openid', world);
    world.changeRealm({ ssoSessionIdleTimeout: 10 });
    world.context.clock.advanceSeconds(20);
    expect((await refresh(second.first.refresh_token)).json).toEqual(refusal('Session not active'));
  });

  it('is refused after logout, after removal of the client from the session, and for a disabled user', async () => {
    const { world, first, refresh } = await loggedIn();
    const { userSessions } = world.context.state;
    world.changeUser({ enabled: false });
    expect((await refresh(first.refresh_token)).json).toEqual(refusal('User disabled'));
    world.changeUser({ enabled: true });
    await userSessions.removeClient(world.realm, first.session_state, world.client.id, false);
    expect((await refresh(first.refresh_token)).json).toEqual(refusal("Session doesn't have required client"));
    await userSessions.remove(world.realm, first.session_state, false);
    expect((await refresh(first.refresh_token)).json).toEqual(refusal('Session not active'));
  });

  it('is refused for tokens older than a not-before of realm, client or user', async () => {
    for (const change of ['changeRealm', 'changeClient', 'changeUser'] as const) {
      const { world, first, refresh } = await loggedIn();
      world[change]({ notBefore: world.context.clock.nowSeconds() + 1 });
      expect((await refresh(first.refresh_token)).json).toEqual(refusal('Stale token'));
    }
  });

  it('is refused for tokens from before the client (re)joined the session', async () => {
    const { world, first, refresh } = await loggedIn();
    const { clock, state } = world.context;
    const session = sessionFixture(world.realm, world.user, {
      id: first.session_state,
      started: clock.nowSeconds(),
      lastSessionRefresh: clock.nowSeconds(),
    });
    clock.advanceSeconds(5);
    await state.userSessions.attach(
      world.realm,
      session.id,
      clientSessionFixture(session, world.client, { started: clock.nowSeconds(), timestamp: clock.nowSeconds() }),
      clock.nowSeconds(),
    );
    expect((await refresh(first.refresh_token)).json).toEqual(refusal('Refresh toked issued before the client session started'));
  });

  it('answers no refresh token where the client wants none', async () => {
    const world = await tokenWorld();
    world.changeClient({ attributes: { 'use.refresh.tokens': 'false' } });
    const { json } = await world.token({ ...APP, ...ALICE, grant_type: 'password', scope: 'openid' });
    expect(json).not.toHaveProperty('refresh_token');
    expect(json.refresh_expires_in).toBe(0);
  });
});

describe('rotation', () => {
  async function rotating(refreshTokenMaxReuse = 0) {
    const world = await tokenWorld();
    world.changeRealm({ revokeRefreshToken: true, refreshTokenMaxReuse });
    return loggedIn('openid', world);
  }

  it('lets each token be used once, along the whole line', async () => {
    const { first, refresh } = await rotating();
    let token = first.refresh_token;
    const line = peek(token).claims.reuse_id;
    for (let i = 0; i < 5; i += 1) {
      const { status, json } = await refresh(token);
      expect(status).toBe(200);
      token = json.refresh_token;
      expect(peek(token).claims.reuse_id).toBe(line);
    }
  });

  it('kills the client session when a token is used again', async () => {
    const { first, refresh } = await rotating();
    const second = await refresh(first.refresh_token);
    expect((await refresh(first.refresh_token)).json).toEqual(refusal('Maximum allowed refresh token reuse exceeded'));
    expect((await refresh(second.json.refresh_token)).json).toEqual(refusal("Session doesn't have required client"));
  });

  it('kills it too when a token from before the last one comes back, even within the same second', async () => {
    const { first, refresh } = await rotating();
    const second = await refresh(first.refresh_token);
    const third = await refresh(second.json.refresh_token);
    expect((await refresh(first.refresh_token)).json).toEqual(refusal('Stale token'));
    expect((await refresh(third.json.refresh_token)).json).toEqual(refusal("Session doesn't have required client"));
  });

  it('allows as many more uses as the realm says', async () => {
    const { first, refresh } = await rotating(1);
    expect((await refresh(first.refresh_token)).status).toBe(200);
    expect((await refresh(first.refresh_token)).status).toBe(200);
    expect((await refresh(first.refresh_token)).json).toEqual(refusal('Maximum allowed refresh token reuse exceeded'));
  });

  it('has one winner in a race', async () => {
    const { first, refresh } = await rotating();
    const answers = await Promise.all([1, 2, 3, 4].map(() => refresh(first.refresh_token)));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
  });

  it('keeps lines of separate logins apart', async () => {
    const { world, first, refresh } = await rotating();
    const other = await loggedIn('openid', world);
    expect((await refresh(first.refresh_token)).status).toBe(200);
    expect((await refresh(other.first.refresh_token)).status).toBe(200);
  });
});

describe('offline tokens', () => {
  it('have no expiry, their own session, and leave no online session behind', async () => {
    const { world, first, refresh } = await loggedIn('openid offline_access');
    const { claims } = peek(first.refresh_token);
    expect(claims.typ).toBe('Offline');
    expect(claims).not.toHaveProperty('exp');
    expect(first.refresh_expires_in).toBe(0);
    expect(peek(first.access_token).claims.jti).toMatch(/^ofrtro:/);
    const { userSessions } = world.context.state;
    expect(await userSessions.get(world.realm, first.session_state, false)).toBeUndefined();
    world.context.clock.advanceSeconds(2_000_000);
    expect((await refresh(first.refresh_token)).status).toBe(200);
    world.context.clock.advanceSeconds(2_592_000);
    expect((await refresh(first.refresh_token)).json).toEqual(refusal('Offline user session not found'));
  });

  it('end with the offline maximum where the realm has one', async () => {
    const world = await tokenWorld();
    world.changeRealm({ offlineSessionMaxLifespanEnabled: true, offlineSessionMaxLifespan: 5_000 });
    expect((await loggedIn('openid offline_access', world)).first.refresh_expires_in).toBe(5_000);
  });

  it('of one session and client stay good beside each other', async () => {
    const { world, first, refresh } = await loggedIn('openid offline_access');
    const { clock, state } = world.context;
    const session = await state.userSessions.get(world.realm, first.session_state, true);
    const clientSession = (await state.userSessions.clientsOf(world.realm, first.session_state, true))[0];
    if (!session || !clientSession) throw new Error('no offline session');
    clock.advanceSeconds(50);
    const online = { session: { ...session, offline: false }, clientSession: { ...clientSession, offline: false } };
    const again = await goOffline(world.context, world.realm, world.client, online, false);
    expect(again.clientSession.started).toBe(clientSession.started);
    expect((await refresh(first.refresh_token)).status).toBe(200);
  });

  it('are refused to users without the role', async () => {
    const world = await tokenWorld();
    world.context.state.data.grants.set(world.user.id, { roleIds: [], groupIds: [] });
    const answer = await world.token({ ...APP, ...ALICE, grant_type: 'password', scope: 'openid offline_access' });
    expect([answer.status, answer.json.error]).toEqual([400, 'not_allowed']);
  });
});
