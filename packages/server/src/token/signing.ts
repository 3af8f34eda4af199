import type { Client, Realm } from '../model/index.ts';
import { encodeHeader, signJws } from './jws.ts';
import { jwsAlgorithms } from './jws-algorithms.ts';
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

/** What a client may choose an algorithm for, by the prefix of the attribute. */
const CHOICES = {
  access: 'access.token.signed.response.alg',
  id: 'id.token.signed.response.alg',
  userinfo: 'user.info.response.signature.alg',
  authorization: 'authorization.signed.response.alg',
} as const;

/** The client's own choice for a kind of document; undefined where it made none, or one that is no signature (`none`). */
export function chosenAlgorithm(client: Client, kind: keyof typeof CHOICES): string | undefined {
  const chosen = client.attributes[CHOICES[kind]];
  return chosen !== undefined && jwsAlgorithms.has(chosen) ? chosen : undefined;
}

/** The client's choice for a kind of signed document, else the realm's. */
export function signatureAlgorithm(realm: Realm, client: Client, kind: 'access' | 'id' | 'authorization'): string {
  return chosenAlgorithm(client, kind) ?? (realm.defaultSignatureAlgorithm || 'RS256');
}
