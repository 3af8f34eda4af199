import type { Sql } from '../database/sql.ts';
import type { Credential } from '../model/index.ts';
import { conflict } from './conflict.ts';
import type { CredentialStore } from './stores.ts';

interface CredentialRow {
  readonly id: string;
  readonly user_id: string;
  readonly type: string;
  readonly user_label: string | null;
  readonly created_date: number;
  readonly secret_data: string;
  readonly credential_data: string;
  readonly priority: number;
  readonly version: number;
}

export function createCredentialStore(sql: Sql): CredentialStore {
  return {
    async ofUser(userId) {
      const rows = await sql.rows<CredentialRow>(
        'credential-of-user',
        `SELECT id, user_id, type, user_label, created_date, secret_data, credential_data, priority, version
           FROM credential WHERE user_id = $1 ORDER BY priority, id`,
        [userId],
      );
      return rows.map(credentialOf);
    },

    async ofUsers(userIds) {
      const rows = await sql.rows<CredentialRow>(
        'credential-of-users',
        `SELECT id, user_id, type, user_label, created_date, secret_data, credential_data, priority, version
           FROM credential WHERE user_id = ANY ($1::text[]) ORDER BY priority, id`,
        [userIds],
      );
      return rows.map(credentialOf);
    },

    async insert(credential) {
      await sql.run(
        'credential-insert',
        `INSERT INTO credential (id, user_id, type, user_label, created_date, secret_data, credential_data, priority, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        values(credential),
      );
    },

    async update(credential) {
      const changed = await sql.run(
        'credential-update',
        `UPDATE credential SET type = $3, user_label = $4, created_date = $5, secret_data = $6, credential_data = $7, priority = $8,
           version = version + 1 WHERE id = $1 AND user_id = $2 AND version = $9`,
        values(credential),
      );
      if (changed === 0) throw conflict('credential', credential.id);
      return { ...credential, version: credential.version + 1 };
    },

    async remove(userId, id) {
      return (await sql.run('credential-remove', 'DELETE FROM credential WHERE user_id = $1 AND id = $2', [userId, id])) > 0;
    },
  };
}

function values(credential: Credential): unknown[] {
  return [
    credential.id,
    credential.userId,
    credential.type,
    credential.userLabel ?? null,
    credential.createdDate,
    credential.secretData,
    credential.credentialData,
    credential.priority,
    credential.version,
  ];
}

function credentialOf(row: CredentialRow): Credential {
  return {
    id: row.id,
    userId: row.user_id,
    type: row.type,
    ...(row.user_label === null ? {} : { userLabel: row.user_label }),
    createdDate: row.created_date,
    secretData: row.secret_data,
    credentialData: row.credential_data,
    priority: row.priority,
    version: row.version,
  };
}
