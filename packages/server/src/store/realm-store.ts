import { firstRow, type Sql } from '../database/sql.ts';
import type { Realm } from '../model/index.ts';
import { conflict } from './conflict.ts';
import type { RealmBrief, RealmStore } from './stores.ts';

interface RealmRow {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly version: number;
  readonly body: Omit<Realm, 'id' | 'realm' | 'enabled' | 'version'>;
}

interface BriefRow extends Pick<RealmRow, 'id' | 'name' | 'enabled'> {
  readonly display_name: string | null;
  readonly display_name_html: string | null;
}

const columns = 'id, name, enabled, version, body';

export function createRealmStore(sql: Sql): RealmStore {
  return {
    async byId(id) {
      return toRealm(await firstRow(sql.rows<RealmRow>('realm-by-id', `SELECT ${columns} FROM realm WHERE id = $1`, [id])));
    },
    async byName(name) {
      return toRealm(await firstRow(sql.rows<RealmRow>('realm-by-name', `SELECT ${columns} FROM realm WHERE name = $1`, [name])));
    },
    async list() {
      const rows = await sql.rows<RealmRow>('realm-list', `SELECT ${columns} FROM realm ORDER BY name`);
      return rows.map(realmOf);
    },
    async briefs() {
      const rows = await sql.rows<BriefRow>(
        'realm-briefs',
        'SELECT id, name, enabled, display_name, display_name_html FROM realm ORDER BY name',
      );
      return rows.map(briefOf);
    },
    async insert(realm) {
      await sql.run('realm-insert', 'INSERT INTO realm (id, name, enabled, version, body) VALUES ($1, $2, $3, $4, $5)', [
        realm.id,
        realm.realm,
        realm.enabled,
        realm.version,
        bodyOf(realm),
      ]);
    },
    async update(realm) {
      const changed = await sql.run(
        'realm-update',
        'UPDATE realm SET name = $2, enabled = $3, body = $4, version = version + 1 WHERE id = $1 AND version = $5',
        [realm.id, realm.realm, realm.enabled, bodyOf(realm), realm.version],
      );
      if (changed === 0) throw conflict('realm', realm.realm);
      return { ...realm, version: realm.version + 1 };
    },
    async remove(id) {
      // Sessions have no foreign key to the realm (Keycloak's shape); everything else cascades.
      const removed = await sql.run(
        'realm-remove',
        'WITH sessions AS (DELETE FROM offline_user_session WHERE realm_id = $1) DELETE FROM realm WHERE id = $1',
        [id],
      );
      return removed > 0;
    },
  };
}

function bodyOf({ id: _, realm: __, enabled: ___, version: ____, ...body }: Realm): string {
  return JSON.stringify(body);
}

function realmOf(row: RealmRow): Realm {
  return { ...row.body, id: row.id, realm: row.name, enabled: row.enabled, version: row.version };
}

function briefOf({ id, name, enabled, display_name: displayName, display_name_html: displayNameHtml }: BriefRow): RealmBrief {
  return {
    id,
    realm: name,
    enabled,
    ...(displayName === null ? {} : { displayName }),
    ...(displayNameHtml === null ? {} : { displayNameHtml }),
  };
}

function toRealm(row: RealmRow | undefined): Realm | undefined {
  return row && realmOf(row);
}
