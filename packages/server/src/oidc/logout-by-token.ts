import type { FastifyReply } from 'fastify';
import type { Client, UserSession } from '../model/index.ts';
import type { BrowserRequest } from '../pages/browser-request.ts';
import { clientOf } from './client-of-request.ts';
import { invalidGrant } from './oauth-error.ts';

/** Refusals that only say that the session is gone already: the logout has what it wants. */
const ALREADY_OUT: ReadonlySet<string> = new Set([
  'Session not active',
  "Session doesn't have required client",
  'Offline user session not found',
]);
/** A token from before a not-before gets nothing any more, and may still end what it stands for. */
const STALE = 'Stale token';
const REFRESH_TYPES = ['Refresh', 'Offline'] as const;

/** Keycloak's logout for applications without a browser: POST with client credentials and `refresh_token`; 204. */
export async function logoutByRefreshToken(browser: BrowserRequest): Promise<FastifyReply> {
  const { context, realm, request, reply, issuer } = browser;
  const form = new Map(Object.entries(browser.form));
  const client = await clientOf(context, realm, request, reply, form, 'LOGOUT');
  const token = form.get('refresh_token') ?? '';
  const event = {
    realmId: realm.id,
    realmName: realm.realm,
    clientId: client.clientId,
    ipAddress: browser.http.remoteAddress,
    details: { client_auth_method: client.clientAuthenticatorType },
  };
  const grant = await context.tokens.refreshToken(realm, issuer, client, token);
  const session = grant.ok ? grant.session : grant.reason === STALE ? await staleSession(browser, client, token) : undefined;
  if (session !== undefined) {
    await context.logouts.endSession(realm, session.id, { issuer, offline: session.offline });
    context.events.emit({ ...event, type: 'LOGOUT', userId: session.userId, sessionId: session.id });
  } else if (!grant.ok && grant.reason !== STALE && !ALREADY_OUT.has(grant.reason)) {
    const details = { ...event.details, reason: grant.reason };
    context.events.emit({ ...event, type: 'LOGOUT_ERROR', error: 'invalid_token', details });
    throw invalidGrant(grant.reason, 'invalid_token');
  }
  return reply.code(204).header('cache-control', 'no-cache').send();
}

/** The session of a refresh token that passed every check but not-before. */
async function staleSession({ context, realm }: BrowserRequest, client: Client, token: string): Promise<UserSession | undefined> {
  for (const type of REFRESH_TYPES) {
    const verdict = await context.tokens.verifyInternal(realm, token, type);
    if (!verdict.ok || verdict.claims.azp !== client.clientId) continue;
    return context.state.userSessions.get(realm, verdict.claims.sid ?? '', type === 'Offline');
  }
  return undefined;
}
