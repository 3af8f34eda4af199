import { createHash, type KeyObject } from 'node:crypto';

/** Members that a thumbprint is made of, in the order of their names (RFC 7638 section 3.2, RFC 8037 section 2). */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  RSA: ['e', 'kty', 'n'],
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
};

/** SHA-256 thumbprint of a public key (RFC 7638), base64url. Made from the key itself, so that other spellings of it have the same. */
export function thumbprintOf(key: KeyObject): string {
  const jwk = key.export({ format: 'jwk' }) as Readonly<Record<string, unknown>>;
  const members = MEMBERS[String(jwk['kty'])];
  if (members === undefined) throw new TypeError('only public keys have a thumbprint');
  return createHash('sha256')
    .update(JSON.stringify(Object.fromEntries(members.map((name) => [name, jwk[name]]))))
    .digest('base64url');
}
