import { randomUUID } from 'node:crypto';
import { certificateThumbprintOf, refreshBindingProblem } from '../../token/confirmation.ts';
import { rotate } from '../../token/refresh-token.ts';
import { scopeWords } from '../../token/scope.ts';
import { isBoundToCertificate, isShownByHolder, NOT_THE_CERTIFICATE } from '../certificate-of-request.ts';
import { grantParameter } from '../form.ts';
import { invalidGrant, OAuthError } from '../oauth-error.ts';
import { renewedPermissions } from '../uma/renewed-permissions.ts';
import { detailsOfRefresh } from './event-details.ts';
import { type Grant, type GrantRequest, requestedScope } from './grant.ts';

/** Refresh (RFC 6749 section 6), with rotation where the realm revokes used refresh tokens. */
export const refreshTokenGrant: Grant = {
  type: 'refresh_token',
  event: 'REFRESH_TOKEN',
  async handle(grant) {
    const { context, realm, client, form, trace } = grant;
    const token = grantParameter(form, 'refresh_token');
    if (!token) throw new OAuthError(400, 'invalid_request', 'No refresh token', 'invalid_token');
    const wished = await requestedScope(grant);
    const checked = await context.tokens.refreshToken(realm, grant.issuer, client, token);
    if (!checked.ok) {
      trace.details['reason'] = checked.reason;
      throw invalidGrant(checked.reason, 'invalid_token');
    }
    const { claims, user } = checked;
    const isHeld = await isShownByHolder(context, grant.request, claims);
    if (!isHeld || (isBoundToCertificate(client) && certificateThumbprintOf(claims) === undefined))
      throw new OAuthError(401, 'unauthorized_client', NOT_THE_CERTIFICATE, 'not_allowed');
    const unbound = refreshBindingProblem(claims, grant.confirmation);
    if (unbound !== undefined) throw invalidGrant(unbound.reason, 'invalid_token');
    trace.userId = user.id;
    trace.sessionId = checked.session.id;
    const original = claims.scope ?? '';
    if ((await context.consents.missing(realm, client, user, original, 'missing')).length > 0) {
      throw new OAuthError(400, 'invalid_scope', 'Client no longer has requested consent from user', 'not_allowed');
    }
    const reuseId = typeof claims['reuse_id'] === 'string' ? claims['reuse_id'] : undefined;
    const refreshTokenId = randomUUID();
    const presented = { id: claims.jti ?? '', reuseId, issuedAt: claims.iat ?? 0, successorId: refreshTokenId };
    const { session, client: clientSession } = await touch(grant, checked.session.id, checked.session.offline, presented);
    trace.details['refresh_token_id'] = presented.id;
    const permissions = await renewedPermissions(grant, checked);
    const answer = await context.tokens.issue({
      realm,
      client,
      user,
      session,
      clientSession,
      scope: narrowed(original, wished),
      refreshScope: original,
      issuer: grant.issuer,
      confirmation: grant.confirmation,
      grant: 'refresh_token',
      permissions,
      refreshToken: true,
      refreshTokenId,
      reuseId,
    });
    Object.assign(trace.details, detailsOfRefresh(answer, claims, context.clock.nowSeconds()));
    return answer;
  },
};

/** Writes the use down, once per race in the whole cluster. A token that was used up takes its client session with it. */
async function touch(grant: GrantRequest, sessionId: string, offline: boolean, presented: Parameters<typeof rotate>[2]) {
  const { context, realm, client } = grant;
  const { userSessions } = context.state;
  let refusal: string | undefined;
  const pair = await userSessions.touch(realm, sessionId, client, offline, context.clock.nowSeconds(), (current) => {
    const verdict = rotate(realm, current, presented);
    refusal = verdict.ok ? undefined : verdict.reason;
    return verdict.ok ? verdict.clientSession : undefined;
  });
  if (refusal !== undefined) {
    await userSessions.removeClient(realm, sessionId, client.id, offline);
    throw invalidGrant(refusal, 'invalid_token');
  }
  if (!pair) throw invalidGrant(offline ? 'Offline user session not found' : 'Session not active', 'user_session_not_found');
  return pair;
}

/** Less than before can be asked for, more cannot: words that the refresh token does not have count for nothing. */
function narrowed(original: string, wished: string): string {
  if (wished === '') return original;
  const had = scopeWords(original);
  const asked = new Set(scopeWords(wished));
  return had.filter((word) => word === 'openid' || asked.has(word)).join(' ');
}
