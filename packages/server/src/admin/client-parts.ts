import { randomUUID } from 'node:crypto';
import { grantsTag, userTags } from '../cache/invalidation-keys.ts';
import type { ServerContext } from '../context.ts';
import type { Client, ClientScope, Realm } from '../model/index.ts';
import type { ScopeNames } from '../realm/client-representation.ts';
import type { Fields, Representation } from '../realm/fields.ts';
import { serviceAccountOf } from '../realm/plan-users.ts';
import type { Stores } from '../store/stores.ts';

// What every way to make a client does beside storing it.

/** The client with the time of its secret beside it. */
export function withSecretTime(client: Client, { clock }: Pick<ServerContext, 'clock'>): Client {
  if (client.secret === undefined) return client;
  return { ...client, attributes: { ...client.attributes, 'client.secret.creation.time': String(clock.nowSeconds()) } };
}

/** The client scopes that the realm gives to new clients of the protocol. */
export function realmScopes(scopes: readonly ClientScope[], fields: Fields): ScopeNames {
  const protocol = fields.text('protocol') ?? 'openid-connect';
  const named = (wanted: ClientScope['realmDefault']): string[] =>
    scopes
      .filter((scope) => scope.realmDefault === wanted && scope.protocol === protocol)
      .filter((scope) => scope.name !== 'service_account' || fields.flag('serviceAccountsEnabled') === true)
      .map((scope) => scope.name);
  return { defaults: named('default'), optionals: named('optional') };
}

/** The user that stands for the client, with the role that everybody has. */
export async function insertServiceAccount(
  stores: Stores,
  realm: Realm,
  client: Client,
  nowMs: number,
  touch: (...keys: string[]) => void,
): Promise<void> {
  const user = serviceAccountOf(client, nowMs);
  await stores.users.insert(user);
  await stores.users.addRoles(user.id, [realm.defaultRole.id]);
  touch(...userTags(user), grantsTag(user.id));
}

/** The id of a representation of a new client, if it is free in the realm; else a fresh one. */
export async function freeIdOf({ storage }: Pick<ServerContext, 'storage'>, realm: Realm, body: Representation): Promise<string> {
  const given = body['id'];
  const free = typeof given === 'string' && given !== '' && !(await storage.stores.clients.byId(realm.id, given));
  return free ? given : randomUUID();
}
