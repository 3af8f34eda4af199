import { OAuthError } from '../oauth-error.ts';
import { goOffline, isOfflineScope, newSession, requireOfflinePermission } from '../sessions-of-grant.ts';
import { type Grant, requestedScope } from './grant.ts';

/**
 * Client credentials (RFC 6749 section 4.4): a token for the client's service account. Without a refresh token (the rule) nothing is
 * stored; a client that wants one (`client_credentials.use_refresh_token`) gets a session.
 */
export const clientCredentialsGrant: Grant = {
  type: 'client_credentials',
  event: 'CLIENT_LOGIN',
  async handle(grant) {
    const { context, realm, client, trace } = grant;
    if (client.publicClient)
      throw new OAuthError(401, 'unauthorized_client', 'Public client not allowed to retrieve service account', 'invalid_client');
    if (!client.serviceAccountsEnabled)
      throw new OAuthError(401, 'unauthorized_client', 'Client not enabled to retrieve service account', 'invalid_client');
    const scope = await requestedScope(grant);
    const user = await context.state.directory.serviceAccount(realm, client);
    if (!user) throw new OAuthError(401, 'unauthorized_client', 'Client not enabled to retrieve service account', 'user_not_found');
    trace.userId = user.id;
    trace.details['username'] = user.username;
    if (!user.enabled) throw new OAuthError(401, 'invalid_request', `User '${user.username}' disabled`, 'user_disabled');
    const notes = { client_id: client.clientId, clientHost: grant.remoteAddress, clientAddress: grant.remoteAddress };
    const shared = {
      realm,
      client,
      user,
      scope,
      issuer: grant.issuer,
      confirmation: grant.confirmation,
      grant: 'client_credentials' as const,
    };
    const offline = isOfflineScope(scope);
    if (client.attributes['client_credentials.use_refresh_token'] !== 'true') {
      return context.tokens.issue({ ...shared, session: undefined, clientSession: undefined, refreshToken: false, transientNotes: notes });
    }
    if (offline) await requireOfflinePermission(context, realm, client, user);
    const fresh = newSession(realm, client, user, context.clock.nowSeconds(), grant.remoteAddress, grant.issuer, notes);
    if (!offline) await context.state.userSessions.create(realm, fresh.session, fresh.clientSession);
    const sessions = offline ? await goOffline(context, realm, client, fresh, false) : fresh;
    trace.sessionId = sessions.session.id;
    return context.tokens.issue({ ...shared, ...sessions, refreshToken: true });
  },
};
