import { sql as fragment } from 'kysely';
import { firstRow, type Sql } from '../database/sql.ts';
import type { User } from '../model/index.ts';
import { conflict } from './conflict.ts';
import { limits, runBuilt } from './query-builder.ts';
import type { UserStore } from './stores.ts';
import { insertWholeUsers } from './user-batch.ts';
import { type UserRow, userColumns, userOf, userValues } from './user-row.ts';
import { searchUsers } from './user-search.ts';

/** The address, where the realm $2 wants addresses to be unique: kept exact by a unique index, also when two nodes race. */
const emailConstraint = "CASE WHEN (SELECT body ->> 'duplicateEmailsAllowed' FROM realm WHERE id = $2) = 'true' THEN NULL ELSE $4 END";

export function createUserStore(sql: Sql): UserStore {
  const one = async (name: string, condition: string, values: readonly unknown[]): Promise<User | undefined> => {
    const row = await firstRow(sql.rows<UserRow>(name, `SELECT ${userColumns} FROM user_entity WHERE ${condition}`, values));
    return row && userOf(row);
  };

  return {
    byId: (realmId, id) => one('user-by-id', 'realm_id = $1 AND id = $2', [realmId, id]),
    byUsername: (realmId, username) => one('user-by-username', 'realm_id = $1 AND username = $2', [realmId, username.toLowerCase()]),
    byEmail: (realmId, email) =>
      one('user-by-email', 'realm_id = $1 AND email = $2 ORDER BY username LIMIT 1', [realmId, email.toLowerCase()]),
    byServiceAccount: (realmId, clientUuid) =>
      one('user-by-service-account', 'realm_id = $1 AND service_account_client_link = $2', [realmId, clientUuid]),

    async list(realmId, query) {
      const { offset, limit } = limits(query);
      const search = searchUsers(realmId, query).select(fragment.raw<never>(userColumns) as never);
      const rows = await runBuilt<UserRow>(sql, 'user-list', search.orderBy('username').offset(offset).limit(limit).compile());
      return rows.map(userOf);
    },

    async count(realmId, query) {
      const search = searchUsers(realmId, query).select((select) => select.fn.countAll<number>().as('users'));
      return (await firstRow(runBuilt<{ users: number }>(sql, 'user-count', search.compile())))?.users ?? 0;
    },

    async insert(user) {
      await sql.run(
        'user-insert',
        `INSERT INTO user_entity (id, realm_id, username, email, email_verified, first_name, last_name, enabled, created_timestamp,
           not_before, attributes, required_actions, service_account_client_link, federation_link, version, email_constraint)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, ${emailConstraint})`,
        userValues(user),
      );
    },

    insertWhole: (users) => insertWholeUsers(sql, users),

    async update(user) {
      const changed = await sql.run(
        'user-update',
        `UPDATE user_entity SET username = $3, email = $4, email_verified = $5, first_name = $6, last_name = $7, enabled = $8,
           created_timestamp = $9, not_before = $10, attributes = $11, required_actions = $12, service_account_client_link = $13,
           federation_link = $14, version = version + 1, email_constraint = ${emailConstraint}
         WHERE id = $1 AND realm_id = $2 AND version = $15`,
        userValues(user),
      );
      if (changed === 0) throw conflict('user', user.id);
      return { ...user, version: user.version + 1 };
    },

    async remove(realmId, id) {
      return (await sql.run('user-remove', 'DELETE FROM user_entity WHERE realm_id = $1 AND id = $2', [realmId, id])) > 0;
    },

    async grants(userId) {
      const row = await firstRow(
        sql.rows<{ roles: string[]; groups: string[] }>(
          'user-grants',
          `SELECT array(SELECT role_id FROM user_role_mapping WHERE user_id = $1 ORDER BY role_id) AS roles,
                  array(SELECT group_id FROM user_group_membership WHERE user_id = $1 ORDER BY group_id) AS groups`,
          [userId],
        ),
      );
      return { roleIds: row?.roles ?? [], groupIds: row?.groups ?? [] };
    },

    async grantsOf(userIds) {
      const rows = await sql.rows<{ id: string; roles: string[]; groups: string[] }>(
        'user-grants-of',
        `SELECT u.id, array(SELECT role_id FROM user_role_mapping WHERE user_id = u.id ORDER BY role_id) AS roles,
                array(SELECT group_id FROM user_group_membership WHERE user_id = u.id ORDER BY group_id) AS groups
           FROM unnest($1::text[]) AS u (id)`,
        [userIds],
      );
      return new Map(rows.map(({ id, roles, groups }) => [id, { roleIds: roles, groupIds: groups }]));
    },

    async addRoles(userId, roleIds) {
      await sql.run(
        'user-add-roles',
        'INSERT INTO user_role_mapping (user_id, role_id) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING',
        [userId, roleIds],
      );
    },

    async removeRoles(userId, roleIds) {
      await sql.run('user-remove-roles', 'DELETE FROM user_role_mapping WHERE user_id = $1 AND role_id = ANY ($2::text[])', [
        userId,
        roleIds,
      ]);
    },

    async joinGroup(userId, groupId) {
      await sql.run('user-join-group', 'INSERT INTO user_group_membership (user_id, group_id) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
        userId,
        groupId,
      ]);
    },

    async leaveGroup(userId, groupId) {
      await sql.run('user-leave-group', 'DELETE FROM user_group_membership WHERE user_id = $1 AND group_id = $2', [userId, groupId]);
    },

    async withRole(realmId, roleId, page) {
      const { offset, limit } = limits(page);
      const rows = await sql.rows<UserRow>(
        'user-with-role',
        `SELECT ${userColumns} FROM user_entity
          WHERE realm_id = $1 AND id IN (SELECT user_id FROM user_role_mapping WHERE role_id = $2)
          ORDER BY username OFFSET $3 LIMIT $4`,
        [realmId, roleId, offset, limit],
      );
      return rows.map(userOf);
    },

    async inGroup(realmId, groupId, page) {
      const { offset, limit } = limits(page);
      const rows = await sql.rows<UserRow>(
        'user-in-group',
        `SELECT ${userColumns} FROM user_entity
          WHERE realm_id = $1 AND id IN (SELECT user_id FROM user_group_membership WHERE group_id = $2)
          ORDER BY username OFFSET $3 LIMIT $4`,
        [realmId, groupId, offset, limit],
      );
      return rows.map(userOf);
    },
  };
}
