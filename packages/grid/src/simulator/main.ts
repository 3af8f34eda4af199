import { parseArgs } from 'node:util';
import type { FaultKind } from './faults.ts';
import { run } from './run.ts';

// npm run simulate -- --seeds N [--from S] [--nodes k] [--minutes m], or --seed S [--trace] for one.
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    nodes: { type: 'string' },
    minutes: { type: 'string', default: '1' },
    trace: { type: 'boolean', default: false },
  },
});

const from = Number(values.seed ?? values.from);
const count = values.seed === undefined ? Number(values.seeds) : 1;
const startedMs = performance.now();
const faults = new Map<FaultKind, number>();
let events = 0;
let epochs = 0;
let failed = 0;
let slowestMs = 0;
for (let seed = from; seed < from + count; seed += 1) {
  const result = run({
    seed,
    minutes: Number(values.minutes),
    ...(values.nodes !== undefined && { nodes: Number(values.nodes) }),
    ...(values.trace && { trace: (line: string) => process.stdout.write(`${line}\n`) }),
  });
  events += result.events;
  epochs += result.epochs;
  slowestMs = Math.max(slowestMs, result.healedMs ?? 0);
  for (const [kind, times] of result.faults) faults.set(kind, (faults.get(kind) ?? 0) + times);
  if (result.violations.length > 0) failed += 1;
  for (const { invariant, atMs, detail } of result.violations)
    process.stdout.write(`seed ${seed}: ${invariant} at ${atMs.toFixed(1)} ms: ${detail}\n`);
}
const seconds = (performance.now() - startedMs) / 1_000;
process.stdout.write(
  `${count} seeds, ${events} events, ${epochs} epochs, ${seconds.toFixed(1)} s; slowest agreement after the faults ${slowestMs.toFixed(0)} ms\n`,
);
process.stdout.write(`faults: ${[...faults].map(([kind, times]) => `${kind} ${times}`).join(', ')}\n`);
process.stdout.write(failed === 0 ? 'no violations\n' : `${failed} seeds with violations\n`);
process.exitCode = failed === 0 ? 0 : 1;
