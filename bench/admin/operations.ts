import { admin, adminToken } from '../drivers/admin.ts';
import type { Operation } from '../load/operation.ts';
import type { FreshDatabase } from '../servers/database.ts';
import type { ServerUnderTest } from '../servers/server.ts';
import { BIG } from './populate.ts';

const PAGE = 100;
/** Rows of a page of the console, and the one more by which it sees whether there is a next page. */
const CONSOLE_PAGE = 11;
/** Ids that the reading operations go round. */
const IDS = 2_000;
/** Has no divisor in common with what it walks over, so that no order helps a cache. */
const STEP = 7_919;

async function idsOf(database: FreshDatabase, text: string): Promise<readonly string[]> {
  const rows = await database.query(`${text} limit ${IDS}`, [BIG]);
  return rows.map((row) => String(row['id']));
}

/**
 * The ten calls that an administrator's console makes most: what its lists and the pages behind them read. Writes are in `iam`. What belongs to a
 * realm is asked of the big one, except for the reads of a realm, which go over all of them.
 */
export async function adminCalls(server: ServerUnderTest, database: FreshDatabase): Promise<readonly Operation[]> {
  const base = server.bases[0] ?? '';
  const token = await adminToken(base);
  const realms = (await database.query('select name from realm order by name')).map((row) => String(row['name']));
  const users = await idsOf(database, 'select id from user_entity where realm_id = (select id from realm where name = $1) order by id');
  const clients = await idsOf(database, 'select id from client where realm_id = (select id from realm where name = $1) order by id');
  const [counted] = await database.query(
    'select (select count(*) from client where realm_id = realm.id) as clients, (select count(*) from user_entity where realm_id = realm.id) as users from realm where name = $1',
    [BIG],
  );
  const ofAll = (index: number, all: readonly string[]): string => all[(index * STEP) % all.length] ?? '';
  /** The first row of some page. */
  const first = (index: number, of: unknown, page: number): number => (index * STEP * page) % Math.max(1, Number(of) - page);
  const realm = `/realms/${BIG}`;
  const list = async (path: string, atLeast: number): Promise<void> => {
    const rows = (await admin(base, token, 'GET', path)) as readonly unknown[];
    if (rows.length < atLeast) throw new Error(`${path}: ${rows.length} rows`);
  };
  const read = (path: string): Promise<unknown> => admin(base, token, 'GET', path);
  return [
    { name: 'realms, brief', run: () => list('/realms?briefRepresentation=true', realms.length) },
    { name: 'a realm', run: (index) => read(`/realms/${ofAll(index, realms)}`) },
    {
      name: 'clients, a page',
      run: (index) => list(`${realm}/clients?first=${first(index, counted?.['clients'], CONSOLE_PAGE)}&max=${CONSOLE_PAGE}`, CONSOLE_PAGE),
    },
    { name: 'a client', run: (index) => read(`${realm}/clients/${ofAll(index, clients)}`) },
    { name: `users, the first ${PAGE}`, run: () => list(`${realm}/users?briefRepresentation=true&first=0&max=${PAGE}`, 1) },
    {
      name: 'users that hold a text',
      run: (index) => list(`${realm}/users?briefRepresentation=true&first=0&max=${PAGE}&search=*ser-${(index % 90) + 10}*`, 1),
    },
    { name: 'a user', run: (index) => read(`${realm}/users/${ofAll(index, users)}?userProfileMetadata=true`) },
    { name: "a user's roles", run: (index) => read(`${realm}/users/${ofAll(index, users)}/role-mappings`) },
    { name: 'groups, a page', run: () => list(`${realm}/groups?first=0&max=${CONSOLE_PAGE}`, CONSOLE_PAGE) },
    { name: 'events, a page', run: (index) => list(`${realm}/events?first=${(index % 50) * PAGE}&max=${PAGE}`, 1) },
  ];
}
