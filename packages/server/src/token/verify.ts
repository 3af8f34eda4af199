import type { Clock } from '../model/clock.ts';
import type { Client, Realm, User } from '../model/index.ts';
import type { Claims, TokenVerdict } from './contracts.ts';
import { type DecodedJws, decodeJws, verifyJws } from './jws.ts';
import type { Keyring } from './keys.ts';
import { INTERNAL_ALGORITHM } from './signing.ts';

/** What a token must be beside signed. */
export interface Expectation {
  readonly issuer: string | undefined;
  /** `typ` claims that will do; undefined = any. */
  readonly types: readonly string[] | undefined;
  /** `internal`: only HS512; `public`: only asymmetric algorithms (and HS… never): the two never stand in for each other. */
  readonly signedBy: 'internal' | 'public';
  /** Takes a token that was good once (`id_token_hint`). */
  readonly ignoreExpiry?: boolean | undefined;
}

export interface VerifyServices {
  readonly keyring: Keyring;
  readonly clock: Clock;
}

const SIGNATURE = 'Token verification failed';
/** `error_description` of a token that is over or not good yet. */
export const NOT_ACTIVE = 'Token is not active';

/** Checks signature, algorithm, key, type, issuer, `exp` and `nbf`, in that order. */
export async function verifyToken(services: VerifyServices, realm: Realm, token: string, expected: Expectation): Promise<TokenVerdict> {
  const decoded = decodeJws(token);
  if (!decoded || !(await isSignedBy(services.keyring, realm, decoded, expected.signedBy))) return { ok: false, reason: SIGNATURE };
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

async function isSignedBy(keyring: Keyring, realm: Realm, decoded: DecodedJws, by: Expectation['signedBy']): Promise<boolean> {
  const { alg, kid } = decoded.header;
  const symmetric = alg.startsWith('HS');
  if (kid === undefined || symmetric !== (by === 'internal') || (symmetric && alg !== INTERNAL_ALGORITHM)) return false;
  const material = await keyring.verifying(realm, kid, alg);
  return material !== undefined && verifyJws(decoded, material.algorithm, material.verifying);
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
