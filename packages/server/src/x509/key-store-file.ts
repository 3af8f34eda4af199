import { createHash, createPrivateKey, randomBytes } from 'node:crypto';
import forge from 'node-forge';

/** What goes into a key store. Holds a private key: never log it. */
export interface KeyStoreContent {
  readonly alias: string;
  /** DER of the certificate. */
  readonly certificate: Uint8Array;
  /** DER (PKCS#8); without one the store holds the certificate alone. */
  readonly privateKey: Uint8Array | undefined;
  /** A certificate to trust, under a name of its own. */
  readonly trusted: { readonly alias: string; readonly certificate: Uint8Array } | undefined;
  readonly keyPassword: string;
  readonly storePassword: string;
  readonly nowMs: number;
}

export const keyStoreFormats = ['JKS', 'PKCS12'] as const;
export type KeyStoreFormat = (typeof keyStoreFormats)[number];

/** A key store as Java reads it. */
export function keyStoreFile(format: KeyStoreFormat, content: KeyStoreContent): Buffer {
  return format === 'JKS' ? jks(content) : pkcs12(content);
}

const JKS_MAGIC = 0xfe_ed_fe_ed;
const JKS_VERSION = 2;
/** Words that the digest of a JKS store begins with, after the password. */
const JKS_SALT = 'Mighty Aphrodite';
/** 1.3.6.1.4.1.42.2.17.1.1, the way in which JKS hides keys, with its NULL parameter. */
const JKS_KEY_PROTECTION = Buffer.from('300e060a2b060104012a021101010500', 'hex');
const SHA1_BYTES = 20;

function jks({ alias, certificate, privateKey, trusted, keyPassword, storePassword, nowMs }: KeyStoreContent): Buffer {
  const entries: Buffer[] = [];
  const head = (tag: number, name: string): Buffer[] => [uint32(tag), modifiedUtf(name.toLowerCase()), uint64(nowMs)];
  if (privateKey === undefined) entries.push(...head(2, alias), ...jksCertificate(certificate));
  else {
    const hidden = hiddenKey(Buffer.from(privateKey), keyPassword);
    entries.push(...head(1, alias), uint32(hidden.length), hidden, uint32(1), ...jksCertificate(certificate));
  }
  if (trusted !== undefined) entries.push(...head(2, trusted.alias), ...jksCertificate(trusted.certificate));
  const body = Buffer.concat([uint32(JKS_MAGIC), uint32(JKS_VERSION), uint32(trusted === undefined ? 1 : 2), ...entries]);
  const digest = createHash('sha1').update(utf16(storePassword)).update(JKS_SALT).update(body).digest();
  return Buffer.concat([body, digest]);
}

function jksCertificate(der: Uint8Array): Buffer[] {
  return [modifiedUtf('X.509'), uint32(der.length), Buffer.from(der)];
}

/** The key under a stream of SHA-1 digests, each of the password and the one before, with a digest of key and password behind it. */
function hiddenKey(key: Buffer, password: string): Buffer {
  const secret = utf16(password);
  const salt = randomBytes(SHA1_BYTES);
  const out = Buffer.alloc(key.length);
  let digest: Buffer = salt;
  for (let at = 0; at < key.length; at += SHA1_BYTES) {
    digest = createHash('sha1').update(secret).update(digest).digest();
    for (let index = 0; index < SHA1_BYTES && at + index < key.length; index += 1)
      out[at + index] = (key[at + index] ?? 0) ^ (digest[index] ?? 0);
  }
  const check = createHash('sha1').update(secret).update(key).digest();
  return der(0x30, JKS_KEY_PROTECTION, der(0x04, salt, out, check));
}

function pkcs12({ alias, certificate, privateKey, trusted, storePassword }: KeyStoreContent): Buffer {
  const parsed = (bytes: Uint8Array): forge.pki.Certificate =>
    forge.pki.certificateFromAsn1(forge.asn1.fromDer(Buffer.from(bytes).toString('binary')));
  const key =
    privateKey === undefined
      ? null
      : forge.pki.privateKeyFromPem(
          createPrivateKey({ key: Buffer.from(privateKey), format: 'der', type: 'pkcs8' }).export({
            type: 'pkcs1',
            format: 'pem',
          }) as string,
        );
  const chain = [parsed(certificate), ...(trusted === undefined ? [] : [parsed(trusted.certificate)])];
  const store = forge.pkcs12.toPkcs12Asn1(key as forge.pki.rsa.PrivateKey, chain, storePassword, {
    algorithm: 'aes256',
    friendlyName: alias,
  });
  return Buffer.from(forge.asn1.toDer(store).getBytes(), 'binary');
}

function utf16(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16();
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

/** Java's writeUTF for texts without NUL and outside the supplementary planes. */
function modifiedUtf(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  const size = Buffer.alloc(2);
  size.writeUInt16BE(bytes.length);
  return Buffer.concat([size, bytes]);
}

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  if (content.length < 0x80) return Buffer.concat([Buffer.of(tag, content.length), content]);
  const digits = content.length.toString(16);
  const size = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
  return Buffer.concat([Buffer.of(tag, 0x80 | size.length), size, content]);
}
