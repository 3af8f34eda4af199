import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { clientSessionFixture, sessionFixture } from '../testing/fixtures.ts';
import { API, APP, peek, tokenWorld } from '../testing/token-world.ts';
import { createCode } from './authorization-code.ts';

const REDIRECT = 'https://app.example/cb';
const VERIFIER = 'v'.repeat(50);
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

/** What the browser side leaves behind: a session with the client in it, and a code. */
async function browserLogin(pkce: { codeChallenge?: string; codeChallengeMethod?: string } = {}, scope = 'openid') {
  const world = await tokenWorld();
  const { clock, state } = world.context;
  const now = clock.nowSeconds();
  const session = sessionFixture(world.realm, world.user, { started: now, lastSessionRefresh: now, notes: { AUTH_TIME: String(now) } });
  await state.userSessions.create(world.realm, session, clientSessionFixture(session, world.client));
  const code = await createCode(state, world.realm, {
    sessionId: session.id,
    client: world.client,
    redirectUri: REDIRECT,
    scope,
    nonce: 'n-1',
    ...pkce,
  });
  const exchange = (more: Record<string, string> = {}) =>
    world.token({ ...APP, grant_type: 'authorization_code', code, redirect_uri: REDIRECT, ...more });
  return { world, session, code, exchange };
}

const refusal = (description: string) => ({ error: 'invalid_grant', error_description: description });

describe('the exchange of a code', () => {
  it('answers the tokens of the session, with nonce and auth_time', async () => {
    const { world, session, exchange } = await browserLogin();
    const { status, json } = await exchange();
    expect([status, json.session_state]).toEqual([200, session.id]);
    const access = peek(json.access_token).claims;
    expect(access.jti).toMatch(/^onrtac:/);
    expect(access.auth_time).toBe(session.started);
    expect(access).not.toHaveProperty('nonce');
    const id = peek(json.id_token).claims;
    expect(id).toMatchObject({ nonce: 'n-1', auth_time: session.started, sid: session.id });
    expect(id.at_hash).toBe(createHash('sha256').update(json.access_token).digest().subarray(0, 16).toString('base64url'));
    expect(world.context.emitted.at(-1)).toMatchObject({ type: 'CODE_TO_TOKEN', sessionId: session.id, userId: world.user.id });
  });

  it('works once; a replay kills the refresh token of the first', async () => {
    const { world, exchange } = await browserLogin();
    const { json } = await exchange();
    expect((await exchange()).json).toEqual(refusal('Code not valid'));
    const refresh = await world.token({ ...APP, grant_type: 'refresh_token', refresh_token: json.refresh_token });
    expect(refresh.json).toEqual(refusal("Session doesn't have required client"));
    const userinfo = await world.get('protocol/openid-connect/userinfo', { authorization: `Bearer ${json.access_token}` });
    expect(userinfo.headers['www-authenticate']).toContain('user_session_not_found');
  });

  it('refuses another client, and the code is spent', async () => {
    const { world, code, exchange } = await browserLogin();
    const other = await world.token({ ...API, grant_type: 'authorization_code', code, redirect_uri: REDIRECT });
    expect(other.json).toEqual(refusal('Auth error: Found different client_id in clientSession'));
    expect((await exchange()).json).toEqual(refusal('Code not valid'));
  });

  it.each([{ redirect_uri: 'https://app.example/other' }, { redirect_uri: '' }, { redirect_uri: `${REDIRECT}%20` }])(
    'refuses redirect %o',
    async (more) => {
      const { exchange } = await browserLogin();
      expect((await exchange(more)).json).toEqual(refusal('Incorrect redirect_uri'));
    },
  );

  it('refuses a code that is over, and one of a session that is over', async () => {
    const late = await browserLogin();
    late.world.context.clock.advanceSeconds(60);
    expect((await late.exchange()).json).toEqual(refusal('Code not valid'));
    const gone = await browserLogin();
    await gone.world.context.state.userSessions.remove(gone.world.realm, gone.session.id, false);
    expect((await gone.exchange()).json).toEqual(refusal('Code not valid'));
  });

  it('turns into an offline session where the scope says so', async () => {
    const { world, session, exchange } = await browserLogin({}, 'openid offline_access');
    const { json } = await exchange();
    expect(peek(json.refresh_token).claims.typ).toBe('Offline');
    expect(await world.context.state.userSessions.get(world.realm, session.id, false)).toBeUndefined();
    expect((await world.context.state.userSessions.get(world.realm, session.id, true))?.offline).toBe(true);
  });
});

describe('PKCE', () => {
  const s256 = { codeChallenge: CHALLENGE, codeChallengeMethod: 'S256' };
  it.each([
    ['S256', s256, VERIFIER],
    ['plain', { codeChallenge: VERIFIER, codeChallengeMethod: 'plain' }, VERIFIER],
    ['plain when no method was named', { codeChallenge: VERIFIER }, VERIFIER],
  ])('accepts %s', async (_name, pkce, verifier) => {
    const { exchange } = await browserLogin(pkce);
    expect((await exchange({ code_verifier: verifier })).status).toBe(200);
  });

  it.each([
    ['a missing verifier', s256, {}, 'PKCE code verifier not specified'],
    ['a wrong verifier', s256, { code_verifier: 'w'.repeat(50) }, 'PKCE verification failed: Code mismatch'],
    ['a short verifier', s256, { code_verifier: 'w' }, 'PKCE verification failed: Invalid code verifier'],
    ['the challenge itself', s256, { code_verifier: CHALLENGE }, 'PKCE verification failed: Code mismatch'],
    [
      'a verifier without a challenge',
      {},
      { code_verifier: VERIFIER },
      'PKCE code verifier specified but challenge not present in authorization',
    ],
  ])('refuses %s', async (_name, pkce, more, description) => {
    const { exchange } = await browserLogin(pkce);
    expect((await exchange(more as Record<string, string>)).json).toEqual(refusal(description));
  });

  it('refuses plain where the client demands S256, and a code without a challenge', async () => {
    for (const pkce of [{ codeChallenge: VERIFIER, codeChallengeMethod: 'plain' }, {}]) {
      const { world, exchange } = await browserLogin(pkce);
      world.changeClient({ attributes: { 'pkce.code.challenge.method': 'S256' } });
      const answer = await exchange('codeChallenge' in pkce ? { code_verifier: VERIFIER } : {});
      expect([answer.status, answer.json.error]).toEqual([400, 'invalid_grant']);
    }
  });
});
