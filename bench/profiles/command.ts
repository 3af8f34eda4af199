import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/checks/repository.ts';
import { operationNames } from '../iam.ts';
import { conditions, keep } from '../report.ts';
import { openBenchDatabase } from '../servers/bench-database.ts';
import { cpuOfRows, type KeptRun, slowestRows } from './choose-rows.ts';
import { profileRows } from './measure.ts';
import { renderProfiles } from './render.ts';

export interface ProfilesCommand {
  /** Names of operations; empty = the slowest of the kept run. */
  readonly only: readonly string[];
  readonly seconds: number;
  readonly callers: number;
  readonly users: number;
  readonly keep: boolean;
}

const SLOWEST = 10;
const KEPT_RUN = 'bench/results/iam-1.json';

/** `npm run bench -- profiles`: where the slowest rows spend their time, as text. Gives the exit code. */
export async function benchProfiles(command: ProfilesCommand): Promise<number> {
  const kept = JSON.parse(readFileSync(join(root, KEPT_RUN), 'utf8')) as KeptRun;
  const rows = command.only.length === 0 ? slowestRows(kept, SLOWEST) : command.only;
  const postgres = await openBenchDatabase();
  try {
    // In the order of the table, as they were when they were chosen: what comes first warms up what comes later.
    const inOrder = operationNames.filter((name) => rows.includes(name));
    const profiles = [...(await profileRows(postgres.url, { ...command, rows: inOrder }))].sort(
      (one, other) => rows.indexOf(one.name) - rows.indexOf(other.name),
    );
    const form = `closed loop of ${command.callers}, ${command.users} users, ${command.seconds} s a row: warm-up, CPU by thread, profile; from sources`;
    const text = `# Where the slowest rows spend their time\n\n${conditions()}; ${form}\n\n${explained}\n\n${renderProfiles(profiles, cpuOfRows(kept))}\n`;
    console.log(text);
    if (command.keep) keep('profiles.md', text);
    for (const { name, failures, firstFailure } of profiles) if (failures > 0) console.log(`${name}: ${failures} failed: ${firstFailure}`);
    return profiles.every(({ failures, operations }) => failures === 0 && operations > 0) ? 0 : 1;
  } finally {
    await postgres.close();
  }
}

const explained = `Written by \`npm run bench -- profiles --keep\`. The rows are those with the most server CPU per operation in \`iam-1.json\` (of the bundle; this is of the sources, which have
names). One node ran all of them in the order of that table, each alone; what a deleting row deletes was made before.

CPU milliseconds per operation are the kernel's, taken without the profiler: \`main\` runs JavaScript, \`pool\` hashes and signs, \`engine\` compiles and collects, \`here\` is the sum.
Then the rows ran again, each with a profile of its main thread. Profiles go by the clock: what counts as busy is \`main\`, the profiler's own price, and the time for which the
thread could have run but \`waited\` for a processor (by the kernel; part of it while idle). It had the highest priority that the system allowed and the pool a low one, but
where a call wakes another thread that takes the processor, the wait is that call's: the more was waited, the more are the shares of \`writev\`, \`writeBuffer\`, \`writeUtf8String\`,
\`writeLatin1String\` and \`run\` too high. A function with what it calls ends where it waits: what goes on after an \`await\` begins anew. \`native\` is code of the runtime with
no JavaScript below it. The runtime's functions are shown twice: as rooms of their own, and with the room whose code called them.`;
