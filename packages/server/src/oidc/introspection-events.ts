import type { ServerContext } from '../context.ts';
import type { Client, Realm } from '../model/index.ts';
import type { Claims, TokenRefusal } from '../token/contracts.ts';
import { OAuthError } from './oauth-error.ts';

/** Reasons of refusals that an event has a word of its own for. */
export const SESSION_GONE = 'user_session_not_found';
export const USER_DISABLED = 'User disabled';

/** What refresh tokens are refused with where a session or its user is not there any more. */
const gone = [
  SESSION_GONE,
  'Session not active',
  'Offline user session not found',
  'User not found',
  "Session doesn't have required client",
];

/** A token that the asking client learns nothing of, with what the event tells the administrator. */
export interface UnknownToken {
  readonly ok: false;
  readonly error: string;
  readonly reason: string;
  /** Of a token of this realm. */
  readonly claims: Claims | undefined;
  readonly userId?: string | undefined;
}

/** A token that was refused. */
export function unknownToken(asking: Client, { reason, claims }: Pick<TokenRefusal, 'reason' | 'claims'>): UnknownToken {
  const told = (why: string): string => `Introspection access token for ${asking.clientId} client: ${why}`;
  if (reason === USER_DISABLED)
    return {
      ok: false,
      error: 'user_disabled',
      reason: `Could not find valid user from user session ${claims?.sid}`,
      claims,
      userId: claims?.sub,
    };
  if (gone.includes(reason)) return { ok: false, error: SESSION_GONE, reason: told(SESSION_GONE), claims };
  return {
    ok: false,
    error: 'invalid_token',
    reason: claims === undefined ? 'Access token JWT check failed' : told('JWT check failed'),
    claims,
  };
}

/** A good token that is meant for others. */
export function notInAudience(asking: Client, claims: Claims, userId: string | undefined): UnknownToken {
  return { ok: false, error: 'invalid_token', reason: `Client '${asking.clientId}' is not in the token audience`, claims, userId };
}

/** Tells of questions about tokens, one event each. */
export interface IntrospectionEvents {
  known(asking: Client, claims: Claims, userId: string): void;
  unknown(asking: Client, token: UnknownToken): void;
  /** The asking client did not prove who it is. */
  refused(clientId: string | undefined, error: string): void;
  /** The error for a question that makes no sense, told of. */
  invalid(asking: Client, description: string, details?: Readonly<Record<string, string>>, statusCode?: number): OAuthError;
}

export function introspectionEvents(context: ServerContext, realm: Realm, ipAddress: string): IntrospectionEvents {
  const event = { realmId: realm.id, realmName: realm.realm, ipAddress };
  const method = (asking: Client) => ({ client_auth_method: asking.clientAuthenticatorType });
  return {
    known(asking, claims, userId) {
      const details = { ...detailsOf(claims), ...method(asking) };
      context.events.emit({ ...event, type: 'INTROSPECT_TOKEN', clientId: asking.clientId, userId, sessionId: claims.sid, details });
    },
    unknown(asking, { error, reason, claims, userId }) {
      const details = { reason, ...detailsOf(claims), ...method(asking) };
      const about = { clientId: asking.clientId, userId, sessionId: claims?.sid };
      context.events.emit({ ...event, ...about, type: 'INTROSPECT_TOKEN_ERROR', error, details });
    },
    refused(clientId, error) {
      context.events.emit({ ...event, type: 'INTROSPECT_TOKEN_ERROR', clientId, error });
    },
    invalid(asking, description, details = {}, statusCode = 400) {
      const error = new OAuthError(statusCode, 'invalid_request', description);
      const told = { detail: description, ...details, ...method(asking) };
      context.events.emit({ ...event, type: 'INTROSPECT_TOKEN_ERROR', clientId: asking.clientId, error: error.error, details: told });
      return error;
    },
  };
}

function detailsOf(claims: Claims | undefined): Record<string, string> {
  const { azp, jti, typ } = claims ?? {};
  return {
    ...(azp === undefined ? {} : { token_issued_for: azp }),
    ...(jti === undefined ? {} : { token_id: jti }),
    ...(typ === undefined ? {} : { token_type: typ }),
  };
}
