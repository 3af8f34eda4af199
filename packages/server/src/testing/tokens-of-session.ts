import type { LoginServer } from './login-server.ts';

/** Tokens of `app` in a session that a browser of the test opened, as a code exchange gives them. */
export async function tokensOfSession({ realm, client, user, context }: LoginServer, sessionId: string, refreshToken = true) {
  const pair = await context.state.userSessions.pair(realm, sessionId, client, false);
  return context.tokens.issue({
    realm,
    client,
    user,
    session: pair?.session,
    clientSession: pair?.client,
    scope: 'openid',
    issuer: 'http://login.test/realms/test',
    grant: 'authorization_code',
    refreshToken,
  });
}
