import { createHash, createPublicKey } from 'node:crypto';
import type { RealmKey } from '../model/index.ts';

/** A public key as the certs endpoint shows it (RFC 7517), members in Keycloak's order. */
export type PublicJwk = Readonly<Record<string, string | readonly string[]>>;

const documents = new WeakMap<readonly RealmKey[], Buffer>();

/** The JWKS document of a realm as JSON bytes: every enabled public key, of signing and of encryption keys. Made once a key list. */
export function jwksDocument(keys: readonly RealmKey[]): Buffer {
  let document = documents.get(keys);
  if (!document) {
    document = Buffer.from(JSON.stringify({ keys: keys.filter((key) => key.status !== 'DISABLED' && key.publicKey).map(publicJwk) }));
    documents.set(keys, document);
  }
  return document;
}

/** The public half of a realm key. */
export function publicJwk(key: RealmKey): PublicJwk {
  const publicKey = createPublicKey({ key: Buffer.from(key.publicKey ?? []), format: 'der', type: 'spki' });
  const { kty, ...parts } = publicKey.export({ format: 'jwk' });
  const shared = { kid: key.kid, kty: kty ?? '', alg: key.algorithm, use: key.use === 'ENC' ? 'enc' : 'sig' };
  return { ...shared, ...certificateMembers(key.certificate), ...orderedParts(parts) };
}

/** The active public key of the realm info document: base64 of the SPKI of the RSA signing key with the highest priority. */
export function realmPublicKey(keys: readonly RealmKey[]): string | undefined {
  const key = keys.find((candidate) => candidate.status === 'ACTIVE' && candidate.use === 'SIG' && candidate.algorithm === 'RS256');
  return key?.publicKey && Buffer.from(key.publicKey).toString('base64');
}

function certificateMembers(certificate: Uint8Array | undefined): PublicJwk {
  if (!certificate) return {};
  const der = Buffer.from(certificate);
  return {
    x5c: [der.toString('base64')],
    x5t: createHash('sha1').update(der).digest('base64url'),
    'x5t#S256': createHash('sha256').update(der).digest('base64url'),
  };
}

function orderedParts(parts: Readonly<Record<string, unknown>>): PublicJwk {
  const out: Record<string, string> = {};
  for (const name of ['crv', 'x', 'y', 'n', 'e']) if (typeof parts[name] === 'string') out[name] = parts[name];
  return out;
}
