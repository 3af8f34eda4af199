import { parseArgs } from 'node:util';
import { type FocusSet, focusOf, focusSets } from './focus-sets.ts';
import { type PlantedFault, plantedFaults } from './planted.ts';
import { firstCaught } from './planted-runs.ts';
import { type RunResult, run } from './run.ts';

// npm run simulate -- --seeds N [--from S] [--nodes k] [--minutes m] [--focus set], or --seed S [--trace] for one, or --planted to see each planted fault found.
// Every third seed has a set of faults in focus (focus-sets.ts), in turn; `--focus all` and `--focus <set>` say it for all seeds.
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    nodes: { type: 'string' },
    minutes: { type: 'string', default: '1' },
    focus: { type: 'string' },
    trace: { type: 'boolean', default: false },
    planted: { type: 'boolean', default: false },
  },
});

const out = (line: string): void => void process.stdout.write(`${line}\n`);
process.exitCode = values.planted ? showPlanted() : runSeeds();

function runSeeds(): number {
  const from = Number(values.seed ?? values.from);
  const count = values.seed === undefined ? Number(values.seeds) : 1;
  const startedMs = performance.now();
  const results: RunResult[] = [];
  for (let seed = from; seed < from + count; seed += 1) {
    const set = focusFor(seed);
    const result = run({
      seed,
      focus: set && focusSets[set],
      minutes: Number(values.minutes),
      ...(values.nodes !== undefined && { nodes: Number(values.nodes) }),
      ...(values.trace && { trace: out }),
    });
    results.push(result);
    for (const { invariant, atMs, detail } of result.violations)
      out(`seed ${seed} (${set ?? 'all'}): ${invariant} at ${atMs.toFixed(1)} ms: ${detail}`);
  }
  const sum = (of: (result: RunResult) => number): number => results.reduce((total, result) => total + of(result), 0);
  const tally = (of: (result: RunResult) => ReadonlyMap<string, number>): string => {
    const totals = new Map<string, number>();
    for (const result of results) for (const [name, times] of of(result)) totals.set(name, (totals.get(name) ?? 0) + times);
    return [...totals].map(([name, times]) => `${name} ${times}`).join(', ');
  };
  const failed = results.filter(({ violations }) => violations.length > 0).length;
  const slowestMs = Math.max(...results.map(({ healedMs }) => healedMs ?? 0));
  out(
    `seeds: ${count} in ${((performance.now() - startedMs) / 1_000).toFixed(1)} s; slowest agreement after the faults ${slowestMs.toFixed(0)} ms`,
  );
  out(`events: ${sum(({ events }) => events)}, views: ${sum(({ epochs }) => epochs)}`);
  out(`operations: ${sum(({ operations }) => operations)}, answered: ${sum(({ answered }) => answered)}`);
  out(
    `keys judged up to the loss of all their owners: ${sum(({ cutShort }) => cutShort)}, undecided: ${sum(({ undecided }) => undecided)}`,
  );
  out(`faults: ${tally(({ faults }) => faults)}`);
  out(`faults by phase: ${tally(({ phases }) => phases)}`);
  out(failed === 0 ? 'violations: none' : `violations: in ${failed} seeds`);
  return failed === 0 ? 0 : 1;
}

function focusFor(seed: number): FocusSet | undefined {
  const { focus } = values;
  if (focus === undefined) return focusOf(seed);
  if (focus === 'all') return undefined;
  if (!Object.hasOwn(focusSets, focus)) throw new Error(`--focus must be all or one of ${Object.keys(focusSets).join(', ')}`);
  return focus as FocusSet;
}

function showPlanted(): number {
  let missed = 0;
  for (const [fault, meaning] of Object.entries(plantedFaults)) {
    const caught = firstCaught(fault as PlantedFault, Number(values.seeds));
    if (caught === undefined) missed += 1;
    out(`${fault} (${meaning}): ${caught ?? `not found in ${values.seeds} seeds`}`);
  }
  return missed === 0 ? 0 : 1;
}
