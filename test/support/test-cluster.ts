import { benchWalk, type WalkSettings } from '../../bench/drivers/login-walk.ts';
import { type FreshDatabase, freshDatabase } from '../../bench/servers/database.ts';
import { type KeygridOptions, KeygridServer } from '../../bench/servers/keygrid.ts';
import { benchRealm } from '../../bench/servers/server.ts';

/** PostgreSQL server that the test command names. */
export function testDatabaseUrl(): string {
  const url = process.env['KEYGRID_TEST_DB_URL'];
  if (url === undefined || url === '')
    throw new Error('KEYGRID_TEST_DB_URL is not set; run the tests through npm test, or name a PostgreSQL server');
  return url;
}

/** A cluster on a database of its own. */
export interface TestCluster {
  readonly server: KeygridServer;
  readonly database: FreshDatabase;
  stop(): Promise<void>;
}

/** Starts `nodes` nodes with the realm `test` (client `app`, users user0..user9 with password0..password9). */
export async function startTestCluster(nodes: number, options: Partial<KeygridOptions> = {}): Promise<TestCluster> {
  const database = await freshDatabase(testDatabaseUrl(), 'keygrid_test');
  try {
    const server = await KeygridServer.start({ nodes, databaseUrl: database.url, realms: [benchRealm('test', 10)], ...options });
    return {
      server,
      database,
      stop: async () => {
        await server.kill();
        await database.drop();
      },
    };
  } catch (error) {
    await database.drop();
    throw error;
  }
}

/** The walk settings of one of the realm's users. */
export function walker(user: number): WalkSettings {
  return benchWalk('test', user);
}

/** Patience, not an expectation: what takes a second on an idle machine takes ten on a busy one. */
const WITHIN_MS = 60_000;

/** Polls until `condition` holds; throws with `what` after `withinMs`. */
export async function until(what: string, condition: () => Promise<boolean> | boolean, withinMs = WITHIN_MS): Promise<void> {
  const began = performance.now();
  while (!(await condition())) {
    if (performance.now() - began > withinMs) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
