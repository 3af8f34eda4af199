import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { judge } from './judge.ts';
import { never } from './record.ts';
import { type ChaosResult, type KeptStep, runChaos } from './run.ts';
import { raceStarts } from './start-race.ts';

const usage = `Usage: npm run chaos -- [options]

Real member processes over TLS, a proxy on every cable, a real PostgreSQL with a standby; faults by chance, one a step, under load. What the
clients saw is judged after each step. The seed decides which faults come, not how real processes meet them.

  --minutes M      how long (default 1.5)
  --seed S         which faults (default: the clock)
  --nodes K        members, 3 to 7 (default: 3 or 5, by the seed)
  --only TEXT      only faults whose name contains this
  --races N        instead: two members start within 2 ms, N times, on an empty cluster
  --data FOLDER    where failing histories are kept (default data/chaos)
  --check FILE     judge a kept history again
`;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1.5' },
    seed: { type: 'string' },
    nodes: { type: 'string' },
    only: { type: 'string' },
    races: { type: 'string' },
    data: { type: 'string', default: 'data/chaos' },
    check: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Infinity is null in JSON. */
const reviveNever = (name: string, value: unknown): unknown =>
  value === null && (name === 'returnedAt' || name === '2' || name === '3') ? never : value;

function keep(step: KeptStep): string {
  const folder = resolve(values.data);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `seed-${step.seed}-step-${step.step}-${Date.now()}.json`);
  writeFileSync(file, JSON.stringify(step));
  return file;
}

function check(file: string): number {
  const step = JSON.parse(readFileSync(file, 'utf8'), reviveNever) as KeptStep;
  say(`seed ${step.seed}, step ${step.step}, ${step.fault}`);
  for (const breach of step.breaches) say(`then: ${breach}`);
  const { findings, keys } = judge(step.record, step.cutoffs);
  for (const { invariant, key, detail } of findings) say(`now: ${invariant} ${key}: ${detail}`);
  say(`${keys} keys judged, ${findings.length} findings`);
  return findings.length === 0 ? 0 : 1;
}

function print(result: ChaosResult): void {
  const list = (map: ReadonlyMap<string, number>): string =>
    map.size === 0 ? 'none' : [...map].map(([name, times]) => `${name} ${times}`).join(', ');
  say(`steps: ${result.steps} in ${result.seconds.toFixed(0)} s`);
  say(`faults: ${list(result.faults)}`);
  say(`operations: ${result.tally.operations}, answered: ${result.tally.answered}, failed: ${list(result.tally.failures)}`);
  say(`keys judged: ${result.keys}, up to the loss of their owners: ${result.cutShort}, undecided: ${result.undecided}`);
  say(`fencings: ${result.fencings}, steps whose lateness was not judged on a busy machine: ${result.notJudged}`);
  say(result.violations.length === 0 ? 'violations: none' : `violations: ${result.violations.length}`);
}

async function main(): Promise<number> {
  if (values.help) {
    say(usage);
    return 0;
  }
  if (values.check !== undefined) return check(values.check);
  if (values.races !== undefined) {
    const { violations } = await raceStarts({ rounds: Number(values.races), nodes: Number(values.nodes ?? '2'), say });
    return violations.length === 0 ? 0 : 1;
  }
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  const nodes = Number(values.nodes ?? (seed % 2 === 0 ? 5 : 3));
  if (!Number.isSafeInteger(seed) || !(nodes >= 3 && nodes <= 7)) {
    say(usage);
    return 2;
  }
  // Whoever interrupts waits for the end of the step, so that no database is left behind.
  const interruption = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interruption.abort());
  const result = await runChaos({
    signal: interruption.signal,
    seed,
    nodes,
    minutes: Number(values.minutes),
    clientsPerMember: 4,
    thinkMs: 25,
    only: values.only,
    say,
    keep,
  });
  print(result);
  return result.violations.length === 0 ? 0 : 1;
}

// Not by an exit code alone: on its way out the runtime waits for ever for sockets that were reset while they connected.
process.exit(await main());
