import { deviceRequest, mayPoll, takeDeviceRequest } from '../device/device-codes.ts';
import { mayUseDevices } from '../device/device-settings.ts';
import { invalidGrant, OAuthError } from '../oauth-error.ts';
import { checkCodeVerifier } from '../pkce.ts';
import type { Grant } from './grant.ts';
import { tokensOfLogin } from './tokens-of-login.ts';

/** Exchange of a device code (RFC 8628 section 3.4). A device asks again and again until the user answered. */
export const deviceCodeGrant: Grant = {
  type: 'urn:ietf:params:oauth:grant-type:device_code',
  event: 'OAUTH2_DEVICE_CODE_TO_TOKEN',
  async handle(grant) {
    const { context, realm, client, form, trace } = grant;
    const { state } = context;
    if (!mayUseDevices(client)) throw invalidGrant('Client not allowed OAuth 2.0 Device Authorization Grant', 'not_allowed');
    const code = form.get('device_code');
    if (!code) throw new OAuthError(400, 'invalid_request', 'Missing parameter: device_code', 'invalid_oauth2_device_code');
    const asked = await deviceRequest(state, realm, code);
    if (asked === undefined) throw invalidGrant('Device code not valid', 'invalid_oauth2_device_code');
    if (asked.clientUuid !== client.id) throw invalidGrant('unauthorized client', 'not_allowed');
    if (asked.expiresAt <= context.clock.nowSeconds())
      throw polling('expired_token', 'Device code is expired', 'expired_oauth2_device_code');
    if (!(await mayPoll(state, realm, client, code))) throw polling('slow_down', 'Slow down');
    if (asked.status === 'pending') throw polling('authorization_pending', 'The authorization request is still pending');
    if (asked.status === 'denied') throw polling('access_denied', 'The end user denied the authorization request');
    checkCodeVerifier(
      client,
      { codeChallenge: asked.codeChallenge, codeChallengeMethod: asked.codeChallengeMethod },
      form.get('code_verifier'),
    );
    // The sessions are read before the code is taken: nothing that can fail for a while stands between the code and its tokens.
    const pair = await state.userSessions.pair(realm, asked.sessionId ?? '', client, false);
    const user = pair && (await state.directory.userById(realm, pair.session.userId));
    if (!(await takeDeviceRequest(state, realm, code))) throw invalidGrant('Device code not valid', 'invalid_oauth2_device_code');
    if (pair?.session.state !== 'LOGGED_IN' || !pair.client) throw invalidGrant('Session not active', 'user_session_not_found');
    trace.sessionId = pair.session.id;
    if (!user) throw invalidGrant('User not found', 'user_not_found');
    trace.userId = user.id;
    if (!user.enabled) throw invalidGrant('User disabled', 'user_disabled');
    const online = { session: pair.session, clientSession: pair.client };
    return tokensOfLogin(grant, user, online, { scope: asked.scope, nonce: asked.nonce, grant: 'device_code' });
  },
};

/** The answers of RFC 8628 section 3.5. */
function polling(error: string, description: string, eventError?: string): OAuthError {
  return new OAuthError(400, error, description, eventError);
}
