import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { PlannedFault } from './fault-plan.ts';
import { type FocusSet, focusOf, focusSets } from './focus-sets.ts';
import { showPlanted } from './planted/show.ts';
import { addRegression } from './regressions.ts';
import { least, type RunOptions, type RunResult } from './run.ts';
import { runAll } from './seed-runner.ts';
import { shrink } from './shrink.ts';
import { Summary } from './summary.ts';

const help = `npm run simulate -- [options]
  --seeds N      so many seeds (default 100); --from S  the first one (default 1)
  --seconds n    no new seed after so long
  --endless      until a signal; what is found is shrunk and added to regressions.json, which CI runs
  --nodes k      instead of 3 to 7 by the seed; --minutes m  least virtual minutes of faults (default 1)
  --focus set    all seeds with one set of faults (${Object.keys(focusSets).join(', ')}) or \`all\`; default every third seed with one, in turn
  --authority a  database, majority, or mixed (default): every fourth seed without a database, the members decide by majority
  --workers w    threads (default: one a core)
  --seed S       one seed; --trace  what happened in it
  --no-shrink    do not look for the fewest faults of a failing seed
  --planted      shows each planted fault found, by which checker, after how many seeds (at most --seeds, default 2000)
`;

/** Fewer seeds cannot meet every death in every situation. */
const seedsThatMustCover = 60;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    seconds: { type: 'string' },
    endless: { type: 'boolean', default: false },
    nodes: { type: 'string' },
    minutes: { type: 'string', default: String(least.minutes) },
    focus: { type: 'string' },
    authority: { type: 'string', default: 'mixed' },
    workers: { type: 'string' },
    trace: { type: 'boolean', default: false },
    'no-shrink': { type: 'boolean', default: false },
    planted: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const out = (line: string): void => void process.stdout.write(`${line}\n`);
const number = (name: string, text: string | undefined, otherwise: number): number => {
  const value = Number(text ?? otherwise);
  if (!(value >= 0)) throw new Error(`--${name} is ${text}; allowed is a number of at least 0`);
  return value;
};
const startedMs = performance.now();
const seconds = () => (performance.now() - startedMs) / 1_000;

if (values.help) out(help);
else if (values.planted) process.exitCode = showPlanted(number('seeds', values.seeds, 2_000), out);
else process.exitCode = await runSeeds();

async function runSeeds(): Promise<number> {
  const summary = new Summary();
  const workers = values.seed === undefined ? number('workers', values.workers, availableParallelism()) : 1;
  await runAll(seedOptions(), workers, (options, result) => {
    summary.add(result);
    report(options, result);
  });
  for (const line of summary.lines(seconds())) out(line);
  const missing = values.seed === undefined && values.focus === undefined ? summary.missing() : [];
  if (missing.length > 0) out(`never happened: ${missing.join(', ')}`);
  out(summary.failed === 0 ? 'violations: none' : `violations: in ${summary.failed} seeds`);
  const covered = missing.length === 0 || summary.seeds < seedsThatMustCover;
  return summary.failed === 0 && covered ? 0 : 1;
}

function* seedOptions(): Generator<RunOptions> {
  const from = number('from', values.seed ?? values.from, 1);
  const limit = values.endless ? Number.POSITIVE_INFINITY : number('seeds', values.seeds, values.seconds === undefined ? 100 : 1_000_000);
  const count = values.seed === undefined ? limit : 1;
  const untilSeconds = number('seconds', values.seconds, Number.POSITIVE_INFINITY);
  for (let seed = from; seed < from + count && seconds() < untilSeconds; seed += 1) {
    const set = focusFor(seed);
    yield {
      seed,
      focus: set && focusSets[set],
      majority: isMajority(seed),
      minutes: number('minutes', values.minutes, least.minutes),
      ...(values.nodes !== undefined && { nodes: number('nodes', values.nodes, 5) }),
      ...(values.trace && { trace: out }),
    };
  }
}

function report(options: RunOptions, result: RunResult): void {
  const { seed } = options;
  const set = focusFor(seed);
  for (const { invariant, atMs, detail } of result.violations)
    out(`seed ${seed} (${set ?? 'all'}${options.majority === true ? ', majority' : ''}): ${invariant} at ${atMs.toFixed(1)} ms: ${detail}`);
  if (result.violations.length === 0 || values['no-shrink'] || values.trace) return;
  const plan = shrink({ ...options, trace: undefined }, result);
  if (plan !== undefined) for (const fault of plan) out(`seed ${seed} needs: ${sentenceOf(fault)}`);
  if (values.endless)
    addRegression({
      seed,
      what: `${result.violations[0]?.invariant}: ${result.violations[0]?.detail}`,
      focus: set,
      majority: options.majority,
      nodes: options.nodes,
      minutes: result.faultyMs / 60_000,
      plan,
    });
}

function sentenceOf({ atMs, kind, node, draw, during }: PlannedFault): string {
  return `${kind} of node-${node + 1} ${during === undefined ? 'at' : `during ${during}, provoked at`} ${atMs} ms (draw ${draw})`;
}

function focusFor(seed: number): FocusSet | undefined {
  const { focus } = values;
  if (focus === undefined) return focusOf(seed);
  if (focus === 'all') return undefined;
  if (!Object.hasOwn(focusSets, focus)) throw new Error(`--focus must be all or one of ${Object.keys(focusSets).join(', ')}`);
  return focus as FocusSet;
}

function isMajority(seed: number): boolean {
  const { authority } = values;
  if (authority === 'mixed') return seed % 4 === 3;
  if (authority !== 'database' && authority !== 'majority') throw new Error('--authority must be database, majority or mixed');
  return authority === 'majority';
}
