import type { ServerContext } from '../context.ts';
import type { Realm } from '../model/index.ts';
import { decodeJws } from '../token/jws.ts';
import { hasKeys, type OidcProvider, oidcProvider } from './provider.ts';
import { BrokerProblem, payloadOf, SKEW_SECONDS } from './tokens-of-provider.ts';

/** What a logout token of a provider asks for (OpenID Connect Back-Channel Logout 1.0 section 2.4). */
export interface ProviderLogout {
  readonly alias: string;
  readonly subject: string | undefined;
  readonly sessionId: string | undefined;
  readonly jti: string;
  /** Epoch seconds: until then the token could be sent again. */
  readonly expires: number;
  readonly revokesOffline: boolean;
}

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const REVOKE_OFFLINE_EVENT = 'revoke_offline_access';
const MAX_TOKEN_CHARACTERS = 16_384;
const MAX_TEXT = 255;
/** How old a token may be: what lies longer is no news, and would have to be remembered longer. */
const MAX_AGE_SECONDS = 600;

/** Reads a logout token, by the keys of the provider that it is of. @throws BrokerProblem where it is no good */
export async function readLogoutToken(context: ServerContext, realm: Realm, token: string): Promise<ProviderLogout> {
  const decoded = token.length > MAX_TOKEN_CHARACTERS ? undefined : decodeJws(token);
  if (decoded === undefined) throw new BrokerProblem('The decode of the logoutToken failed');
  const { iss, aud } = decoded.payload;
  const settings = (realm.identityProviders ?? [])
    .flatMap((provider) => (provider.enabled ? (oidcProvider(provider) ?? []) : []))
    .find((provider) => isOf(provider, iss, aud));
  if (settings === undefined) throw new BrokerProblem('No Identity Provider has been found');
  // An id token comes over a connection of our own; this one comes from anybody, so that without keys nothing speaks for it.
  if (!hasKeys(settings)) throw new BrokerProblem('The provider has no keys that the logoutToken could be checked by');
  return checkLogoutToken(settings, await payloadOf(context, realm, settings, token), context.clock.nowSeconds());
}

function isOf({ issuer, clientId }: OidcProvider, iss: unknown, aud: unknown): boolean {
  return issuer?.split(',').some((one) => one.trim() === iss) === true && [aud].flat().includes(clientId);
}

/** Checks what a logout token says, its signature aside. @throws BrokerProblem */
export function checkLogoutToken(provider: OidcProvider, claims: Record<string, unknown>, nowSeconds: number): ProviderLogout {
  const { iss, aud, iat, exp, jti, sub, sid, events, nonce } = claims;
  if (!isOf(provider, iss, aud)) throw new BrokerProblem('The logoutToken is of another provider, or for somebody else');
  if (typeof iat !== 'number' || iat - SKEW_SECONDS > nowSeconds || iat + MAX_AGE_SECONDS <= nowSeconds)
    throw new BrokerProblem('The logoutToken is not of now');
  if (exp !== undefined && (typeof exp !== 'number' || exp + SKEW_SECONDS <= nowSeconds))
    throw new BrokerProblem('The logoutToken is over');
  if (!isText(jti)) throw new BrokerProblem('The logoutToken has no jti');
  const event = isObject(events) ? events[EVENT] : undefined;
  if (!isObject(events) || !isObject(event)) throw new BrokerProblem('The logoutToken tells of no logout');
  if (nonce !== undefined) throw new BrokerProblem('The logoutToken has a nonce, as id tokens have');
  if ((sub !== undefined && !isText(sub)) || (sid !== undefined && !isText(sid)) || (sub === undefined && sid === undefined))
    throw new BrokerProblem('The logoutToken names neither a user nor a session');
  return {
    alias: provider.alias,
    subject: isText(sub) ? sub : undefined,
    sessionId: isText(sid) ? sid : undefined,
    jti,
    expires: iat + MAX_AGE_SECONDS + SKEW_SECONDS,
    revokesOffline: events[REVOKE_OFFLINE_EVENT] === true,
  };
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '' && value.length <= MAX_TEXT;
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
