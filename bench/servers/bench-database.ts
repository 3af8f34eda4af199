import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@keygrid/embedded-postgres';

/** The PostgreSQL that servers are measured on. */
export interface BenchDatabase {
  readonly url: string;
  /** Fast shutdown, and a start on the same data and port. Undefined for a server that is not ours. */
  readonly restart?: () => Promise<void>;
  /** Stops all of its processes with SIGSTOP for so long. Undefined for a server that is not ours. */
  readonly freeze?: (ms: number) => Promise<void>;
  close(): Promise<void>;
}

/** A process and those below it. */
function family(pid: number): number[] {
  let children: number[] = [];
  try {
    children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
  } catch {
    // It ended meanwhile.
  }
  return [pid, ...children.flatMap(family)];
}

function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It ended meanwhile.
    }
  }
}

/**
 * The one named by KEYGRID_TEST_DB_URL, else an embedded one, durable as in production, that counts statements and can be restarted and frozen.
 */
export async function openBenchDatabase(): Promise<BenchDatabase> {
  const given = process.env['KEYGRID_TEST_DB_URL'];
  if (given !== undefined && given !== '') return { url: given, close: async () => {} };
  const folder = mkdtempSync(join(tmpdir(), 'keygrid-bench-'));
  const start = (port?: number): Promise<EmbeddedPostgres> =>
    startEmbeddedPostgres({
      dataDir: join(folder, 'data'),
      log: () => {},
      settings: { shared_preload_libraries: 'pg_stat_statements', 'pg_stat_statements.max': '10000' },
      ...(port === undefined ? {} : { port }),
    });
  let server = await start();
  const { url, port } = server;
  return {
    url,
    restart: async () => {
      await server.stop();
      server = await start(port);
    },
    freeze: async (ms) => {
      const frozen = family(server.pid);
      signalAll(frozen, 'SIGSTOP');
      await new Promise((resolve) => setTimeout(resolve, ms));
      signalAll(frozen, 'SIGCONT');
    },
    close: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
