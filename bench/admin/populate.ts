import { setTimeout as pause } from 'node:timers/promises';
import { admin, adminToken } from '../drivers/admin.ts';
import { call } from '../drivers/http.ts';
import type { FreshDatabase } from '../servers/database.ts';
import { copyRealm, idOf } from '../servers/many.ts';
import type { ServerUnderTest } from '../servers/server.ts';
import { storedPassword } from '../servers/stored-password.ts';
import { copyRows } from './copy-rows.ts';

/** How much there is of everything, over all realms. */
export interface Population {
  readonly realms: number;
  /** Beside those that every realm has of itself. */
  readonly clients: number;
  readonly users: number;
}

/** The realm that has half of everything; the others share the other half. */
export const BIG = 'bench-big';
const GROUPS = { small: 10, big: 500 } as const;
const EVENTS = { small: 10, big: 20_000 } as const;
const EVENT_WITHIN_MS = 60_000;
const A_DAY = 86_400;

/** One of everything, made by the server itself. */
async function makeSamples(server: ServerUnderTest, database: FreshDatabase): Promise<void> {
  const base = server.bases[0] ?? '';
  const ask = async (method: string, path: string, json?: unknown): Promise<unknown> =>
    admin(base, await adminToken(base), method, path, json);
  await ask('PUT', '/realms/master', { accessTokenLifespan: A_DAY });
  await ask('POST', '/realms', { realm: BIG, enabled: true, eventsEnabled: true, eventsExpiration: A_DAY });
  await ask('POST', `/realms/${BIG}/groups`, { name: 'sample-group', attributes: { place: ['somewhere'] } });
  await ask('POST', `/realms/${BIG}/clients`, {
    clientId: 'sample-client',
    name: 'An application',
    secret: 'a secret',
    directAccessGrantsEnabled: true,
    redirectUris: ['https://app.example.org/*'],
    webOrigins: ['+'],
    attributes: { 'post.logout.redirect.uris': '+' },
    protocolMappers: [
      {
        name: 'own audience',
        protocol: 'openid-connect',
        protocolMapper: 'oidc-audience-mapper',
        config: { 'included.client.audience': 'sample-client', 'access.token.claim': 'true' },
      },
    ],
  });
  await ask('POST', `/realms/${BIG}/users`, {
    username: 'sample-user',
    enabled: true,
    email: 'sample-user@example.org',
    emailVerified: true,
    firstName: 'Sample',
    lastName: 'sample-user',
    groups: ['/sample-group'],
    credentials: [storedPassword('a password')],
  });
  const form = {
    grant_type: 'password',
    client_id: 'sample-client',
    client_secret: 'a secret',
    username: 'sample-user',
    password: 'wrong',
  };
  await call(`${base}/realms/${BIG}/protocol/openid-connect/token`, { form });
  const began = performance.now();
  while ((await database.query("select 1 from event_entity where type = 'LOGIN_ERROR'")).length === 0) {
    if (performance.now() - began > EVENT_WITHIN_MS) throw new Error(`${server.name} has stored no event within ${EVENT_WITHIN_MS} ms`);
    await pause(100);
  }
}

/** How often everything is copied. Half of all is in the big realm, the rest spread evenly. */
export function copiesOf({ realms, clients, users }: Population) {
  const small = { clients: Math.max(1, Math.floor(clients / 2 / (realms - 1))), users: Math.max(1, Math.floor(users / 2 / (realms - 1))) };
  return { small, big: { clients: clients - small.clients * (realms - 1), users: users - small.users * (realms - 1) } };
}

/** Copies the samples within the realm until there are so many of them, the sample among them. */
async function copySamples(
  database: FreshDatabase,
  ids: Readonly<Record<'client' | 'user' | 'group' | 'event', string>>,
  counts: { readonly clients: number; readonly users: number; readonly groups: number; readonly events: number },
  mark: string,
): Promise<void> {
  const copy = (root: string, name: string, count: number, without: readonly string[] = []): Promise<void> =>
    copyRows(database, { roots: [root], count, from: `sample-${name}`, to: `${mark}-${name}-`, without });
  await copy(ids.group, 'group', counts.groups, ['user_group_membership']);
  await copy(ids.client, 'client', counts.clients);
  await copy(ids.user, 'user', counts.users, ['event_entity']);
  await copy(ids.event, 'event', counts.events);
}

/** Fills the tables of a server that does not run with copies of what it has made itself. */
async function multiply(database: FreshDatabase, population: Population): Promise<void> {
  const realm = await idOf(database, 'select id from realm where name = $1', [BIG]);
  const ids = {
    client: await idOf(database, 'select id from client where realm_id = $1 and client_id = $2', [realm, 'sample-client']),
    user: await idOf(database, 'select id from user_entity where realm_id = $1 and username = $2', [realm, 'sample-user']),
    group: await idOf(database, 'select id from keycloak_group where realm_id = $1 and name = $2', [realm, 'sample-group']),
    event: await idOf(database, 'select id from event_entity where realm_id = $1 order by id limit 1', [realm]),
  };
  const { small, big } = copiesOf(population);
  const few = { clients: small.clients - 1, users: small.users - 1, groups: GROUPS.small - 1, events: EVENTS.small - 1 };
  await copySamples(database, ids, few, 'a');
  await copyRealm(database, BIG, population.realms - 1, 'realm-');
  const many = {
    clients: big.clients - small.clients,
    users: big.users - small.users,
    groups: GROUPS.big - GROUPS.small,
    events: EVENTS.big - EVENTS.small,
  };
  await copySamples(database, ids, many, 'b');
  await database.query('analyze');
}

export interface Filled {
  readonly seconds: number;
  /** From the start of the process to ready, with everything there. */
  readonly startMs: number;
}

/** Fills a fresh database of a server with so many realms, clients and users; afterwards its first node runs. */
export async function populate(server: ServerUnderTest, database: FreshDatabase, population: Population): Promise<Filled> {
  if (server.stopNode === undefined) throw new Error(`${server.name} cannot be filled: its nodes do not stop`);
  const began = performance.now();
  await server.startNode(0);
  await makeSamples(server, database);
  await server.stopNode(0);
  await multiply(database, population);
  const seconds = (performance.now() - began) / 1_000;
  return { seconds, startMs: await server.startNode(0) };
}
