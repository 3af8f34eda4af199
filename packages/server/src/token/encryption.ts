import { createPrivateKey, type KeyObject } from 'node:crypto';
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose';
import type { Directory } from '../cache/contracts.ts';
import { ReplyError } from '../http/errors.ts';
import type { Client, Realm, RealmKey } from '../model/index.ts';

/**
 * JSON Web Encryption (RFC 7516). RSA1_5 is not there: whoever decrypts with it tells by his errors what was in the text (RFC 8725 section 3.2).
 */

/** Algorithms by which a client may have its answers encrypted to its own key. */
export const encryptionAlgorithms: readonly string[] = [
  'RSA-OAEP',
  'RSA-OAEP-256',
  'ECDH-ES',
  'ECDH-ES+A128KW',
  'ECDH-ES+A192KW',
  'ECDH-ES+A256KW',
];
/** Algorithms by which clients may encrypt to a key of the realm. */
export const decryptionAlgorithms: readonly string[] = ['RSA-OAEP', 'RSA-OAEP-256'];
export const contentEncryptions: readonly string[] = ['A256GCM', 'A192GCM', 'A128GCM', 'A128CBC-HS256', 'A192CBC-HS384', 'A256CBC-HS512'];
/** What counts where a client names an algorithm and no content encryption (OpenID Connect Registration section 2). */
const DEFAULT_CONTENT = 'A128CBC-HS256';
const MAX_LENGTH = 131_072;

/** Documents that a client may want encrypted, by the prefix of its attributes. */
const PREFIXES = {
  id: 'id.token.encrypted.response',
  userinfo: 'user.info.encrypted.response',
  authorization: 'authorization.encrypted.response',
} as const;
export type EncryptedKind = keyof typeof PREFIXES;

/** Finds a public key of a client for an algorithm of encryption. */
export type FindClientKey = (
  client: Client,
  algorithm: string,
) => Promise<{ readonly key: KeyObject; readonly kid: string | undefined } | undefined>;

/** Whether a client wants a kind of document encrypted. */
export function wantsEncryption(client: Client, kind: EncryptedKind): boolean {
  return Boolean(client.attributes[`${PREFIXES[kind]}.alg`]);
}

/**
 * Encrypts a document to the client's key. @throws ReplyError where the client has none: what it wants encrypted is never sent in the open.
 * @param isJwt the text is a JWT, which the header then says (RFC 7519 section 5.2)
 */
export async function encryptFor(
  find: FindClientKey | undefined,
  client: Client,
  kind: EncryptedKind,
  text: string,
  isJwt: boolean,
): Promise<string> {
  const alg = client.attributes[`${PREFIXES[kind]}.alg`] ?? '';
  const enc = client.attributes[`${PREFIXES[kind]}.enc`] || DEFAULT_CONTENT;
  const known = encryptionAlgorithms.includes(alg) && contentEncryptions.includes(enc) ? await find?.(client, alg) : undefined;
  if (known === undefined) {
    throw new ReplyError(400, { error: 'invalid_request', error_description: 'No key of the client to encrypt with' });
  }
  return new CompactEncrypt(Buffer.from(text))
    .setProtectedHeader({ alg, enc, ...(isJwt ? { cty: 'JWT' } : {}), ...(known.kid === undefined ? {} : { kid: known.kid }) })
    .encrypt(known.key);
}

/** A text that was encrypted to the realm. */
export interface Decrypted {
  readonly text: string;
  readonly alg: string;
  readonly enc: string;
}

const privateKeys = new WeakMap<RealmKey, KeyObject>();

/** Decrypts what was encrypted to a key of the realm, also to one that was rotated out; undefined for everything else, whatever is wrong with it. */
export async function decryptForRealm(directory: Pick<Directory, 'keys'>, realm: Realm, text: string): Promise<Decrypted | undefined> {
  if (text.length > MAX_LENGTH) return undefined;
  try {
    const { alg = '', enc = '', kid } = decodeProtectedHeader(text);
    if (!decryptionAlgorithms.includes(alg) || !contentEncryptions.includes(String(enc))) return undefined;
    const keys = await directory.keys(realm);
    const fitting = keys.find(
      (key) => key.use === 'ENC' && key.status !== 'DISABLED' && key.algorithm === alg && (kid === undefined || key.kid === kid),
    );
    const key = fitting && privateKeyOf(fitting);
    if (key === undefined) return undefined;
    const options = { keyManagementAlgorithms: [alg], contentEncryptionAlgorithms: [String(enc)] };
    const { plaintext } = await compactDecrypt(text, key, options);
    return { text: Buffer.from(plaintext).toString('utf8'), alg, enc: String(enc) };
  } catch {
    return undefined;
  }
}

function privateKeyOf(key: RealmKey): KeyObject | undefined {
  const known = privateKeys.get(key);
  if (known !== undefined || key.privateKey === undefined) return known;
  const made = createPrivateKey({ key: Buffer.from(key.privateKey), format: 'der', type: 'pkcs8' });
  privateKeys.set(key, made);
  return made;
}
