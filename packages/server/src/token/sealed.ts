import { createCipheriv, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import { compactDecrypt, decodeProtectedHeader } from 'jose';
import type { Realm } from '../model/index.ts';
import type { Claims, TokenVerdict } from './contracts.ts';
import type { KeyMaterial, Keyring } from './keys.ts';
import { INTERNAL_ALGORITHM } from './signing.ts';

/** As the original's: a key of its own, AES-256-GCM (RFC 7518 sections 4.5 and 5.3). */
const ALGORITHM = 'dir';
const ENCRYPTION = 'A256GCM';
const KEY_BYTES = 32;
const CIPHER = 'aes-256-gcm';
/** RFC 7518 section 5.3. */
const NONCE_BYTES = 12;
const MAX_LENGTH = 8_192;

const derived = new WeakMap<KeyMaterial, KeyObject>();

/** A key for encryption alone, from the secret that signs: what one of them gives away is of no use to the other. */
function sealingKey(material: KeyMaterial): KeyObject {
  const known = derived.get(material);
  if (known !== undefined) return known;
  const secret = material.key.secret ?? new Uint8Array();
  const key = createSecretKey(Buffer.from(hkdfSync('sha256', secret, material.key.kid, 'sealed cookie', KEY_BYTES)));
  derived.set(material, key);
  return key;
}

/**
 * Encrypts claims for this server alone: a JWE that nobody reads or changes on the way. Every login page has one, and a trip through Web
 * Crypto costs five times the encryption (100 µs); texts are opened rarely, by the library.
 */
export async function sealClaims(keyring: Keyring, realm: Realm, claims: Claims): Promise<string> {
  const material = await keyring.active(realm, INTERNAL_ALGORITHM);
  if (material === undefined) throw new Error(`realm ${realm.realm} has no active ${INTERNAL_ALGORITHM} key`);
  const header = base64url(JSON.stringify({ alg: ALGORITHM, enc: ENCRYPTION, kid: material.key.kid }));
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, sealingKey(material), nonce);
  // RFC 7516 section 5.1: the encoded header is what is authenticated beside the text; the part of the encrypted key is empty.
  cipher.setAAD(Buffer.from(header));
  const text = Buffer.concat([cipher.update(JSON.stringify(claims)), cipher.final()]);
  return [header, '', base64url(nonce), base64url(text), base64url(cipher.getAuthTag())].join('.');
}

const base64url = (bytes: Buffer | string): string => Buffer.from(bytes).toString('base64url');

/** The claims of a sealed text of this realm and type; also by a key that was rotated out and still verifies. */
export async function openSealed(keyring: Keyring, realm: Realm, sealed: string, expectedType: string): Promise<TokenVerdict> {
  const refused: TokenVerdict = { ok: false, reason: 'Invalid token' };
  if (sealed.length > MAX_LENGTH) return refused;
  try {
    const { kid, alg, enc } = decodeProtectedHeader(sealed);
    if (alg !== ALGORITHM || enc !== ENCRYPTION || kid === undefined) return refused;
    const material = await keyring.verifying(realm, kid, INTERNAL_ALGORITHM);
    if (material === undefined) return refused;
    const { plaintext } = await compactDecrypt(sealed, sealingKey(material), {
      keyManagementAlgorithms: [ALGORITHM],
      contentEncryptionAlgorithms: [ENCRYPTION],
    });
    const claims = JSON.parse(Buffer.from(plaintext).toString('utf8')) as Claims;
    return claims.typ === expectedType ? { ok: true, claims } : refused;
  } catch {
    // Whatever it is, it is none of ours.
    return refused;
  }
}
