import { createPrivateKey, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import type { Directory } from '../cache/contracts.ts';
import type { Realm, RealmKey } from '../model/index.ts';
import { encodeHeader } from './jws.ts';
import { type JwsAlgorithm, jwsAlgorithms } from './jws-algorithms.ts';

/** A realm key made ready for use; parsing DER once a key is what makes signing cheap. */
export interface KeyMaterial {
  readonly key: RealmKey;
  readonly algorithm: JwsAlgorithm;
  /** Private key or secret. Undefined for keys that only verify. */
  readonly signing: KeyObject | undefined;
  /** Public key or secret. */
  readonly verifying: KeyObject;
  /** Encoded `{"alg":…,"typ":"JWT","kid":…}`. */
  readonly header: string;
}

/** The signing keys of the realms. */
export interface Keyring {
  /** The active key of highest priority for an algorithm; undefined where the realm has none. */
  active(realm: Realm, algorithm: string): Promise<KeyMaterial | undefined>;
  /** The key to verify with: active or passive, of exactly this id and algorithm. */
  verifying(realm: Realm, kid: string, algorithm: string): Promise<KeyMaterial | undefined>;
  /** Every active or passive key of an algorithm, highest priority first; for signatures that carry no key id. */
  all(realm: Realm, algorithm: string): Promise<readonly KeyMaterial[]>;
}

interface Ring {
  readonly active: ReadonlyMap<string, KeyMaterial>;
  readonly byKid: ReadonlyMap<string, KeyMaterial>;
}

/** Keys as the directory has them now; what was derived lives as long as the directory's own list. */
export function createKeyring(directory: Pick<Directory, 'keys'>): Keyring {
  const rings = new WeakMap<readonly RealmKey[], Ring>();
  const ringOf = async (realm: Realm): Promise<Ring> => {
    const keys = await directory.keys(realm);
    let ring = rings.get(keys);
    if (!ring) {
      ring = buildRing(keys);
      rings.set(keys, ring);
    }
    return ring;
  };
  return {
    active: async (realm, algorithm) => (await ringOf(realm)).active.get(algorithm),
    async verifying(realm, kid, algorithm) {
      const material = (await ringOf(realm)).byKid.get(kid);
      return material?.algorithm.name === algorithm ? material : undefined;
    },
    all: async (realm, algorithm) => [...(await ringOf(realm)).byKid.values()].filter((material) => material.algorithm.name === algorithm),
  };
}

const materials = new WeakMap<RealmKey, KeyMaterial>();

function buildRing(keys: readonly RealmKey[]): Ring {
  const active = new Map<string, KeyMaterial>();
  const byKid = new Map<string, KeyMaterial>();
  for (const key of [...keys].sort((a, b) => b.priority - a.priority)) {
    if (key.status === 'DISABLED' || key.use !== 'SIG') continue;
    const material = materialOf(key);
    if (!material) continue;
    if (!byKid.has(key.kid)) byKid.set(key.kid, material);
    if (key.status === 'ACTIVE' && material.signing && !active.has(key.algorithm)) active.set(key.algorithm, material);
  }
  return { active, byKid };
}

function materialOf(key: RealmKey): KeyMaterial | undefined {
  const known = materials.get(key);
  if (known) return known;
  const algorithm = jwsAlgorithms.get(key.algorithm);
  if (!algorithm) return undefined;
  const signing = signingKey(key, algorithm);
  const verifying = key.publicKey ? createPublicKey({ key: Buffer.from(key.publicKey), format: 'der', type: 'spki' }) : signing;
  if (!verifying) return undefined;
  const material = { key, algorithm, signing, verifying, header: encodeHeader({ alg: key.algorithm, typ: 'JWT', kid: key.kid }) };
  materials.set(key, material);
  return material;
}

function signingKey(key: RealmKey, algorithm: JwsAlgorithm): KeyObject | undefined {
  if (algorithm.keyType === 'oct') return key.secret && createSecretKey(key.secret);
  return key.privateKey && createPrivateKey({ key: Buffer.from(key.privateKey), format: 'der', type: 'pkcs8' });
}
