import { constants, type KeyObject } from 'node:crypto';

/** One JWS algorithm (RFC 7518 section 3, RFC 8037): what key it takes and how node:crypto is to be called. */
export interface JwsAlgorithm {
  readonly name: string;
  /** `kty` of the key. */
  readonly keyType: 'RSA' | 'EC' | 'OKP' | 'oct';
  /** Digest for node:crypto, null where the algorithm has its own (EdDSA). */
  readonly digest: 'sha256' | 'sha384' | 'sha512' | null;
  /** Digest for `at_hash` and `c_hash` (OpenID Connect Core section 3.1.3.6). */
  readonly hash: 'sha256' | 'sha384' | 'sha512';
  /** OpenSSL name of the curve of EC keys. */
  readonly curve?: string;
  readonly pss?: true;
}

function table(...entries: readonly JwsAlgorithm[]): ReadonlyMap<string, JwsAlgorithm> {
  return new Map(entries.map((entry) => [entry.name, entry]));
}

/** Every algorithm the server signs or verifies with. There is no `none` in it, and nothing outside of it is ever tried. */
export const jwsAlgorithms: ReadonlyMap<string, JwsAlgorithm> = table(
  { name: 'RS256', keyType: 'RSA', digest: 'sha256', hash: 'sha256' },
  { name: 'RS384', keyType: 'RSA', digest: 'sha384', hash: 'sha384' },
  { name: 'RS512', keyType: 'RSA', digest: 'sha512', hash: 'sha512' },
  { name: 'PS256', keyType: 'RSA', digest: 'sha256', hash: 'sha256', pss: true },
  { name: 'PS384', keyType: 'RSA', digest: 'sha384', hash: 'sha384', pss: true },
  { name: 'PS512', keyType: 'RSA', digest: 'sha512', hash: 'sha512', pss: true },
  { name: 'ES256', keyType: 'EC', digest: 'sha256', hash: 'sha256', curve: 'prime256v1' },
  { name: 'ES384', keyType: 'EC', digest: 'sha384', hash: 'sha384', curve: 'secp384r1' },
  { name: 'ES512', keyType: 'EC', digest: 'sha512', hash: 'sha512', curve: 'secp521r1' },
  { name: 'EdDSA', keyType: 'OKP', digest: null, hash: 'sha512' },
  { name: 'HS256', keyType: 'oct', digest: 'sha256', hash: 'sha256' },
  { name: 'HS384', keyType: 'oct', digest: 'sha384', hash: 'sha384' },
  { name: 'HS512', keyType: 'oct', digest: 'sha512', hash: 'sha512' },
);

/** Smallest modulus that RSA keys may have, in bits (RFC 7518 section 3.3). */
const MIN_RSA_BITS = 2048;

/** Whether a key is of the kind, curve and size that the algorithm demands; anything else would be algorithm confusion. */
export function keyFits(algorithm: JwsAlgorithm, key: KeyObject): boolean {
  switch (algorithm.keyType) {
    case 'oct':
      return key.type === 'secret';
    case 'RSA':
      return key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= MIN_RSA_BITS;
    case 'EC':
      return key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === algorithm.curve;
    case 'OKP':
      return key.asymmetricKeyType === 'ed25519' || key.asymmetricKeyType === 'ed448';
  }
}

/** The key as `sign` and `verify` of node:crypto take it. */
export function cryptoKey(
  algorithm: JwsAlgorithm,
  key: KeyObject,
): KeyObject | { key: KeyObject; padding: number; saltLength: number } | { key: KeyObject; dsaEncoding: 'ieee-p1363' } {
  if (algorithm.pss) return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  if (algorithm.keyType === 'EC') return { key, dsaEncoding: 'ieee-p1363' };
  return key;
}
