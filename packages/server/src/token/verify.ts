import type { Clock } from '../model/clock.ts';
import type { Client, Realm, User } from '../model/index.ts';
import type { Claims, TokenVerdict } from './contracts.ts';
import { type DecodedJws, decodeJws, verifyJws } from './jws.ts';
import type { Keyring } from './keys.ts';
import { INTERNAL_ALGORITHM } from './signing.ts';
import type { VerifiedTokens } from './verified-tokens.ts';

/** What a token must be beside signed. */
export interface Expectation {
  readonly issuer: string | undefined;
  /** `typ` claims that will do; undefined = any. */
  readonly types: readonly string[] | undefined;
  /** `internal`: only HS512; `public`: every other algorithm: the two never stand in for each other. */
  readonly signedBy: 'internal' | 'public';
  /** Takes a token that was good once (`id_token_hint`). */
  readonly ignoreExpiry?: boolean | undefined;
}

export interface VerifyServices {
  readonly keyring: Keyring;
  readonly clock: Clock;
  /** Spares signatures that were found good before. */
  readonly verified?: VerifiedTokens | undefined;
}

const SIGNATURE = 'Token verification failed';
/** `error_description` of a token that is over or not good yet. */
export const NOT_ACTIVE = 'Token is not active';

/** Checks signature, algorithm, key, type, issuer, `exp` and `nbf`, in that order. */
export async function verifyToken(services: VerifyServices, realm: Realm, token: string, expected: Expectation): Promise<TokenVerdict> {
  const decoded = await decodeSigned(services, realm, token, expected.signedBy);
  if (!decoded) return { ok: false, reason: SIGNATURE };
  const claims = readClaims(decoded.payload);
  if (!claims) return { ok: false, reason: SIGNATURE };
  if (expected.types && !expected.types.includes(claims.typ ?? '')) return { ok: false, reason: SIGNATURE };
  if (expected.issuer !== undefined && claims.iss !== expected.issuer) return { ok: false, reason: SIGNATURE };
  const now = services.clock.nowSeconds();
  if (claims.exp !== undefined && claims.exp <= now && expected.ignoreExpiry !== true) return { ok: false, reason: NOT_ACTIVE };
  if (typeof claims['nbf'] === 'number' && claims['nbf'] > now) return { ok: false, reason: NOT_ACTIVE };
  return { ok: true, claims };
}

/** Whether a not-before of the realm, the client or the user lies after the token's issue. */
export function isBeforeNotBefore(claims: Claims, realm: Realm, client: Client, user: User | undefined): boolean {
  return (claims.iat ?? 0) < Math.max(realm.notBefore, client.notBefore, user?.notBefore ?? 0);
}

/** The token taken apart, if a key of the realm that counts now signed it. */
async function decodeSigned(
  { keyring, verified }: VerifyServices,
  realm: Realm,
  token: string,
  by: Expectation['signedBy'],
): Promise<DecodedJws | undefined> {
  const known = by === 'public' ? verified?.find(token) : undefined;
  const decoded = known?.decoded ?? decodeJws(token);
  if (!decoded) return undefined;
  const { alg, kid } = decoded.header;
  if (kid === undefined || (alg === INTERNAL_ALGORITHM) !== (by === 'internal')) return undefined;
  const material = await keyring.verifying(realm, kid, alg);
  if (material === undefined) return undefined;
  if (known?.material === material) return decoded;
  if (!verifyJws(decoded, material.algorithm, material.verifying)) return undefined;
  if (by === 'public') verified?.remember(token, decoded, material);
  return decoded;
}

const TEXTS = ['iss', 'sub', 'jti', 'typ', 'azp', 'sid', 'scope', 'nonce'];
const NUMBERS = ['exp', 'iat', 'nbf', 'auth_time'];

/** The payload as claims, if the registered ones have their types; a signed token of ours always does. */
function readClaims(payload: Readonly<Record<string, unknown>>): Claims | undefined {
  for (const name of TEXTS) if (payload[name] !== undefined && typeof payload[name] !== 'string') return undefined;
  for (const name of NUMBERS) if (payload[name] !== undefined && !Number.isSafeInteger(payload[name])) return undefined;
  const { aud } = payload;
  if (aud !== undefined && typeof aud !== 'string' && !(Array.isArray(aud) && aud.every((item) => typeof item === 'string')))
    return undefined;
  return payload as Claims;
}
