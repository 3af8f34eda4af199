import type { User } from '../model/index.ts';

export interface UserRow {
  readonly id: string;
  readonly realm_id: string;
  readonly version: number;
  readonly username: string;
  readonly email: string | null;
  readonly email_verified: boolean;
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly enabled: boolean;
  readonly created_timestamp: number;
  readonly not_before: number;
  readonly attributes: User['attributes'];
  readonly required_actions: readonly string[];
  readonly service_account_client_link: string | null;
  readonly federation_link: string | null;
}

export const userColumns = `id, realm_id, version, username, email, email_verified, first_name, last_name, enabled, created_timestamp,
  not_before, attributes, required_actions, service_account_client_link, federation_link`;

/** The columns of `userColumns` in their order, without `version`; names and addresses in lower case. */
export function userValues(user: User): unknown[] {
  return [
    user.id,
    user.realmId,
    user.username.toLowerCase(),
    user.email?.toLowerCase() ?? null,
    user.emailVerified,
    user.firstName ?? null,
    user.lastName ?? null,
    user.enabled,
    user.createdTimestamp,
    user.notBefore,
    JSON.stringify(user.attributes),
    JSON.stringify(user.requiredActions),
    user.serviceAccountClientLink ?? null,
    user.federationLink ?? null,
    user.version,
  ];
}

export function userOf(row: UserRow): User {
  return {
    id: row.id,
    realmId: row.realm_id,
    version: row.version,
    username: row.username,
    ...(row.email === null ? {} : { email: row.email }),
    emailVerified: row.email_verified,
    ...(row.first_name === null ? {} : { firstName: row.first_name }),
    ...(row.last_name === null ? {} : { lastName: row.last_name }),
    enabled: row.enabled,
    createdTimestamp: row.created_timestamp,
    notBefore: row.not_before,
    attributes: row.attributes,
    requiredActions: row.required_actions,
    ...(row.service_account_client_link === null ? {} : { serviceAccountClientLink: row.service_account_client_link }),
    ...(row.federation_link === null ? {} : { federationLink: row.federation_link }),
  };
}
