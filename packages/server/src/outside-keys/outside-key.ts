import { createPublicKey, type JsonWebKey, type KeyObject, X509Certificate } from 'node:crypto';
import { jwsAlgorithms, keyFits } from '../token/jws-algorithms.ts';

/** A public key of somebody else. */
export interface OutsideKey {
  readonly key: KeyObject;
  readonly kid: string | undefined;
  /** Undefined = any algorithm that fits the key. */
  readonly algorithm: string | undefined;
  /** Undefined = for both. */
  readonly use: 'sig' | 'enc' | undefined;
}

/** What a key is needed for. */
export interface KeyWish {
  readonly use: 'sig' | 'enc';
  /** JWS or JWE algorithm. */
  readonly algorithm: string;
  /** Undefined where the sender named none: every key that fits may be it. */
  readonly kid: string | undefined;
}

/** More keys than this are no key set of anybody's. */
const MAX_KEYS = 100;
/** Keys that are tried for a signature that names none. */
const MAX_CANDIDATES = 10;
const ENCRYPTION_KEYS: Readonly<Record<string, readonly string[]>> = { RSA: ['rsa'], ECDH: ['ec', 'x25519', 'x448'] };

/** The public keys of a JWK set (RFC 7517 section 5); what cannot be used is left out. @throws Error where it is no key set. */
export function parseKeySet(text: string): readonly OutsideKey[] {
  const document: unknown = JSON.parse(text);
  const keys: unknown = typeof document === 'object' && document !== null && 'keys' in document ? document.keys : undefined;
  if (!Array.isArray(keys)) throw new Error('this is no JWK set: it has no list of keys');
  if (keys.length > MAX_KEYS) throw new Error(`a JWK set has more than ${MAX_KEYS} keys`);
  return keys.flatMap((jwk: unknown) => (typeof jwk === 'object' && jwk !== null ? (keyOf(jwk as JsonWebKey) ?? []) : []));
}

function keyOf(jwk: JsonWebKey): OutsideKey | undefined {
  const { kid, alg, use } = jwk;
  // A symmetric key that is published is no secret, so nothing that it signs proves anything.
  if (jwk.kty === 'oct') return undefined;
  try {
    return {
      key: createPublicKey({ key: jwk, format: 'jwk' }),
      kid: typeof kid === 'string' ? kid : undefined,
      algorithm: typeof alg === 'string' ? alg : undefined,
      use: use === 'sig' || use === 'enc' ? use : undefined,
    };
  } catch {
    return undefined;
  }
}

/** A key that an administrator stored as a certificate or as SPKI; both with or without the lines of PEM. */
export function parseStoredKey(text: string, kind: 'CERTIFICATE' | 'PUBLIC KEY', kid: string | undefined): OutsideKey {
  const body = text.replace(/-----[A-Z ]+-----|\s/g, '');
  const pem = `-----BEGIN ${kind}-----\n${body}\n-----END ${kind}-----\n`;
  const key = kind === 'CERTIFICATE' ? new X509Certificate(pem).publicKey : createPublicKey(pem);
  return { key, kid, algorithm: undefined, use: undefined };
}

/** The keys of a set that may be meant. */
export function fittingKeys(keys: readonly OutsideKey[], { use, algorithm, kid }: KeyWish): readonly OutsideKey[] {
  const fits = (candidate: OutsideKey): boolean =>
    (kid === undefined || candidate.kid === kid) &&
    (candidate.use === undefined || candidate.use === use) &&
    (candidate.algorithm === undefined || candidate.algorithm === algorithm) &&
    isOfKind(candidate.key, algorithm);
  return keys.filter(fits).slice(0, MAX_CANDIDATES);
}

function isOfKind(key: KeyObject, algorithm: string): boolean {
  const signature = jwsAlgorithms.get(algorithm);
  if (signature !== undefined) return signature.keyType !== 'oct' && keyFits(signature, key);
  const family = algorithm.startsWith('RSA') ? 'RSA' : algorithm.startsWith('ECDH') ? 'ECDH' : '';
  return ENCRYPTION_KEYS[family]?.includes(key.asymmetricKeyType ?? '') ?? false;
}
