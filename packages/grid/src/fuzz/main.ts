import { parseArgs } from 'node:util';
import { runFuzz } from './run-fuzz.ts';

// npm run fuzz -- --cases N [--seed S]: mutated bytes for everything that reads bytes of others.
const { values } = parseArgs({ options: { cases: { type: 'string', default: '200000' }, seed: { type: 'string', default: '1' } } });
const beganAt = performance.now();
const { tallies, findings, grownBytes } = runFuzz(Number(values.cases), Number(values.seed));
const out = (line: string): void => void process.stdout.write(`${line}\n`);
for (const { target, cases, refused, asserted, longestMs } of tallies)
  out(`${target}: ${cases} cases, ${refused} refused, ${asserted} stopped by an assertion, longest ${longestMs.toFixed(1)} ms`);
for (const { target, number, error, bytes } of findings) out(`FINDING ${target}, case ${number}: ${error}\n  ${bytes}`);
const total = tallies.reduce((sum, { cases }) => sum + cases, 0);
out(
  `${total} cases of seed ${values.seed} in ${((performance.now() - beganAt) / 1_000).toFixed(1)} s, memory at most ${(grownBytes / 1_048_576).toFixed(0)} MB above the start`,
);
out(findings.length === 0 ? 'findings: none' : `findings: ${findings.length}`);
process.exitCode = findings.length === 0 ? 0 : 1;
