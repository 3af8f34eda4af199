import { ReplyError } from '../http/errors.ts';
import { proofAlgorithms } from '../security/dpop/proof.ts';

/** An error in the wire form of RFC 6749 section 5.2, with the statuses and texts of Keycloak. */
export class OAuthError extends ReplyError {
  readonly error: string;
  readonly description: string | undefined;
  /** `error` of the event that tells of it; more exact than what the caller may know. */
  readonly eventError: string;

  /** @param more further members of the answer */
  constructor(
    statusCode: number,
    error: string,
    description?: string,
    eventError: string = error,
    more: Readonly<Record<string, string>> = {},
  ) {
    super(statusCode, description === undefined ? { error, ...more } : { error, error_description: description, ...more });
    this.name = 'OAuthError';
    this.error = error;
    this.description = description;
    this.eventError = eventError;
  }
}

export const invalidRequest = (description: string): OAuthError => new OAuthError(400, 'invalid_request', description);
export const invalidGrant = (description: string, eventError = 'invalid_token'): OAuthError =>
  new OAuthError(400, 'invalid_grant', description, eventError);
export const invalidScope = (scope: string): OAuthError =>
  new OAuthError(400, 'invalid_scope', `Invalid scopes: ${scope}`, 'invalid_request');

/** RFC 9449 section 7.1: the same for a token that was shown with a proof; `nonce` is the one that the next proof must name. */
export function proofChallenge(realmName: string, description: string, nonce: string | undefined): ReplyError {
  const error = nonce === undefined ? 'invalid_token' : 'use_dpop_nonce';
  const { body, headers } = bearerChallenge(401, realmName, error, description);
  const parameters = headers['www-authenticate']?.slice('Bearer '.length) ?? '';
  return new ReplyError(401, body, {
    ...headers,
    'www-authenticate': `DPoP algs="${proofAlgorithms.join(' ')}", ${parameters}`,
    ...(nonce === undefined
      ? {}
      : { 'dpop-nonce': nonce, 'access-control-expose-headers': 'Access-Control-Allow-Methods, WWW-Authenticate, DPoP-Nonce' }),
  });
}

/**
 * The same challenge for an interface whose refusals have words of their own: headers for an answer to a token that was shown with a proof;
 * none for a bearer token.
 */
export function challengeHeaders(
  realmName: string,
  shown: { readonly scheme: string } | undefined,
  refusal: { readonly reason?: string; readonly freshNonce?: string | undefined } | undefined,
): Readonly<Record<string, string>> {
  if (shown?.scheme !== 'DPoP') return {};
  const { headers } = proofChallenge(realmName, refusal?.reason ?? 'Token verification failed', refusal?.freshNonce);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'content-type'));
}

/** RFC 6750 section 3: the answer to a bearer token that is missing or no good has no body, only a challenge. */
export function bearerChallenge(statusCode: number, realmName: string, error?: string, description = ''): ReplyError {
  const parts = [`realm="${realmName.replace(/[^\x20-\x7e]|["\\]/g, '?')}"`];
  if (error !== undefined) parts.push(`error="${error}"`, `error_description="${description}"`);
  const headers = {
    'www-authenticate': `Bearer ${parts.join(', ')}`,
    'cache-control': 'no-store',
    'content-type': 'text/plain;charset=utf-8',
  };
  return new ReplyError(statusCode, '', headers);
}
