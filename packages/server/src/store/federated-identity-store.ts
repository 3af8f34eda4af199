import { firstRow, type Sql } from '../database/sql.ts';
import type { FederatedIdentity } from '../model/identity-provider.ts';

/** Links between users and identities of outside providers. */
export interface FederatedIdentityStore {
  ofUser(userId: string): Promise<readonly FederatedIdentity[]>;
  /** Links of many users, without tokens. */
  ofUsers(userIds: readonly string[]): Promise<ReadonlyMap<string, readonly FederatedIdentity[]>>;
  /** Id of the user whom an identity belongs to. */
  userOf(realmId: string, alias: string, federatedUserId: string): Promise<string | undefined>;
  /** False where the user has a link with the provider already, or the identity belongs to somebody else. */
  add(realmId: string, userId: string, identity: FederatedIdentity): Promise<boolean>;
  /** What the provider said last: the name there, and its tokens where they are stored. */
  renew(userId: string, identity: FederatedIdentity): Promise<void>;
  remove(userId: string, alias: string): Promise<boolean>;
  /** All links of a provider that goes away. */
  removeProvider(realmId: string, alias: string): Promise<void>;
}

interface Row {
  readonly identity_provider: string;
  readonly federated_user_id: string;
  readonly federated_username: string;
  readonly token: string | null;
}

export function createFederatedIdentityStore(sql: Sql): FederatedIdentityStore {
  return {
    async ofUser(userId) {
      const rows = await sql.rows<Row>(
        'federated-identity-of-user',
        `SELECT identity_provider, federated_user_id, federated_username, token FROM federated_identity WHERE user_id = $1 ORDER BY identity_provider`,
        [userId],
      );
      return rows.map((row) => ({
        identityProvider: row.identity_provider,
        userId: row.federated_user_id,
        userName: row.federated_username,
        ...(row.token === null ? {} : { token: row.token }),
      }));
    },
    async ofUsers(userIds) {
      const rows = await sql.rows<Row & { readonly user_id: string }>(
        'federated-identity-of-users',
        `SELECT user_id, identity_provider, federated_user_id, federated_username FROM federated_identity
         WHERE user_id = ANY($1::text[]) ORDER BY user_id, identity_provider`,
        [userIds],
      );
      const links = rows.map(({ user_id, identity_provider, federated_user_id, federated_username }) => ({
        of: user_id,
        link: { identityProvider: identity_provider, userId: federated_user_id, userName: federated_username },
      }));
      return new Map([...Map.groupBy(links, ({ of }) => of)].map(([id, own]) => [id, own.map(({ link }) => link)]));
    },
    async userOf(realmId, alias, federatedUserId) {
      const row = await firstRow(
        sql.rows<{ user_id: string }>(
          'federated-identity-user',
          'SELECT user_id FROM federated_identity WHERE realm_id = $1 AND identity_provider = $2 AND federated_user_id = $3',
          [realmId, alias, federatedUserId],
        ),
      );
      return row?.user_id;
    },
    async add(realmId, userId, { identityProvider, userId: federatedUserId, userName, token }) {
      const added = await sql.run(
        'federated-identity-add',
        `INSERT INTO federated_identity (user_id, realm_id, identity_provider, federated_user_id, federated_username, token)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
        [userId, realmId, identityProvider, federatedUserId, userName, token ?? null],
      );
      return added > 0;
    },
    async renew(userId, { identityProvider, userName, token }) {
      await sql.run(
        'federated-identity-renew',
        'UPDATE federated_identity SET federated_username = $3, token = $4 WHERE user_id = $1 AND identity_provider = $2',
        [userId, identityProvider, userName, token ?? null],
      );
    },
    async remove(userId, alias) {
      const removed = await sql.run(
        'federated-identity-remove',
        'DELETE FROM federated_identity WHERE user_id = $1 AND identity_provider = $2',
        [userId, alias],
      );
      return removed > 0;
    },
    async removeProvider(realmId, alias) {
      await sql.run('federated-identity-remove-provider', 'DELETE FROM federated_identity WHERE realm_id = $1 AND identity_provider = $2', [
        realmId,
        alias,
      ]);
    },
  };
}
