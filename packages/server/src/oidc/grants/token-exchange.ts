import type { FastifyRequest } from 'fastify';
import { joinSession } from '../../authentication/login-sessions.ts';
import { keyThumbprintOf } from '../../token/confirmation.ts';
import type { Bearer, TokenResponse } from '../../token/contracts.ts';
import { scopeWords } from '../../token/scope.ts';
import { isShownByHolder } from '../certificate-of-request.ts';
import { invalidRequest, OAuthError } from '../oauth-error.ts';
import { isOfflineScope } from '../sessions-of-grant.ts';
import { claimsOfIssued } from './event-details.ts';
import { exchangeForProvider } from './exchange-for-provider.ts';
import { type Grant, type GrantRequest, requestedScope } from './grant.ts';

export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const TYPE = 'urn:ietf:params:oauth:token-type:';
const ENABLED = 'standard.token.exchange.enabled';
const REFRESH = 'standard.token.exchange.enableRefreshRequestedTokenType';
const MAX_TOKEN_LENGTH = 20_000;
const MAX_AUDIENCES = 50;
/** Parameters of the exchange as it was before RFC 8693: with tokens of providers, and for other users. */
const OF_OLD = ['subject_issuer', 'requested_issuer', 'requested_subject'];

type Wanted = 'access_token' | 'id_token' | 'refresh_token';

/**
 * Token exchange (RFC 8693), as Keycloak's standard one: a client to whom an access token was sent gets one of its own for the same user, for
 * as many services or fewer.
 */
export const tokenExchangeGrant: Grant = {
  type: TOKEN_EXCHANGE,
  event: 'TOKEN_EXCHANGE',
  async handle(grant) {
    const { context, realm, client, form, trace, issuer } = grant;
    trace.details['auth_method'] = 'token_exchange';
    if (client.publicClient) throw new OAuthError(400, 'invalid_client', 'Public client is not allowed to exchange token');
    if (context.exchangesProviderTokens && form.has('requested_issuer')) {
      const subject = await subjectOf(grant);
      trace.userId = subject.user.id;
      if (subject.session !== undefined) trace.sessionId = subject.session.id;
      return exchangeForProvider(grant, subject);
    }
    if (client.attributes[ENABLED] !== 'true') throw invalidRequest('Standard token exchange is not enabled for the requested client');
    for (const name of OF_OLD) {
      if (form.has(name)) throw invalidRequest(`Parameter '${name}' is not supported for standard token exchange`);
    }
    const subject = await subjectOf(grant);
    trace.userId = subject.user.id;
    if (subject.session !== undefined) trace.sessionId = subject.session.id;
    Object.assign(trace.details, { username: subject.user.username, subject_token_client_id: subject.client.clientId });
    const wanted = wantedType(grant);
    trace.details['requested_token_type'] = `${TYPE}${wanted}`;
    const audience = await audienceOf(grant);
    if (audience.length > 0) trace.details['audience'] = audience.join(' ');
    const scope = await requestedScope(grant);
    if (isOfflineScope(scope)) throw invalidRequest('Scope offline_access not allowed for token exchange');
    if ((await context.consents.missing(realm, client, subject.user, scope, 'missing')).length > 0) {
      throw new OAuthError(400, 'invalid_scope', `Missing consents for Token Exchange in client ${client.clientId}`, 'consent_denied');
    }
    const sessions =
      wanted === 'refresh_token' ? await joined(grant, subject, scope) : { session: subject.session, clientSession: undefined };
    const answer = await context.tokens.issue({
      realm,
      client,
      user: subject.user,
      ...sessions,
      scope,
      issuer,
      confirmation: grant.confirmation,
      grant: 'token_exchange',
      audience: audience.length === 0 ? undefined : audience,
      refreshToken: wanted === 'refresh_token',
      ...(wanted === 'id_token' ? { idTokenAnyway: true, accessTokenHash: false } : {}),
    });
    refuseAbsent(answer, audience);
    return answerOf(answer, wanted);
  },
};

