import type { Sql } from '../database/sql.ts';
import type { RealmKey } from '../model/index.ts';
import { conflict } from './conflict.ts';
import type { RealmKeyStore } from './stores.ts';

type Bytes = 'privateKey' | 'publicKey' | 'certificate' | 'secret';
type StoredKey = Omit<RealmKey, Bytes> & Readonly<Partial<Record<Bytes, string>>>;

/** Key material is kept as base64 in the body. */
export function createRealmKeyStore(sql: Sql): RealmKeyStore {
  return {
    async ofRealm(realmId) {
      const rows = await sql.rows<{ body: StoredKey }>(
        'realm-key-of-realm',
        'SELECT body FROM realm_key WHERE realm_id = $1 ORDER BY priority DESC, component_id',
        [realmId],
      );
      return rows.map((row) => keyOf(row.body));
    },
    async insert(realmId, key) {
      await sql.run('realm-key-insert', 'INSERT INTO realm_key (component_id, realm_id, priority, body) VALUES ($1, $2, $3, $4)', [
        key.componentId,
        realmId,
        key.priority,
        bodyOf(key),
      ]);
    },
    async update(realmId, key) {
      const changed = await sql.run(
        'realm-key-update',
        'UPDATE realm_key SET priority = $3, body = $4 WHERE component_id = $1 AND realm_id = $2',
        [key.componentId, realmId, key.priority, bodyOf(key)],
      );
      if (changed === 0) throw conflict('key', key.name);
    },
    async remove(realmId, componentId) {
      return (
        (await sql.run('realm-key-remove', 'DELETE FROM realm_key WHERE component_id = $1 AND realm_id = $2', [componentId, realmId])) > 0
      );
    },
  };
}

function bodyOf({ privateKey, publicKey, certificate, secret, ...rest }: RealmKey): string {
  const stored: StoredKey = {
    ...rest,
    ...(privateKey && { privateKey: base64(privateKey) }),
    ...(publicKey && { publicKey: base64(publicKey) }),
    ...(certificate && { certificate: base64(certificate) }),
    ...(secret && { secret: base64(secret) }),
  };
  return JSON.stringify(stored);
}

function keyOf({ privateKey, publicKey, certificate, secret, ...rest }: StoredKey): RealmKey {
  return {
    ...rest,
    ...(privateKey && { privateKey: bytes(privateKey) }),
    ...(publicKey && { publicKey: bytes(publicKey) }),
    ...(certificate && { certificate: bytes(certificate) }),
    ...(secret && { secret: bytes(secret) }),
  };
}

function base64(value: Uint8Array): string {
  return Buffer.from(value).toString('base64');
}

function bytes(value: string): Uint8Array {
  return new Uint8Array(Buffer.from(value, 'base64'));
}
