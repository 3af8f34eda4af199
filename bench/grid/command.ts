import { loadavg } from 'node:os';
import { resolve } from 'node:path';
import { openTestDatabase } from '../../scripts/testing/test-database.ts';
import { conditions, keep } from '../report.ts';
import { freshDatabase } from '../servers/database.ts';
import { measureColdStarts } from './cold-starts.ts';
import { measureLosses } from './losses.ts';
import { measureGrid, measureNodeCounts } from './measure.ts';
import { VALUE_BYTES } from './protocol.ts';
import { renderGrid } from './render.ts';
import type { GridResults } from './results.ts';
import { measureRivals } from './rivals/measure.ts';
import { measureTables } from './tables.ts';
import { measureTransfer } from './transfer.ts';

export const gridParts = ['operations', 'rivals', 'losses', 'transfer', 'starts', 'sizes', 'tables'] as const;
export type GridPart = (typeof gridParts)[number];

export interface GridCommand {
  readonly seconds: number;
  readonly callers: readonly number[];
  /** Parts of names, with `;` between them; empty = all operations. */
  readonly only: string;
  readonly parts: readonly GridPart[];
  /** Of the bulk cache that members hand over. */
  readonly entries: number;
  readonly coldStarts: number;
  /** Folder for CPU profiles of the members; empty = none. */
  readonly profile: string;
  readonly keep: boolean;
}

/** Code that the compiler has not come round to costs several times as much. */
const leastWarmUpSeconds = 3;
const coldStarters = 3;
const sizes = [1, 2, 3, 5, 8];

async function measure(command: GridCommand, problems: string[]): Promise<GridResults> {
  const postgres = await openTestDatabase();
  const wants = (part: GridPart): boolean => command.parts.includes(part);
  /** Each part on a database of its own; says what it is about, since a run of all takes minutes. */
  const measured = async <T>(part: GridPart, work: (databaseUrl: string) => Promise<T>): Promise<T | undefined> => {
    if (!wants(part)) return undefined;
    console.error(`${new Date().toISOString()} ${part}`);
    const database = await freshDatabase(postgres.url, 'keygrid_bench');
    try {
      return await work(database.url);
    } catch (error) {
      // What the other parts measured is worth keeping.
      problems.push(`${part}: ${(error as Error).message}`);
      return undefined;
    } finally {
      await database.drop();
    }
  };
  try {
    const { seconds, callers } = command;
    const nodeArguments = command.profile === '' ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(command.profile)}`];
    const only = command.only.split(';');
    return {
      rows:
        (await measured('operations', (databaseUrl) =>
          measureGrid({ databaseUrl, seconds, warmUpSeconds: Math.max(leastWarmUpSeconds, seconds / 2), callers, only, nodeArguments }),
        )) ?? [],
      rivals: await measured('rivals', (databaseUrl) => measureRivals(databaseUrl, callers, seconds)),
      losses: (await measured('losses', measureLosses)) ?? [],
      transfer: await measured('transfer', (databaseUrl) => measureTransfer(databaseUrl, command.entries)),
      coldStarts: await measured('starts', (databaseUrl) => measureColdStarts(databaseUrl, command.coldStarts, coldStarters)),
      nodeCounts: (await measured('sizes', (databaseUrl) => measureNodeCounts(databaseUrl, sizes, seconds))) ?? [],
      tables: (await measured('tables', measureTables)) ?? [],
    };
  } finally {
    await postgres.close();
  }
}

/** `npm run bench -- grid`: prints the tables, keeps them if wanted, and gives the exit code. */
export async function benchGrid(command: GridCommand): Promise<number> {
  // Figures of a busy machine are worth little: say how busy it was before this began.
  const load = (loadavg()[0] ?? Number.NaN).toFixed(1);
  const problems: string[] = [];
  const results = await measure(command, problems);
  const setting = `Member processes over mutual TLS 1.3 on loopback; values of ${VALUE_BYTES} bytes; closed loop on one member; CPU is the sum over all processes, the callers included. Load average before: ${load}.`;
  const text = `# The data grid\n\n${conditions()}\n\n${setting}\n\n${renderGrid(results)}\n${problems.map((problem) => `\nNot measured, ${problem}\n`).join('')}`;
  console.log(text);
  if (command.keep) {
    keep('grid.md', text);
    keep('grid.json', `${JSON.stringify({ conditions: conditions(), loadBefore: Number(load), ...results }, null, 2)}\n`);
  }
  return problems.length === 0 && results.rows.every((row) => row.failures === 0) ? 0 : 1;
}
