import { redeemCode } from '../authorization-code.ts';
import { grantParameter } from '../form.ts';
import { invalidGrant, OAuthError } from '../oauth-error.ts';
import { checkCodeVerifier } from '../pkce.ts';
import type { Grant } from './grant.ts';
import { tokensOfLogin } from './tokens-of-login.ts';

/** Exchange of an authorization code (RFC 6749 section 4.1.3). The code is spent by the first try, also by one that fails a later check. */
export const authorizationCodeGrant: Grant = {
  type: 'authorization_code',
  event: 'CODE_TO_TOKEN',
  async handle(grant) {
    const { context, realm, client, form, trace } = grant;
    const code = grantParameter(form, 'code');
    const because = (reason: string): string => {
      trace.details['reason'] = reason;
      return reason;
    };
    if (!code) throw new OAuthError(400, 'invalid_request', because('Missing parameter: code'), 'invalid_code');
    const redeemed = await redeemCode(context.state, realm, client, code);
    if (!redeemed.ok) {
      if (redeemed.sessionId !== undefined) {
        trace.sessionId = redeemed.sessionId;
        trace.details['code_id'] = redeemed.sessionId;
      }
      throw invalidGrant('Code not valid', 'invalid_code');
    }
    const { session } = redeemed.pair;
    trace.sessionId = session.id;
    trace.userId = session.userId;
    trace.details['code_id'] = session.id;
    if (redeemed.clientUuid !== client.id)
      throw invalidGrant(because('Auth error: Found different client_id in clientSession'), 'invalid_client');
    if ((form.get('redirect_uri') ?? '') !== redeemed.redirectUri) throw invalidGrant('Incorrect redirect_uri', 'invalid_redirect_uri');
    if (!client.standardFlowEnabled)
      throw new OAuthError(
        400,
        'unauthorized_client',
        'Client is not allowed to initiate browser login with given response_type. Standard flow is disabled for the client.',
        'not_allowed',
      );
    checkCodeVerifier(client, redeemed, form.get('code_verifier'));
    if (redeemed.keyThumbprint !== undefined && grant.confirmation?.claim['jkt'] !== redeemed.keyThumbprint)
      throw invalidGrant('DPoP Proof public key thumbprint does not match dpop_jkt.', 'invalid_dpop_proof');
    const user = await context.state.directory.userById(realm, session.userId);
    if (!user) throw invalidGrant('User not found', 'user_not_found');
    if (!user.enabled) throw invalidGrant('User disabled', 'user_disabled');
    if (session.state !== 'LOGGED_IN' || !redeemed.pair.client) throw invalidGrant('Session not active', 'user_session_not_found');
    const online = { session, clientSession: redeemed.pair.client };
    return tokensOfLogin(grant, user, online, { scope: redeemed.scope, nonce: redeemed.nonce, grant: 'authorization_code' });
  },
};
