import { constants, type KeyObject, verify } from 'node:crypto';
import { childrenOf, oidOf, readElement, TAG } from './der.ts';

/** Signature algorithms of certificates, lists and responders (RFC 4055, 5758, 8410) by identifier. SHA-1 is not among them any more. */
const algorithms: ReadonlyMap<string, { readonly hash: string | null; readonly keyType: string }> = new Map([
  ['1.2.840.113549.1.1.11', { hash: 'sha256', keyType: 'rsa' }],
  ['1.2.840.113549.1.1.12', { hash: 'sha384', keyType: 'rsa' }],
  ['1.2.840.113549.1.1.13', { hash: 'sha512', keyType: 'rsa' }],
  ['1.2.840.10045.4.3.2', { hash: 'sha256', keyType: 'ec' }],
  ['1.2.840.10045.4.3.3', { hash: 'sha384', keyType: 'ec' }],
  ['1.2.840.10045.4.3.4', { hash: 'sha512', keyType: 'ec' }],
  ['1.3.101.112', { hash: null, keyType: 'ed25519' }],
  ['1.3.101.113', { hash: null, keyType: 'ed448' }],
]);
const RSA_PSS = '1.2.840.113549.1.1.10';
const hashes: ReadonlyMap<string, string> = new Map([
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
]);

/** The hash that the parameters of RSASSA-PSS name (RFC 4055 section 3.1); without one it would be SHA-1. */
function pssHash(algorithm: Uint8Array): string | undefined {
  const [, parameters] = childrenOf(algorithm, readElement(algorithm, 0, algorithm.length));
  if (parameters?.tag !== TAG.sequence) return undefined;
  for (const tagged of childrenOf(algorithm, parameters)) {
    if (tagged.tag !== 0xa0) continue;
    const [identifier] = childrenOf(algorithm, readElement(algorithm, tagged.contentStart, tagged.end));
    return identifier && hashes.get(oidOf(algorithm, identifier));
  }
  return undefined;
}

/** Checks a signature over `data`. `algorithm` is the AlgorithmIdentifier, DER. False for whatever is unknown, weak or does not fit the key. */
export function isSignedBy(key: KeyObject, algorithm: Uint8Array, data: Uint8Array, signature: Uint8Array): boolean {
  const [identifier] = childrenOf(algorithm, readElement(algorithm, 0, algorithm.length));
  if (identifier === undefined) return false;
  const oid = oidOf(algorithm, identifier);
  if (oid === RSA_PSS) {
    const hash = pssHash(algorithm);
    if (hash === undefined || (key.asymmetricKeyType !== 'rsa' && key.asymmetricKeyType !== 'rsa-pss')) return false;
    const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO };
    return verify(hash, data, { key, ...padding }, signature);
  }
  const known = algorithms.get(oid);
  return known !== undefined && key.asymmetricKeyType === known.keyType && verify(known.hash, data, key, signature);
}
