import type { Sql } from '../database/sql.ts';
import type { WholeUser } from './stores.ts';
import { userColumns } from './user-row.ts';

/** Bounds the size of a statement. */
const USERS_AT_ONCE = 500;
/** Addresses are free to be taken twice where the realm allows it. */
const emailConstraint =
  "CASE WHEN (SELECT body ->> 'duplicateEmailsAllowed' FROM realm WHERE realm.id = u.realm_id) = 'true' THEN NULL ELSE u.email END";

/** Stores many users with what hangs on them in a few statements, however many they are. */
export async function insertWholeUsers(sql: Sql, users: readonly WholeUser[]): Promise<void> {
  for (let at = 0; at < users.length; at += USERS_AT_ONCE) await insertSome(sql, users.slice(at, at + USERS_AT_ONCE));
}

async function insertSome(sql: Sql, users: readonly WholeUser[]): Promise<void> {
  await sql.run(
    'user-insert-whole',
    `INSERT INTO user_entity (${userColumns}, email_constraint)
     SELECT ${userColumns}, ${emailConstraint}
       FROM jsonb_to_recordset($1::jsonb) AS u (id text, realm_id text, version integer, username text, email text, email_verified boolean,
         first_name text, last_name text, enabled boolean, created_timestamp bigint, not_before bigint, attributes jsonb,
         required_actions jsonb, service_account_client_link text, federation_link text)`,
    [JSON.stringify(users.map(({ user }) => userRecord(user)))],
  );
  await sql.run(
    'credential-insert-whole',
    `INSERT INTO credential (id, user_id, type, user_label, created_date, secret_data, credential_data, priority, version)
     SELECT * FROM jsonb_to_recordset($1::jsonb) AS c (id text, user_id text, type text, user_label text, created_date bigint,
       secret_data text, credential_data text, priority integer, version integer)`,
    [JSON.stringify(users.flatMap(({ credentials }) => credentials.map(credentialRecord)))],
  );
  const links = users.flatMap(({ user, federatedIdentities = [] }) =>
    federatedIdentities.map(({ identityProvider, userId, userName }) => ({
      user_id: user.id,
      realm_id: user.realmId,
      identity_provider: identityProvider,
      federated_user_id: userId,
      federated_username: userName,
    })),
  );
  if (links.length > 0) {
    await sql.run(
      'federated-identity-insert-whole',
      `INSERT INTO federated_identity (user_id, realm_id, identity_provider, federated_user_id, federated_username)
       SELECT * FROM jsonb_to_recordset($1::jsonb)
         AS f (user_id text, realm_id text, identity_provider text, federated_user_id text, federated_username text)`,
      [JSON.stringify(links)],
    );
  }
  const pairs = (of: (user: WholeUser) => readonly string[]) =>
    users.flatMap((whole) => of(whole).map((id) => [whole.user.id, id] as const));
  for (const [name, table, column, list] of [
    ['user-roles-insert-whole', 'user_role_mapping', 'role_id', pairs(({ roleIds }) => roleIds)],
    ['user-groups-insert-whole', 'user_group_membership', 'group_id', pairs(({ groupIds }) => groupIds)],
  ] as const) {
    if (list.length === 0) continue;
    await sql.run(name, `INSERT INTO ${table} (user_id, ${column}) SELECT * FROM unnest($1::text[], $2::text[]) ON CONFLICT DO NOTHING`, [
      list.map(([user]) => user),
      list.map(([, id]) => id),
    ]);
  }
}

function userRecord(user: WholeUser['user']): Readonly<Record<string, unknown>> {
  return {
    id: user.id,
    realm_id: user.realmId,
    version: user.version,
    username: user.username.toLowerCase(),
    email: user.email?.toLowerCase() ?? null,
    email_verified: user.emailVerified,
    first_name: user.firstName ?? null,
    last_name: user.lastName ?? null,
    enabled: user.enabled,
    created_timestamp: user.createdTimestamp,
    not_before: user.notBefore,
    attributes: user.attributes,
    required_actions: user.requiredActions,
    service_account_client_link: user.serviceAccountClientLink ?? null,
    federation_link: user.federationLink ?? null,
  };
}

function credentialRecord(credential: WholeUser['credentials'][number]): Readonly<Record<string, unknown>> {
  return {
    id: credential.id,
    user_id: credential.userId,
    type: credential.type,
    user_label: credential.userLabel ?? null,
    created_date: credential.createdDate,
    secret_data: credential.secretData,
    credential_data: credential.credentialData,
    priority: credential.priority,
    version: credential.version,
  };
}
