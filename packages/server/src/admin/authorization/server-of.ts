import type { Change } from '../../authorization/changes/change.ts';
import { absent } from '../../authorization/refusal.ts';
import type { ScopeBook } from '../../cache/authorization-directory.ts';
import { ReplyError } from '../../http/errors.ts';
import type { Client, ResourceServer } from '../../model/index.ts';
import type { Stores } from '../../store/stores.ts';
import { type AdminCall, answered } from '../admin-route.ts';
import { clientOf } from '../lookups.ts';

/** Address of a resource server below the realm. */
export const base = '/clients/:clientUuid/authz/resource-server';

/** 404 without a word, as some of these endpoints answer. */
export const silentlyAbsent = (): ReplyError => new ReplyError(404, '');
/** 400 without a word: a search without what is searched for. */
export const silentlyBad = (): ReplyError => new ReplyError(400, '');

/** The client of the path, and what it is as a resource server. @throws ReplyError 404. */
export async function serverOf(call: AdminCall): Promise<{ readonly client: Client; readonly server: ResourceServer }> {
  const client = await clientOf(call);
  const server = await call.context.storage.stores.authorization.servers.byId(client.id);
  if (server === undefined) throw absent();
  return { client, server };
}

/** Runs a change of the resource server of the path. */
export async function changeServer<T>(call: AdminCall, work: (change: Change, stores: Stores) => Promise<T>): Promise<T> {
  const { server } = await serverOf(call);
  return answered(() => call.context.authorization.change(call.realm, server, work));
}

/** The scopes of a server, fresh from the database. */
export async function scopesOf({ context }: AdminCall, server: ResourceServer): Promise<ScopeBook> {
  const scopes = await context.storage.stores.authorization.scopes.list(server.id);
  return { byId: new Map(scopes.map((one) => [one.id, one])), byName: new Map(scopes.map((one) => [one.name, one])) };
}
