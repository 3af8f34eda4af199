import { createPrivateKey, createPublicKey, type KeyObject, randomUUID, X509Certificate } from 'node:crypto';
import { ServerError } from '../http/errors.ts';
import type { RealmKey } from '../model/index.ts';
import { defaultAlgorithms, settingsOfKey } from './key-components.ts';
import { type ComponentConfig, changedConfig, MASK } from './key-config.ts';
import type { KeyProvider } from './key-providers.ts';
import { generateRealmKey, keyIdOf } from './realm-keys.ts';
import { selfSignedCertificate } from './self-signed-certificate.ts';

/** A key component as an administrator sends it. */
export interface KeyRequest {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly config: ComponentConfig;
  readonly realmName: string;
}

type Material = Pick<RealmKey, 'kid' | 'privateKey' | 'publicKey' | 'certificate' | 'secret'>;

const curveAlgorithms: Readonly<Record<string, string>> = { 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512' };
const minRsaBits = 1_024;

/**
 * The key that the settings describe, new or as a change of `before`. Another size or curve makes new key material, and with it another
 * key id; everything else keeps it.
 * @throws ServerError KG_BAD_IMPORT for settings that the provider does not take.
 */
export async function configuredKey(provider: KeyProvider, request: KeyRequest, before?: RealmKey): Promise<RealmKey> {
  const kept = before?.provider === provider.id ? before : undefined;
  const config = { ...defaultCurve(provider), ...changedConfig(provider, request.config, before && shownKeyConfig(before)) };
  const { privateKey: _key, certificate: _certificate, ...shown } = config;
  const algorithm = algorithmOf(provider, config);
  return {
    componentId: before?.componentId ?? request.id ?? randomUUID(),
    name: request.name ?? before?.name ?? provider.id,
    provider: provider.id,
    priority: Number(config['priority']?.[0] ?? 0),
    status: statusOf(config),
    use: provider.use,
    algorithm,
    ...(await materialOf(provider, config, algorithm, request.realmName, kept)),
    config: shown,
  };
}

/** A key's settings as they are shown: the private part masked, a certificate of one's own in full. */
export function shownKeyConfig(key: RealmKey): ComponentConfig {
  const settings = settingsOfKey(key);
  if (key.provider !== 'rsa' && key.provider !== 'rsa-enc') return settings;
  return {
    ...settings,
    privateKey: [MASK],
    ...(key.certificate && { certificate: [Buffer.from(key.certificate).toString('base64')] }),
  };
}

/** The curve is written down even where nobody chose it, as Keycloak does. */
function defaultCurve({ properties }: KeyProvider): ComponentConfig {
  const curve = properties.find((property) => property.name.endsWith('EllipticCurveKey'));
  return curve === undefined ? {} : { [curve.name]: [String(curve.defaultValue)] };
}

function algorithmOf({ id }: KeyProvider, config: ComponentConfig): string {
  if (id === 'ecdsa-generated') return curveAlgorithms[config['ecdsaEllipticCurveKey']?.[0] ?? 'P-256'] ?? 'ES256';
  return config['algorithm']?.[0] ?? defaultAlgorithms[id] ?? 'RS256';
}

function statusOf(config: ComponentConfig): RealmKey['status'] {
  if (config['enabled']?.[0] === 'false') return 'DISABLED';
  return config['active']?.[0] === 'false' ? 'PASSIVE' : 'ACTIVE';
}

async function materialOf(
  { id, properties }: KeyProvider,
  config: ComponentConfig,
  algorithm: string,
  realmName: string,
  kept: RealmKey | undefined,
): Promise<Material> {
  if (properties.some((property) => property.name === 'privateKey')) return ownKey(config, realmName, kept);
  const sizeOf = (name: string): number | undefined => {
    const chosen = config[name]?.[0];
    if (chosen !== undefined) return Number(chosen);
    // A key that is there stays as it is where nothing is asked of it.
    return kept ? undefined : Number(properties.find((property) => property.name === name)?.defaultValue) || undefined;
  };
  const bits = sizeOf('keySize');
  const secretBytes = sizeOf('secretSize');
  const curve = id === 'eddsa-generated' && config['eddsaEllipticCurveKey']?.[0] === 'Ed448' ? 'Ed448' : 'Ed25519';
  const certificate = config['ecGenerateCertificate']?.[0] === 'true';
  if (kept && stillFits(kept, { bits, secretBytes, curve, certificate, algorithm })) return onlyMaterial(kept);
  return onlyMaterial(await generateRealmKey(algorithm, { realmName, bits, secretBytes, curve, certificate }));
}

interface Wanted {
  readonly bits: number | undefined;
  readonly secretBytes: number | undefined;
  readonly curve: string;
  readonly certificate: boolean;
  readonly algorithm: string;
}

function stillFits(kept: RealmKey, { bits, secretBytes, curve, certificate, algorithm }: Wanted): boolean {
  if (kept.secret) return secretBytes === undefined || kept.secret.length === secretBytes;
  if (!kept.publicKey) return false;
  if (kept.provider === 'ecdsa-generated') return kept.algorithm === algorithm && (kept.certificate !== undefined || !certificate);
  const publicKey = createPublicKey({ key: Buffer.from(kept.publicKey), format: 'der', type: 'spki' });
  if (kept.provider === 'eddsa-generated') return publicKey.asymmetricKeyType === curve.toLowerCase();
  return bits === undefined || publicKey.asymmetricKeyDetails?.modulusLength === bits;
}

function onlyMaterial({ kid, privateKey, publicKey, certificate, secret }: RealmKey): Material {
  return {
    kid,
    ...(privateKey && { privateKey }),
    ...(publicKey && { publicKey }),
    ...(certificate && { certificate }),
    ...(secret && { secret }),
  };
}

const refuse = (message: string): never => {
  throw new ServerError('KG_BAD_IMPORT', message);
};

/** An RSA key that the administrator brought, with a certificate that fits it or one that is made. */
function ownKey(config: ComponentConfig, realmName: string, kept: RealmKey | undefined): Material {
  const text = config['privateKey']?.[0] ?? refuse("'Private RSA Key' is required");
  const privateKey =
    text === MASK && kept?.privateKey
      ? createPrivateKey({ key: Buffer.from(kept.privateKey), format: 'der', type: 'pkcs8' })
      : readPrivateKey(text);
  const spki = new Uint8Array(createPublicKey(privateKey).export({ type: 'spki', format: 'der' }));
  const certificate = config['certificate']?.[0];
  return {
    kid: keyIdOf(spki),
    privateKey: new Uint8Array(privateKey.export({ type: 'pkcs8', format: 'der' })),
    publicKey: spki,
    certificate:
      certificate === undefined ? selfSignedCertificate(realmName, spki, privateKey, new Date()) : fitting(certificate, privateKey),
  };
}

function derOf(text: string): Buffer {
  return Buffer.from(text.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
}

function readPrivateKey(text: string): KeyObject {
  for (const type of ['pkcs1', 'pkcs8'] as const) {
    try {
      const key = createPrivateKey({ key: derOf(text), format: 'der', type });
      if (key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= minRsaBits) return key;
    } catch {
      // The other form.
    }
  }
  return refuse('Failed to decode private key');
}

function fitting(text: string, privateKey: KeyObject): Uint8Array {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(derOf(text));
  } catch {
    return refuse('Failed to decode certificate');
  }
  return certificate.checkPrivateKey(privateKey) ? new Uint8Array(certificate.raw) : refuse('Certificate does not match private key');
}
