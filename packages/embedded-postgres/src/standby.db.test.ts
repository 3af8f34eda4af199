import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runStatement } from './running-server.ts';
import { copyAsStandby } from './standby.ts';
import { type EmbeddedPostgres, removeEmbeddedPostgres, startEmbeddedPostgres } from './start.ts';

let folder: string;
let primary: EmbeddedPostgres;
let standby: EmbeddedPostgres | undefined;
const log = (): void => {};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keygrid-standby-'));
  primary = await startEmbeddedPostgres({ dataDir: join(folder, 'a'), log });
  await runStatement(primary.url, 'CREATE TABLE fact (n int)');
});

afterAll(async () => {
  await standby?.stop();
  await primary.stop();
  for (const name of ['a', 'b']) removeEmbeddedPostgres(join(folder, name));
  rmSync(folder, { recursive: true, force: true });
});

it('follows a running server, and goes on in its place on a new timeline', async () => {
  await copyAsStandby({ primaryUrl: primary.url, dataDir: join(folder, 'b'), log });
  standby = await startEmbeddedPostgres({ dataDir: join(folder, 'b'), log });
  // From here on a commit is answered only when the standby has it.
  await runStatement(primary.url, "ALTER SYSTEM SET synchronous_standby_names = '*'");
  await runStatement(primary.url, 'SELECT pg_reload_conf()');
  await runStatement(primary.url, 'INSERT INTO fact VALUES (1)');
  process.kill(primary.pid, 'SIGQUIT');
  await runStatement(standby.url, 'SELECT pg_promote(true, 20)');
  expect((await runStatement(standby.url, 'SELECT n FROM fact')).rows).toEqual([{ n: 1 }]);
  const timeline = await runStatement(standby.url, 'SELECT substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) AS timeline');
  expect(timeline.rows).toEqual([{ timeline: '00000002' }]);
});
