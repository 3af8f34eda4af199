import type { FreshDatabase } from '../servers/database.ts';

/** Rows of one statement. */
const BATCH = 50_000;
/** Sessions of one user, spread evenly. */
const SECONDS_OF_LIFE = 1_000;

/** What the tables hold beside the sessions that the benchmark opens itself. */
export interface Seed {
  readonly users: number;
  readonly sessions: number;
}

async function inBatches(count: number, work: (from: number, to: number) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < count; from += BATCH) await work(from, Math.min(count, from + BATCH) - 1);
}

/** Users `seeded0` … and their sessions with the client `app`, written straight into the tables in the form in which the server writes them. */
export async function seedSessions(database: FreshDatabase, realm: string, { users, sessions }: Seed): Promise<void> {
  await seedUsers(database, await idsOf(database, realm), users);
  await seedSessionsOf(database, realm, { users, sessions }, false);
}

interface Ids {
  readonly realm: unknown;
  readonly client: unknown;
}

async function idsOf(database: FreshDatabase, realm: string): Promise<Ids> {
  const [found] = await database.query(
    'select realm.id as realm, client.id as client from realm join client on client.realm_id = realm.id where realm.name = $1 and client_id = $2',
    [realm, 'app'],
  );
  return { realm: found?.['realm'], client: found?.['client'] };
}

async function seedUsers(database: FreshDatabase, { realm }: Ids, users: number): Promise<void> {
  await inBatches(users, (from, to) =>
    database.query(
      `insert into user_entity (id, realm_id, version, username, email, email_constraint, email_verified, first_name, last_name, enabled,
         created_timestamp, not_before, attributes, required_actions)
       select 'seeded-' || n, $1, 0, 'seeded' || n, 'seeded' || n || '@example.org', 'seeded' || n || '@example.org', true, 'Seeded', n::text, true,
         1800000000000, 0, '{}', '[]' from generate_series($2::integer, $3::integer) as n`,
      [realm, from, to],
    ),
  );
}

/** Sessions of users that are there, online or offline ones. */
export async function seedSessionsOf(database: FreshDatabase, realm: string, { users, sessions }: Seed, offline: boolean): Promise<void> {
  const ids = await idsOf(database, realm);
  const flag = offline ? '1' : '0';
  await inBatches(sessions, (from, to) =>
    database.query(
      `insert into offline_user_session
         (user_session_id, offline_flag, user_id, realm_id, created_on, last_session_refresh, version, remember_me, data)
       select lpad(n::text, 24, 's'), $5, 'seeded-' || n % $4::integer, $1, at, at, 0, false,
         json_build_object('ipAddress', '192.0.2.1', 'authMethod', 'openid-connect', 'rememberMe', false, 'started', at,
           'notes', json_build_object('AUTH_TIME', at::text, 'authenticators-completed', '{}'), 'state', 'LOGGED_IN',
           'loginUsername', 'seeded' || n % $4::integer)::text
       from generate_series($2::integer, $3::integer) as n,
         lateral (select extract(epoch from now())::integer - n % ${SECONDS_OF_LIFE} as at) as times`,
      [ids.realm, from, to, users, flag],
    ),
  );
  await inBatches(sessions, (from, to) =>
    database.query(
      `insert into offline_client_session (user_session_id, client_id, offline_flag, realm_id, timestamp, version, data)
       select lpad(n::text, 24, 's'), $2, $5, $1, at, 1,
         json_build_object('authMethod', 'openid-connect', 'redirectUri', 'http://localhost/callback', 'started', at,
           'notes', json_build_object('scope', 'openid', 'iss', 'http://localhost/realms/bench', 'startedAt', at::text))::text
       from generate_series($3::integer, $4::integer) as n,
         lateral (select extract(epoch from now())::integer - n % ${SECONDS_OF_LIFE} as at) as times`,
      [ids.realm, ids.client, from, to, flag],
    ),
  );
  await database.query('analyze');
}

/** Makes the first `count` seeded sessions old enough for the sweeper. */
export async function expireSessions(database: FreshDatabase, count: number): Promise<void> {
  await inBatches(count, (from, to) =>
    database.query(
      `update offline_user_session set last_session_refresh = 1000, created_on = 1000
       where offline_flag = '0' and user_session_id in (select lpad(n::text, 24, 's') from generate_series($1::integer, $2::integer) as n)`,
      [from, to],
    ),
  );
}
