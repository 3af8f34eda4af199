import { createHash, createPublicKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { decodeJwsWithKey, verifyJws } from '../../token/jws.ts';
import { jwsAlgorithms, keyFits } from '../../token/jws-algorithms.ts';
import { thumbprintOf } from './thumbprint.ts';

/** What a proof must be for. */
export interface ProofExpectation {
  readonly method: string;
  /** Address of the request without query and fragment. */
  readonly url: string;
  /** The token that is shown with it; undefined where a token is asked for. */
  readonly accessToken?: string | undefined;
  readonly nowSeconds: number;
}

/** A proof that is good as far as it can be told without looking at others. */
export interface GoodProof {
  readonly ok: true;
  /** SHA-256 thumbprint of the key (RFC 7638). */
  readonly thumbprint: string;
  readonly id: string;
  readonly nonce: string | undefined;
  /** Epoch seconds after which the proof is too old anyway. */
  readonly endsAt: number;
}

export interface BadProof {
  readonly ok: false;
  readonly reason: string;
}

/** Algorithms that proofs may have: keys that can be shown (RFC 9449 section 4.3, item 5). */
export const proofAlgorithms: readonly string[] = [...jwsAlgorithms.values()]
  .filter((algorithm) => algorithm.keyType !== 'oct')
  .map((algorithm) => algorithm.name);

const MAX_PROOF_LENGTH = 8_192;
/** How old a proof may be, and how far clocks may differ, in seconds; the same as the original's. */
const LIFETIME_SECONDS = 10;
const CLOCK_SKEW_SECONDS = 15;
const MAX_ID_LENGTH = 1_024;

const bad = (reason: string): BadProof => ({ ok: false, reason });

/** The checks of RFC 9449 section 4.3 that need nothing but the proof and the request, in its order. */
export function checkProof(text: string, expected: ProofExpectation): GoodProof | BadProof {
  const decoded = text.length > MAX_PROOF_LENGTH ? undefined : decodeJwsWithKey(text);
  if (decoded === undefined) return bad('DPoP header verification failure');
  const { header, payload } = decoded;
  if (header.typ !== 'dpop+jwt') return bad('Invalid or missing type in DPoP header');
  const algorithm = jwsAlgorithms.get(header.alg);
  if (algorithm === undefined || algorithm.keyType === 'oct') return bad('Unsupported DPoP algorithm');
  if (typeof header.jwk !== 'object' || header.jwk === null) return bad('No JWK in DPoP header');
  const jwk = header.jwk as Readonly<Record<string, unknown>>;
  if (['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'].some((member) => Object.hasOwn(jwk, member))) {
    return bad('Private key material must not be present in DPoP JWK');
  }
  const key = publicKeyOf(jwk);
  if (key === undefined || !keyFits(algorithm, key) || !verifyJws(decoded, algorithm, key)) return bad('DPoP verification failure');
  const { jti, htm, htu, iat, nonce, ath } = payload;
  if (typeof jti !== 'string' || jti === '' || jti.length > MAX_ID_LENGTH || !Number.isSafeInteger(iat)) {
    return bad('DPoP mandatory claims are missing');
  }
  if (typeof htm !== 'string' || typeof htu !== 'string') return bad('DPoP mandatory claims are missing');
  if (htm !== expected.method) return bad('DPoP HTTP method mismatch');
  if (normalUrl(htu) !== normalUrl(expected.url)) return bad('DPoP HTTP URL mismatch');
  const issuedAt = iat as number;
  const endsAt = issuedAt + LIFETIME_SECONDS + CLOCK_SKEW_SECONDS;
  if (issuedAt > expected.nowSeconds + CLOCK_SKEW_SECONDS || endsAt < expected.nowSeconds) return bad('DPoP proof is not active');
  if (expected.accessToken !== undefined && !isHashOf(ath, expected.accessToken)) return bad('DPoP ath claim mismatch');
  return { ok: true, thumbprint: thumbprintOf(key), id: jti, nonce: typeof nonce === 'string' ? nonce : undefined, endsAt };
}

function publicKeyOf(jwk: Readonly<Record<string, unknown>>): KeyObject | undefined {
  try {
    return createPublicKey({ key: jwk as import('node:crypto').JsonWebKey, format: 'jwk' });
  } catch {
    return undefined;
  }
}

/** Scheme, host and path as one text; whatever is no address of a server matches nothing. Query and fragment do not count. */
function normalUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, host, pathname } = new URL(text);
  return protocol === 'https:' || protocol === 'http:' ? `${protocol}//${host}${pathname}` : undefined;
}

function isHashOf(ath: unknown, accessToken: string): boolean {
  if (typeof ath !== 'string') return false;
  const expected = createHash('sha256').update(accessToken).digest();
  const given = Buffer.from(ath, 'base64url');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
