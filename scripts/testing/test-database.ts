import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@keygrid/embedded-postgres';

/** A PostgreSQL for the tests: the one named by KEYGRID_TEST_DB_URL, else an embedded one without durability in a temporary folder. */
export async function openTestDatabase(): Promise<{ url: string; close(): Promise<void> }> {
  const given = process.env['KEYGRID_TEST_DB_URL'];
  if (given !== undefined && given !== '') return { url: given, close: async () => {} };
  const folder = mkdtempSync(join(tmpdir(), 'keygrid-postgres-'));
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'data'), durable: false, log: () => {} });
  return {
    url: server.url,
    close: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
