import { createHash, generateKeyPair, type KeyObject, randomBytes, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { ServerError } from '../http/errors.ts';
import type { RealmKey } from '../model/index.ts';
import { selfSignedCertificate } from './self-signed-certificate.ts';

const defaultPriority = 100;
const rsaBits = 2_048;
const hmacBytes: Readonly<Record<string, number>> = { HS256: 64, HS384: 128, HS512: 128 };
const aesBytes = 16;
const curves: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };
const generate = promisify(generateKeyPair);

export interface GenerateKeyOptions {
  /** Name in the certificate of an RSA key. */
  readonly realmName?: string | undefined;
  readonly name?: string | undefined;
  readonly priority?: number | undefined;
  /** Of an RSA key. */
  readonly bits?: number | undefined;
  /** Of an EdDSA key. */
  readonly curve?: 'Ed25519' | 'Ed448' | undefined;
  /** Length of an HMAC or AES secret. */
  readonly secretBytes?: number | undefined;
  /** Whether an ECDSA key gets a certificate too; an RSA key always has one. */
  readonly certificate?: boolean | undefined;
}

type Material = Pick<RealmKey, 'kid' | 'provider' | 'privateKey' | 'publicKey' | 'certificate' | 'secret'>;

/**
 * A fresh, active key for a JWS or JWE algorithm: RS/PS/ES/HS with 256, 384, 512, EdDSA, RSA-OAEP, RSA-OAEP-256, RSA1_5, AES. RSA keys are made
 * on the thread pool.
 */
export async function generateRealmKey(algorithm: string, options: GenerateKeyOptions = {}): Promise<RealmKey> {
  const material = await materialFor(algorithm, options);
  return {
    componentId: randomUUID(),
    name: options.name ?? material.provider,
    priority: options.priority ?? defaultPriority,
    status: 'ACTIVE',
    use: isEncryption(algorithm) ? 'ENC' : 'SIG',
    algorithm,
    ...material,
  };
}

/** The four keys that every realm begins with. */
export async function defaultRealmKeys(realmName: string): Promise<RealmKey[]> {
  return await Promise.all([
    generateRealmKey('RS256', { realmName }),
    generateRealmKey('RSA-OAEP', { realmName }),
    generateRealmKey('HS512', { name: 'hmac-generated-hs512' }),
    generateRealmKey('AES'),
  ]);
}

/** The key id of an asymmetric key: SHA-256 of the public key's DER, base64url, as Keycloak derives it. */
export function keyIdOf(publicKeyDer: Uint8Array): string {
  return createHash('sha256').update(publicKeyDer).digest('base64url');
}

export function isEncryption(algorithm: string): boolean {
  return algorithm.startsWith('RSA') || algorithm === 'AES';
}

async function materialFor(algorithm: string, options: GenerateKeyOptions): Promise<Material> {
  const hmac = hmacBytes[algorithm];
  if (hmac !== undefined) return symmetric('hmac-generated', options.secretBytes ?? hmac);
  if (algorithm === 'AES') return symmetric('aes-generated', options.secretBytes ?? aesBytes);
  const curve = curves[algorithm];
  if (curve !== undefined) {
    const pair = await generate('ec', { namedCurve: curve });
    const material = asymmetric('ecdsa-generated', pair);
    return options.certificate === true ? { ...material, certificate: certificateOf(material, pair.privateKey, options) } : material;
  }
  if (algorithm === 'EdDSA') {
    return asymmetric('eddsa-generated', options.curve === 'Ed448' ? await generate('ed448') : await generate('ed25519'));
  }
  if (/^(RS|PS)(256|384|512)$/.test(algorithm) || isEncryption(algorithm)) {
    const pair = await generate('rsa', { modulusLength: options.bits ?? rsaBits });
    const material = asymmetric(isEncryption(algorithm) ? 'rsa-enc-generated' : 'rsa-generated', pair);
    return { ...material, certificate: certificateOf(material, pair.privateKey, options) };
  }
  throw new ServerError('KG_BAD_IMPORT', `${JSON.stringify(algorithm)} is no algorithm that a key can be made for`);
}

function certificateOf({ publicKey }: { publicKey: Uint8Array }, privateKey: KeyObject, options: GenerateKeyOptions): Uint8Array {
  return selfSignedCertificate(options.realmName ?? 'realm', publicKey, privateKey, new Date());
}

function symmetric(provider: string, bytes: number): Material {
  return { kid: randomUUID(), provider, secret: new Uint8Array(randomBytes(bytes)) };
}

function asymmetric(provider: string, pair: { publicKey: KeyObject; privateKey: KeyObject }): Material & { publicKey: Uint8Array } {
  const publicKey = new Uint8Array(pair.publicKey.export({ type: 'spki', format: 'der' }));
  const privateKey = new Uint8Array(pair.privateKey.export({ type: 'pkcs8', format: 'der' }));
  return { kid: keyIdOf(publicKey), provider, publicKey, privateKey };
}