/** Whom the token that was sent is about. @throws OAuthError */
async function subjectOf(grant: GrantRequest): Promise<Bearer> {
  const { context, realm, client, form, issuer, request, confirmation } = grant;
  const token = form.get('subject_token');
  if (!token) throw invalidRequest("Parameter 'subject_token' required for standard token exchange");
  const type = form.get('subject_token_type');
  if (!type) throw invalidRequest("Parameter 'subject_token_type' required for standard token exchange");
  if (type !== `${TYPE}access_token`) throw invalidRequest("Parameter 'subject_token' supports access tokens only");
  const verdict = token.length > MAX_TOKEN_LENGTH ? undefined : await context.tokens.bearer(realm, issuer, token);
  if (verdict?.ok !== true) throw new OAuthError(400, 'invalid_request', 'Invalid token', 'invalid_token');
  const { bearer } = verdict;
  // A token that is bound to a key or a certificate is nobody's without it.
  const key = keyThumbprintOf(bearer.claims);
  const isHeld = (await isShownByHolder(context, request, bearer.claims)) && (key === undefined || key === confirmation?.claim['jkt']);
  if (!isHeld) throw new OAuthError(400, 'invalid_request', 'Invalid token', 'invalid_token');
  // Who was not sent the token found it somewhere.
  const isSentHere = bearer.client.id === client.id || [bearer.claims.aud ?? []].flat().includes(client.clientId);
  if (!isSentHere) throw new OAuthError(403, 'access_denied', 'Client is not within the token audience', 'not_allowed');
  return bearer;
}

function wantedType({ client, form }: GrantRequest): Wanted {
  const type = form.get('requested_token_type') ?? `${TYPE}access_token`;
  if (type === `${TYPE}access_token`) return 'access_token';
  if (type === `${TYPE}id_token`) return 'id_token';
  if (type === `${TYPE}refresh_token` && client.attributes[REFRESH] === 'SAME_SESSION') return 'refresh_token';
  throw invalidRequest('requested_token_type unsupported');
}

/** The services that the token shall be for; undefined of none: for all that it can be for. @throws OAuthError */
async function audienceOf({ context, realm, request, trace }: GrantRequest): Promise<readonly string[]> {
  const names = repeated(request, 'audience');
  if (names.length > MAX_AUDIENCES) throw invalidRequest('too many audiences');
  for (const name of names) {
    const found = await context.state.directory.clientByClientId(realm, name);
    if (found?.enabled === true) continue;
    trace.details['audience'] = name.slice(0, 255);
    if (found === undefined) throw new OAuthError(400, 'invalid_client', 'Audience not found', 'client_not_found');
    throw new OAuthError(400, 'invalid_client', 'Client disabled', 'client_disabled');
  }
  return [...new Set(names)];
}

function repeated({ body }: FastifyRequest, name: string): readonly string[] {
  const value: unknown = typeof body === 'object' && body !== null && Object.hasOwn(body, name) ? Reflect.get(body, name) : undefined;
  return [value ?? []].flat().filter((one): one is string => typeof one === 'string' && one !== '');
}

/** The client becomes part of the session, as its refresh token has to live somewhere. @throws OAuthError */
async function joined({ context, realm, client, issuer, remoteAddress }: GrantRequest, { user, session }: Bearer, scope: string) {
  const refusal = invalidRequest('Refresh token not valid as requested_token_type because creating a new session is needed');
  if (session === undefined || session.offline) throw refusal;
  const clientNotes = { scope };
  const request = { realm, client, user, ipAddress: remoteAddress, redirectUri: '', clientNotes, issuer };
  return (await joinSession(context, request, session.id, false)) ?? raise(refusal);
}

/** A service that the client's tokens for this user are not for cannot be asked for. */
function refuseAbsent(answer: TokenResponse, audience: readonly string[]): void {
  const given = [claimsOfIssued(answer.access_token).aud ?? []].flat();
  const absent = audience.filter((name) => !given.includes(name));
  if (absent.length > 0) throw invalidRequest(`Requested audience not available: ${absent.join(' ')}`);
}

/** RFC 8693 section 2.2.1: whatever was issued stands in `access_token`; `token_type` says N_A of what is none. */
function answerOf(answer: TokenResponse, wanted: Wanted): object {
  const issued = { issued_token_type: `${TYPE}${wanted}` };
  if (wanted !== 'id_token') return { ...answer, ...issued };
  const { id_token: idToken = '', scope, ...others } = answer;
  const asked = scopeWords(scope).filter((word) => word !== 'openid');
  return { ...others, access_token: idToken, token_type: 'N_A', scope: asked.join(' '), ...issued };
}

function raise(error: Error): never {
  throw error;
}
