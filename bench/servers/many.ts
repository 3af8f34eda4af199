import { copyRows } from '../admin/copy-rows.ts';
import { USERS_MADE } from '../drivers/login-walk.ts';
import type { FreshDatabase } from './database.ts';
import { benchRealm, type ServerUnderTest } from './server.ts';

/** Clients of the bench realm that are of use, and the one that is copied. */
const CLIENTS_MADE = 3;

/** The column `id` of the row that a statement finds. @throws Error where there is none */
export async function idOf(database: FreshDatabase, text: string, values: readonly string[]): Promise<string> {
  const id = (await database.query(text, [...values]))[0]?.['id'];
  if (id === undefined) throw new Error(`nothing to copy: ${values.join(', ')}`);
  return String(id);
}

/**
 * Copies a realm `count` times, under the names `to` and the number of the copy. The server must not run meanwhile.
 * In master there is a client for each realm, whose roles are those of its administrators; it is copied, too.
 */
export async function copyRealm(database: FreshDatabase, name: string, count: number, to: string): Promise<void> {
  const realm = await idOf(database, 'select id from realm where name = $1', [name]);
  const own = await idOf(database, 'select id from client where client_id = $1', [`${name}-realm`]);
  await copyRows(database, { roots: [realm, own], count, from: name, to });
}

/** How often user number `made` is copied, so that there are `users` in all. */
export function copiesOfUser(made: number, users: number): number {
  return Math.max(0, Math.ceil((users - made) / USERS_MADE) - 1);
}

/**
 * Makes the realm `bench` on node 0, which runs, with so many users and clients; node 0 runs afterwards. A server takes many minutes to import a hundred
 * thousand users, so that all but the first hundred are copied within its tables, with ids of their own.
 */
export async function makeBenchRealm(
  server: ServerUnderTest,
  database: FreshDatabase,
  { users, clients }: { readonly users: number; readonly clients: number },
): Promise<void> {
  const few = { users: Math.min(users, USERS_MADE), clients: Math.min(clients, CLIENTS_MADE) };
  await server.createRealm(benchRealm('bench', few.users, few.clients));
  if (users === few.users && clients === few.clients) return;
  if (server.stopNode === undefined) throw new Error(`${server.name} cannot be filled with ${users} users: its nodes do not stop`);
  await server.stopNode(0);
  const realm = await idOf(database, 'select id from realm where name = $1', ['bench']);
  for (let made = 0; made < few.users; made += 1) {
    const name = `user${made}`;
    const id = await idOf(database, 'select id from user_entity where realm_id = $1 and username = $2', [realm, name]);
    await copyRows(database, { roots: [id], count: copiesOfUser(made, users), from: name, to: `${name}-`, without: ['event_entity'] });
  }
  if (clients > few.clients) {
    const name = 'further-app-0';
    const id = await idOf(database, 'select id from client where realm_id = $1 and client_id = $2', [realm, name]);
    await copyRows(database, { roots: [id], count: clients - few.clients, from: name, to: `${name}-` });
  }
  await database.query('analyze');
  await server.startNode(0);
}
