import { loadavg } from 'node:os';
import { resolve } from 'node:path';
import { openTestDatabase } from '../../scripts/testing/test-database.ts';
import { conditions, keep, renderGrid } from '../report.ts';
import { freshDatabase } from '../servers/database.ts';
import { type GridBenchRow, measureGrid } from './measure.ts';
import { VALUE_BYTES } from './protocol.ts';

export interface GridCommand {
  readonly seconds: number;
  readonly callers: readonly number[];
  /** Parts of names, with `;` between them; empty = all operations. */
  readonly only: string;
  /** Folder for CPU profiles of the members; empty = none. */
  readonly profile: string;
  readonly keep: boolean;
}

async function rowsOf(command: GridCommand): Promise<readonly GridBenchRow[]> {
  const postgres = await openTestDatabase();
  try {
    const database = await freshDatabase(postgres.url, 'keygrid_bench');
    try {
      return await measureGrid({
        databaseUrl: database.url,
        seconds: command.seconds,
        warmUpSeconds: command.seconds / 2,
        callers: command.callers,
        only: command.only.split(';'),
        nodeArguments: command.profile === '' ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(command.profile)}`],
      });
    } finally {
      await database.drop();
    }
  } finally {
    await postgres.close();
  }
}

/** `npm run bench -- grid`: prints the table, keeps it if wanted, and gives the exit code. */
export async function benchGrid(command: GridCommand): Promise<number> {
  // Figures of a busy machine are worth little: say how busy it was before this began.
  const load = (loadavg()[0] ?? Number.NaN).toFixed(1);
  const rows = await rowsOf(command);
  const setting = `Three processes over mutual TLS 1.3 on loopback; values of ${VALUE_BYTES} bytes; closed loop on one member; CPU is the sum over the three processes, the callers included. Load average before: ${load}.`;
  const text = `# The data grid\n\n${conditions()}\n\n${setting}\n\n${renderGrid(rows)}\n`;
  console.log(text);
  if (command.keep) {
    keep('grid.md', text);
    keep('grid.json', `${JSON.stringify({ conditions: conditions(), loadBefore: Number(load), rows }, null, 2)}\n`);
  }
  return rows.every((row) => row.failures === 0) ? 0 : 1;
}
