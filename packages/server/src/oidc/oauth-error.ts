import { ReplyError } from '../http/errors.ts';

/** An error in the wire form of RFC 6749 section 5.2, with the statuses and texts of Keycloak. */
export class OAuthError extends ReplyError {
  readonly error: string;
  readonly description: string | undefined;
  /** `error` of the event that tells of it; more exact than what the caller may know. */
  readonly eventError: string;

  constructor(statusCode: number, error: string, description?: string, eventError: string = error) {
    super(statusCode, description === undefined ? { error } : { error, error_description: description });
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
