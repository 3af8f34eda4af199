import type { FastifyReply } from 'fastify';
import type { BrowserRequest } from '../pages/browser-request.ts';
import { clientOf } from './client-of-request.ts';
import { invalidGrant } from './oauth-error.ts';

/** Refusals that only say that the session is gone already: the logout has what it wants. */
const ALREADY_OUT: ReadonlySet<string> = new Set([
  'Session not active',
  "Session doesn't have required client",
  'Offline user session not found',
]);

/** Keycloak's logout for applications without a browser: POST with client credentials and `refresh_token`; 204. */
export async function logoutByRefreshToken(browser: BrowserRequest): Promise<FastifyReply> {
  const { context, realm, request, reply, issuer } = browser;
  const form = new Map(Object.entries(browser.form));
  const client = await clientOf(context, realm, request, reply, form);
  const grant = await context.tokens.refreshToken(realm, issuer, client, form.get('refresh_token') ?? '');
  if (grant.ok) {
    const { session } = grant;
    await context.state.userSessions.remove(realm, session.id, session.offline);
    context.events.emit({
      type: 'LOGOUT',
      realmId: realm.id,
      realmName: realm.realm,
      clientId: client.clientId,
      userId: session.userId,
      sessionId: session.id,
      ipAddress: browser.http.remoteAddress,
    });
  } else if (!ALREADY_OUT.has(grant.reason)) throw invalidGrant(grant.reason, 'invalid_token');
  return reply.code(204).header('cache-control', 'no-cache').send();
}
