import { invalidGrant, OAuthError } from '../oauth-error.ts';
import { goOffline, isOfflineScope, newSession, requireOfflinePermission } from '../sessions-of-grant.ts';
import { type Grant, requestedScope } from './grant.ts';

/** Resource owner password credentials (RFC 6749 section 4.3), where the client has "direct access grants". */
export const passwordGrant: Grant = {
  type: 'password',
  event: 'LOGIN',
  async handle(grant) {
    const { context, realm, client, form, trace } = grant;
    if (!client.directAccessGrantsEnabled)
      throw new OAuthError(400, 'unauthorized_client', 'Client not allowed for direct access grants', 'not_allowed');
    if (client.consentRequired) throw new OAuthError(400, 'invalid_client', 'Client requires user consent', 'consent_denied');
    const scope = await requestedScope(grant);
    const username = form.get('username');
    if (!username) throw new OAuthError(401, 'invalid_request', 'Missing parameter: username', 'user_not_found');
    trace.details['username'] = username;
    const password = form.get('password');
    if (!password) throw invalidGrant('Invalid user credentials', 'invalid_user_credentials');
    const verdict = await context.passwordLogin.check(realm, username, password, grant.remoteAddress);
    if (verdict.user) trace.userId = verdict.user.id;
    if (verdict.kind === 'invalid') throw invalidGrant('Invalid user credentials', verdict.event);
    if (verdict.kind === 'disabled') throw invalidGrant('Account disabled', 'user_disabled');
    if (verdict.kind === 'action-required') throw invalidGrant('Account is not fully set up', 'resolve_required_actions');
    const { user } = verdict;
    const offline = isOfflineScope(scope);
    if (offline) await requireOfflinePermission(context, realm, client, user);
    const fresh = newSession(realm, client, user, context.clock.nowSeconds(), grant.remoteAddress);
    if (!offline) await context.state.userSessions.create(realm, fresh.session, fresh.clientSession);
    const { session, clientSession } = offline ? await goOffline(context, realm, client, fresh, false) : fresh;
    trace.sessionId = session.id;
    return context.tokens.issue({
      realm,
      client,
      user,
      session,
      clientSession,
      scope,
      issuer: grant.issuer,
      grant: 'password',
      refreshToken: true,
    });
  },
};
