import { createPrivateKey, createPublicKey, randomUUID, X509Certificate } from 'node:crypto';
import type { RealmKey } from '../model/index.ts';
import type { Fields, Representation } from './fields.ts';
import { generateRealmKey, isEncryption, keyIdOf } from './realm-keys.ts';

/** Component type under which an export lists the keys. */
export const keyProviderType = 'org.keycloak.keys.KeyProvider';
/** What an export without secrets has in the place of each. */
const mask = /^\*+$/;

/** The curve says the algorithm. */
const curveProviders: ReadonlySet<string> = new Set(['ecdsa-generated', 'eddsa-generated']);

/** Algorithm of a key whose component names none. */
export const defaultAlgorithms: Readonly<Record<string, string>> = {
  'rsa-generated': 'RS256',
  rsa: 'RS256',
  'rsa-enc-generated': 'RSA-OAEP',
  'rsa-enc': 'RSA-OAEP',
  'hmac-generated': 'HS256',
  'aes-generated': 'AES',
  'ecdsa-generated': 'ES256',
  'eddsa-generated': 'EdDSA',
};

/**
 * A key from the component that stands for it in an export. Where the export left out the secret part, a new key of the same kind is made.
 * Undefined for a provider whose keys lie outside of the realm (a key store file).
 */
export async function keyFromComponent(component: Fields, realmName: string): Promise<RealmKey | undefined> {
  const provider = component.requiredText('providerId');
  const config = component.textListMap('config') ?? {};
  const first = (name: string): string | undefined => config[name]?.[0];
  const algorithm = ecAlgorithm(first) ?? first('algorithm') ?? defaultAlgorithms[provider];
  if (algorithm === undefined) return undefined;
  const priority = Number(first('priority') ?? 0);
  if (!Number.isSafeInteger(priority)) component.refuse('config', `has the priority ${first('priority')}, which is no whole number`);
  const enabled = first('enabled') !== 'false';
  const common = {
    componentId: component.text('id') ?? randomUUID(),
    name: component.text('name') ?? provider,
    provider,
    priority,
    status: statusOf(enabled, first('active') !== 'false'),
    use: isEncryption(algorithm) ? 'ENC' : 'SIG',
    algorithm,
  } as const;
  const symmetric = real(first('secret'));
  if (symmetric !== undefined) return { ...common, kid: first('kid') ?? randomUUID(), secret: bytes(symmetric, 'base64url') };
  const secret = real(first('privateKey') ?? first('ecdsaPrivateKey') ?? first('eddsaPrivateKey'));
  if (secret === undefined) {
    const fresh = await generateRealmKey(algorithm, { realmName, bits: Number(first('keySize')) || undefined });
    return { ...fresh, ...common, kid: fresh.kid };
  }
  const certificate = real(first('certificate'));
  return { ...common, ...readKeyPair(component, secret), ...(certificate && { certificate: readCertificate(component, certificate) }) };
}

/** The component of a key, with its secrets: for full exports only. */
export function componentOfKey(key: RealmKey): Representation {
  const config: Record<string, readonly string[]> = { ...settingsOfKey(key) };
  if (key.secret) {
    config['kid'] = [key.kid];
    config['secret'] = [Buffer.from(key.secret).toString('base64url')];
  }
  if (key.privateKey) Object.assign(config, privateKeyConfig(key, key.privateKey));
  if (key.certificate) config['certificate'] = [Buffer.from(key.certificate).toString('base64')];
  return { id: key.componentId, name: key.name, providerId: key.provider, subComponents: {}, config };
}

/** The settings of a key's component without any key material: what was given, else what follows from the key. */
export function settingsOfKey(key: RealmKey): Readonly<Record<string, readonly string[]>> {
  if (key.config) return key.config;
  const config: Record<string, readonly string[]> = { priority: [String(key.priority)] };
  if (key.status === 'PASSIVE') config['active'] = ['false'];
  if (key.status === 'DISABLED') config['enabled'] = ['false'];
  const told =
    key.provider === 'rsa-enc-generated' || key.provider === 'hmac-generated' || key.algorithm !== defaultAlgorithms[key.provider];
  if (told && !curveProviders.has(key.provider)) config['algorithm'] = [key.algorithm];
  if (key.provider === 'ecdsa-generated') config['ecdsaEllipticCurveKey'] = [curveOf(key)];
  if (key.provider === 'eddsa-generated' && key.publicKey) config['eddsaEllipticCurveKey'] = [edwardsCurve(key.publicKey)];
  return config;
}

function curveOf(key: RealmKey): string {
  return `P-${key.algorithm === 'ES512' ? 521 : key.algorithm.slice(2)}`;
}

function edwardsCurve(spki: Uint8Array): 'Ed25519' | 'Ed448' {
  const { asymmetricKeyType } = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  return asymmetricKeyType === 'ed448' ? 'Ed448' : 'Ed25519';
}

function privateKeyConfig(key: RealmKey, der: Uint8Array): Record<string, readonly string[]> {
  const pkcs8 = [Buffer.from(der).toString('base64')];
  const spki = [Buffer.from(key.publicKey ?? []).toString('base64')];
  if (key.provider === 'ecdsa-generated') {
    return { ecdsaPrivateKey: pkcs8, ecdsaPublicKey: spki, ecdsaEllipticCurveKey: [curveOf(key)] };
  }
  if (key.provider === 'eddsa-generated') {
    return { eddsaPrivateKey: pkcs8, eddsaPublicKey: spki, eddsaEllipticCurveKey: [edwardsCurve(key.publicKey ?? new Uint8Array())] };
  }
  const rsa = createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' });
  return { privateKey: [rsa.export({ type: 'pkcs1', format: 'der' }).toString('base64')] };
}

function ecAlgorithm(first: (name: string) => string | undefined): string | undefined {
  const curve = first('ecdsaEllipticCurveKey');
  if (curve === undefined) return undefined;
  return { 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512' }[curve];
}

function statusOf(enabled: boolean, active: boolean): RealmKey['status'] {
  if (!enabled) return 'DISABLED';
  return active ? 'ACTIVE' : 'PASSIVE';
}

function readKeyPair(component: Fields, text: string): Pick<RealmKey, 'kid' | 'privateKey' | 'publicKey'> {
  const der = Buffer.from(text.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
  for (const type of ['pkcs1', 'pkcs8'] as const) {
    try {
      const key = createPrivateKey({ key: der, format: 'der', type });
      const publicKey = new Uint8Array(createPublicKey(key).export({ type: 'spki', format: 'der' }));
      const privateKey = new Uint8Array(key.export({ type: 'pkcs8', format: 'der' }));
      return { kid: keyIdOf(publicKey), privateKey, publicKey };
    } catch {
      // The other form.
    }
  }
  return component.refuse('privateKey', 'in config cannot be read as a PKCS#1 or PKCS#8 key');
}

function readCertificate(component: Fields, text: string): Uint8Array {
  const der = Buffer.from(text.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
  try {
    return new Uint8Array(new X509Certificate(der).raw);
  } catch {
    return component.refuse('certificate', 'in config cannot be read as an X.509 certificate');
  }
}

function real(text: string | undefined): string | undefined {
  return text === undefined || text === '' || mask.test(text) ? undefined : text;
}

function bytes(text: string, encoding: 'base64url'): Uint8Array {
  return new Uint8Array(Buffer.from(text, encoding));
}
