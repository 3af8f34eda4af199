import { createCode } from '../oidc/authorization-code.ts';
import { clientSessionFixture, sessionFixture } from './fixtures.ts';
import { ALICE, APP, type TokenWorld, tokenWorld } from './token-world.ts';

/** Tokens of a password grant, and what asks userinfo with one of them. */
export async function loggedIn(scope = 'openid', world?: TokenWorld) {
  const made = world ?? (await tokenWorld());
  const { json } = await made.token({ ...APP, ...ALICE, grant_type: 'password', scope });
  const userinfo = (token: string) => made.get('protocol/openid-connect/userinfo', { authorization: `Bearer ${token}` });
  return { world: made, tokens: json, userinfo };
}

/** Where the codes of `codeOfBrowser` are sent. */
export const CODE_REDIRECT = 'https://app.example/cb';

/** What the browser side leaves behind: a session with the client in it, and a code. */
export async function codeOfBrowser(pkce: { codeChallenge?: string; codeChallengeMethod?: string } = {}, scope = 'openid') {
  const world = await tokenWorld();
  const { clock, state } = world.context;
  const now = clock.nowSeconds();
  const session = sessionFixture(world.realm, world.user, { started: now, lastSessionRefresh: now, notes: { AUTH_TIME: String(now) } });
  await state.userSessions.create(world.realm, session, clientSessionFixture(session, world.client));
  const code = await createCode(state, world.realm, {
    sessionId: session.id,
    client: world.client,
    redirectUri: CODE_REDIRECT,
    scope,
    nonce: 'n-1',
    ...pkce,
  });
  const exchange = (more: Record<string, string> = {}) =>
    world.token({ ...APP, grant_type: 'authorization_code', code, redirect_uri: CODE_REDIRECT, ...more });
  return { world, session, code, exchange };
}
