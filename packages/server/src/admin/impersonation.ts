import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { browserCookies } from '../authentication/browser-cookies.ts';
import { expireIdentityCookies, forgetUsername, setIdentityCookies } from '../authentication/identity-cookie.ts';
import { openSession } from '../authentication/login-sessions.ts';
import type { ServerContext } from '../context.ts';
import { requestContext } from '../http/request-context.ts';
import type { Client, User } from '../model/index.ts';
import { type AdminCall, adminRoutes, issuerOf } from './admin-route.ts';
import { invalidValue } from './answers.ts';
import { userOf } from './lookups.ts';

/** Same entropy and alphabet as the ids of authentication sessions. */
const SESSION_ID_BYTES = 18;
/** Notes of the session by which tokens can say who stands behind it. */
const IMPERSONATOR_ID = 'IMPERSONATOR_ID';
const IMPERSONATOR_USERNAME = 'IMPERSONATOR_USERNAME';

/** POST /users/{id}/impersonation: the administrator's browser gets a session of the user, and loses its own in the same realm. */
export function registerImpersonation(app: FastifyInstance, context: ServerContext): void {
  adminRoutes(app, context)('POST /users/:userId/impersonation', async (call) => {
    const { realm, request, admin } = call;
    const user = await userOf(call);
    if (user.serviceAccountClientLink !== undefined) throw invalidValue('Service accounts cannot be impersonated');
    if (!user.enabled) throw invalidValue('User is disabled');
    const issuer = issuerOf(call);
    const cookies = browserCookies(request, call.reply, realm);
    const sameRealm = admin.realm.id === realm.id && admin.sessionId !== undefined;
    if (sameRealm && admin.sessionId !== undefined) {
      expireIdentityCookies(cookies);
      forgetUsername(cookies);
      await context.logouts.endSession(realm, admin.sessionId, { issuer });
    }
    const redirect = `${requestContext(request).baseUrl}/realms/${encodeURIComponent(realm.realm)}/account`;
    const { session } = await openSession(
      context,
      {
        realm,
        client: await firstClient(call),
        user,
        ipAddress: requestContext(request).remoteAddress,
        userAgent: request.headers['user-agent'],
        redirectUri: redirect,
        clientNotes: {},
        issuer,
      },
      {
        sessionId: randomBytes(SESSION_ID_BYTES).toString('base64url'),
        username: user.username,
        rememberMe: false,
        notes: { [IMPERSONATOR_ID]: admin.user.id, [IMPERSONATOR_USERNAME]: admin.user.username },
      },
    );
    await setIdentityCookies(context, cookies, realm, issuer, session);
    tell(call, user, session.id);
    return { sameRealm, redirect };
  });
}

/** The session begins where the answer sends the browser: with the account console, or what stands for it. */
async function firstClient({ context, realm, admin }: AdminCall): Promise<Client> {
  const { directory } = context.state;
  for (const name of ['account-console', 'account', 'security-admin-console']) {
    const client = await directory.clientByClientId(realm, name);
    if (client !== undefined) return client;
  }
  if (admin.realm.id === realm.id) return admin.client;
  throw invalidValue('The realm has no account console to go to');
}

function tell({ context, realm, admin, request }: AdminCall, user: User, sessionId: string): void {
  context.events.emit({
    type: 'IMPERSONATE',
    realmId: realm.id,
    realmName: realm.realm,
    clientId: undefined,
    userId: user.id,
    sessionId,
    ipAddress: requestContext(request).remoteAddress,
    details: { impersonator_realm: admin.realm.realm, impersonator: admin.user.username },
  });
}
