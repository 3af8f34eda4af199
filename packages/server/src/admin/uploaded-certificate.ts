import { createPrivateKey, createPublicKey, type JsonWebKey, X509Certificate } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { multipartForm } from '../http/multipart.ts';
import { badRequest } from './answers.ts';

/** What a client proves itself by: base64 of DER without the lines of PEM. */
export interface KeyMaterial {
  readonly certificate?: string | undefined;
  readonly publicKey?: string | undefined;
  readonly privateKey?: string | undefined;
  readonly kid?: string | undefined;
  readonly jwks?: string | undefined;
}

const MAX_FILE_BYTES = 1_048_576;

/** Reads a form with keystoreFormat, file, and the passwords of a key store. @throws ReplyError 400. */
export async function uploadedMaterial(request: FastifyRequest): Promise<KeyMaterial> {
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const parts = multipartForm(request.headers['content-type'], body);
  const text = (name: string): string => parts?.find((part) => part.name === name)?.bytes.toString('utf8') ?? '';
  const file = parts?.find(({ name }) => name === 'file')?.bytes;
  if (file === undefined || file.length === 0) throw badRequest('No file in the form');
  if (file.length > MAX_FILE_BYTES) throw badRequest(`A file has at most ${MAX_FILE_BYTES} bytes`);
  switch (text('keystoreFormat')) {
    case 'Certificate PEM':
      return certificateOf(file);
    case 'Public Key PEM':
      return { publicKey: read(() => createPublicKey(pemOf(file, 'PUBLIC KEY')).export({ type: 'spki', format: 'der' })) };
    case 'JSON Web Key Set':
      return keySetOf(file.toString('utf8'));
    case 'JKS':
    case 'PKCS12':
      return await keyStoreOf(file, text('storePassword'));
    default:
      throw badRequest('Invalid keystore format');
  }
}

function certificateOf(file: Buffer): KeyMaterial {
  return { certificate: read(() => new X509Certificate(pemOf(file, 'CERTIFICATE')).raw) };
}

/** The file as PEM; what stands between its lines is enough. */
function pemOf(file: Buffer, label: string): string {
  const text = file.toString('latin1').trim();
  return text.includes('-----BEGIN') ? text : `-----BEGIN ${label}-----\n${text}\n-----END ${label}-----\n`;
}

function read(parse: () => Buffer): string {
  try {
    return parse().toString('base64');
  } catch {
    throw badRequest('The file cannot be read in that format');
  }
}

/** The first key for signatures. */
function keySetOf(text: string): KeyMaterial {
  let keys: readonly (JsonWebKey & { readonly kid?: unknown; readonly use?: unknown })[];
  try {
    const set = JSON.parse(text) as { keys?: unknown };
    keys = Array.isArray(set.keys) ? set.keys : [];
  } catch {
    throw badRequest('The file is no JSON Web Key Set');
  }
  const key = keys.find((one) => typeof one === 'object' && one !== null && (one.use === undefined || one.use === 'sig'));
  if (key === undefined) throw badRequest('Certificate not found for use sig');
  const publicKey = read(() => createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'der' }));
  return { publicKey, ...(typeof key.kid === 'string' ? { kid: key.kid } : {}), jwks: text };
}

async function keyStoreOf(file: Buffer, password: string): Promise<KeyMaterial> {
  // Readers of stores are heavy, and most servers never need one.
  const { storeEntries } = await import('../config/stack/store-entries.ts');
  let entries: Awaited<ReturnType<typeof storeEntries>>;
  try {
    entries = await storeEntries(file, password);
  } catch {
    // The words of the cryptography could quote the password.
    throw badRequest('The key store cannot be opened with that password');
  }
  const [key] = entries.keys;
  const [first] = entries.certificates;
  if (first === undefined) throw badRequest('The key store holds no certificate');
  const leaf = entries.certificates.find((pem) => key !== undefined && fits(pem, key)) ?? first;
  return {
    certificate: read(() => new X509Certificate(leaf).raw),
    ...(key === undefined ? {} : { privateKey: read(() => createPrivateKey(key).export({ type: 'pkcs8', format: 'der' })) }),
  };
}

function fits(pem: string, key: string): boolean {
  try {
    return new X509Certificate(pem).publicKey.equals(createPublicKey(key));
  } catch {
    return false;
  }
}
