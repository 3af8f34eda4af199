import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Realm } from '../model/index.ts';
import type { KeyMaterial, Keyring } from './keys.ts';

/** A signed id is `<id>.<HMAC-SHA512 of the id, base64url>`; cookies carry it in base64url. */
const SIGNED = /^([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{86})$/;

/** Signs a session id with the realm's active HS512 key. Throws where the realm has none. */
export async function signSessionId(keyring: Keyring, realm: Realm, id: string): Promise<string> {
  const key = await keyring.active(realm, 'HS512');
  if (!key) throw new Error(`realm ${realm.realm} has no active HS512 key`);
  return `${id}.${signature(key, id).toString('base64url')}`;
}

/** The id, if one of the realm's keys signed it (also a passive one: cookies outlive a rotation). Constant time in the signature. */
export async function verifySessionId(keyring: Keyring, realm: Realm, signed: string): Promise<string | undefined> {
  const [, id, given] = SIGNED.exec(signed) ?? [];
  if (id === undefined || given === undefined) return undefined;
  const bytes = Buffer.from(given, 'base64url');
  const keys = await keyring.all(realm, 'HS512');
  return keys.some((key) => timingSafeEqual(signature(key, id), bytes)) ? id : undefined;
}

function signature(key: KeyMaterial, id: string): Buffer {
  return createHmac('sha512', key.verifying).update(id).digest();
}
