import type { Sql } from '../database/sql.ts';
import type { RevokedTokenStore } from './stores.ts';

export function createRevokedTokenStore(sql: Sql): RevokedTokenStore {
  return {
    async insert(id, expireSeconds) {
      await sql.run(
        'revoked-token-insert',
        `INSERT INTO revoked_token (id, expire) VALUES ($1, $2)
         ON CONFLICT (id) DO UPDATE SET expire = greatest(revoked_token.expire, excluded.expire)`,
        [id, expireSeconds],
      );
    },
    has: async (id, nowSeconds) =>
      (await sql.rows('revoked-token-has', 'SELECT 1 FROM revoked_token WHERE id = $1 AND expire > $2', [id, nowSeconds])).length > 0,
    list: (nowSeconds) =>
      sql.rows<{ id: string; expire: number }>('revoked-token-list', 'SELECT id, expire FROM revoked_token WHERE expire > $1 ORDER BY id', [
        nowSeconds,
      ]),
    removeExpired: (nowSeconds) => sql.run('revoked-token-remove-expired', 'DELETE FROM revoked_token WHERE expire <= $1', [nowSeconds]),
  };
}
