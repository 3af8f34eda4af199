import type { Client, Realm } from '../model/index.ts';
import { encodeHeader, signJws } from './jws.ts';
import type { KeyMaterial, Keyring } from './keys.ts';

/** Algorithm of everything that only this server reads: refresh tokens, cookies, action tokens. */
export const INTERNAL_ALGORITHM = 'HS512';

/** Creates a key for an algorithm that a realm has none for, stores it for all members, and returns when the directory shows it. */
export type KeyProvision = (realm: Realm, algorithm: string) => Promise<void>;

/** Signs claims with the realm's keys. */
export interface Signer {
  sign(realm: Realm, algorithm: string, claims: Readonly<Record<string, unknown>>, typ?: string): Promise<string>;
}

/** Without `provision` an algorithm that the realm has no key for is an error of configuration. */
export function createSigner(keyring: Keyring, provision: KeyProvision | undefined): Signer {
  const keyOf = async (realm: Realm, algorithm: string): Promise<KeyMaterial> => {
    const known = await keyring.active(realm, algorithm);
    if (known) return known;
    await provision?.(realm, algorithm);
    const made = await keyring.active(realm, algorithm);
    if (!made) throw new Error(`realm ${realm.realm} has no active key for ${algorithm}`);
    return made;
  };
  return {
    async sign(realm, algorithm, claims, typ = 'JWT') {
      const material = await keyOf(realm, algorithm);
      const header = typ === 'JWT' ? material.header : encodeHeader({ alg: algorithm, typ, kid: material.key.kid });
      if (!material.signing) throw new Error(`key ${material.key.kid} only verifies`);
      return signJws(material.algorithm, material.signing, header, JSON.stringify(claims));
    },
  };
}

/** The client's choice for a kind of token, else the realm's. */
export function signatureAlgorithm(realm: Realm, client: Client, kind: 'access.token' | 'id.token'): string {
  return client.attributes[`${kind}.signed.response.alg`] || realm.defaultSignatureAlgorithm || 'RS256';
}
