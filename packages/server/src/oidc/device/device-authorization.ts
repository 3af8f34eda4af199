import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ServerContext } from '../../context.ts';
import { requestContext } from '../../http/request-context.ts';
import { MAX_SCOPE_LENGTH } from '../../token/scope.ts';
import { clientOf } from '../client-of-request.ts';
import { codeChallengeProblem } from '../code-challenge.ts';
import { acceptFormsOnly, formOf } from '../form.ts';
import { invalidRequest, invalidScope, OAuthError } from '../oauth-error.ts';
import { enabledRealmOf } from '../realm-of-request.ts';
import { createDeviceCodes } from './device-codes.ts';
import { deviceCodeSeconds, mayUseDevices, pollingSeconds } from './device-settings.ts';

const DISABLED = 'Client is not allowed to initiate OAuth 2.0 Device Authorization Grant. The flow is disabled for the client.';

/** POST /realms/{realm}/protocol/openid-connect/auth/device (RFC 8628 section 3.1). */
export function registerDeviceAuthorization(app: FastifyInstance, context: ServerContext): void {
  app.register(async (scope) => {
    acceptFormsOnly(scope);
    const url = '/realms/:realm/protocol/openid-connect/auth/device';
    scope.post(url, (request, reply) => answerDeviceRequest(context, request, reply));
  });
}

async function answerDeviceRequest(context: ServerContext, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  reply.headers({ 'cache-control': 'no-store, must-revalidate, max-age=0' });
  const realm = await enabledRealmOf(context, request);
  const form = formOf(request);
  const { issuer, remoteAddress } = requestContext(request);
  const event = { realmId: realm.id, realmName: realm.realm, ipAddress: remoteAddress };
  let clientId = form.get('client_id');
  try {
    const client = await clientOf(context, realm, request, reply, form);
    clientId = client.clientId;
    if (!mayUseDevices(client)) throw new OAuthError(400, 'unauthorized_client', DISABLED, 'not_allowed');
    const scope = form.get('scope') ?? '';
    if (scope.length > MAX_SCOPE_LENGTH || !(await context.tokens.isValidScope(realm, client, scope))) throw invalidScope(scope);
    const challenge = { codeChallenge: form.get('code_challenge'), codeChallengeMethod: form.get('code_challenge_method') };
    const problem = codeChallengeProblem(client, challenge.codeChallenge, challenge.codeChallengeMethod);
    if (problem !== undefined) throw invalidRequest(problem);
    const wish = { scope, nonce: form.get('nonce'), ...challenge };
    const { deviceCode, userCode } = await createDeviceCodes(context.state, realm, client, wish, context.clock.nowSeconds());
    context.events.emit({ ...event, type: 'OAUTH2_DEVICE_AUTH', clientId });
    const page = `${issuer(realm.realm)}/device`;
    return {
      device_code: deviceCode,
      user_code: userCode,
      verification_uri: page,
      verification_uri_complete: `${page}?user_code=${userCode}`,
      expires_in: deviceCodeSeconds(realm, client),
      interval: pollingSeconds(realm, client),
    };
  } catch (error) {
    if (error instanceof OAuthError) context.events.emit({ ...event, type: 'OAUTH2_DEVICE_AUTH_ERROR', clientId, error: error.eventError });
    throw error;
  }
}
