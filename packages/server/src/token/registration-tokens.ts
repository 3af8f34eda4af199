import type { Realm } from '../model/index.ts';
import type { InitialAccess } from '../store/initial-access.ts';
import type { Claims, Tokens } from './contracts.ts';

/** `typ` of the tokens of client registration. */
export const INITIAL_ACCESS_TOKEN = 'InitialAccessToken';
export const REGISTRATION_ACCESS_TOKEN = 'RegistrationAccessToken';

type Signs = Pick<Tokens, 'signInternal'>;

/** The token that an administrator gives out: whoever has it may register clients. */
export function signInitialAccessToken(tokens: Signs, realm: Realm, issuer: string, access: InitialAccess): Promise<string> {
  return tokens.signInternal(realm, {
    ...(access.expiration === 0 ? {} : { exp: access.timestamp + access.expiration }),
    iat: access.timestamp,
    jti: access.id,
    iss: issuer,
    aud: issuer,
    typ: INITIAL_ACCESS_TOKEN,
    ...(access.webOrigins === undefined ? {} : { 'allowed-origins': access.webOrigins }),
  });
}

export interface RegistrationAccess {
  /** `jti`: the client knows which one is good. */
  readonly id: string;
  readonly auth: 'anonymous' | 'authenticated';
  /** Origins of pages that may use it. */
  readonly origins?: readonly string[] | undefined;
  readonly nowSeconds: number;
}

/** The token with which a client manages its own registration (RFC 7592 section 3); it has no end, the next one takes its place. */
export function signRegistrationAccessToken(tokens: Signs, realm: Realm, issuer: string, access: RegistrationAccess): Promise<string> {
  return tokens.signInternal(realm, {
    iat: access.nowSeconds,
    jti: access.id,
    iss: issuer,
    aud: issuer,
    typ: REGISTRATION_ACCESS_TOKEN,
    registration_auth: access.auth,
    ...(access.origins === undefined ? {} : { 'allowed-origins': access.origins }),
  });
}

/** Origins that such a token names. */
export function originsIn(claims: Claims): readonly string[] {
  const origins = claims['allowed-origins'];
  return Array.isArray(origins) ? origins.filter((one) => typeof one === 'string') : [];
}
