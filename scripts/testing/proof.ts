import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { root } from '../checks/repository.ts';

/** What one part of the full run said. */
export interface ProofLine {
  readonly part: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
}

/** Writes docs/proof/full-run.md: what was run, on which commit and machine, and what came of it. */
export function writeProof(lines: readonly ProofLine[], failures: readonly string[]): void {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
  const text = [
    '# The last full run',
    '',
    `${new Date().toISOString().slice(0, 10)}, commit ${commit}, Node ${process.versions.node}, ${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GB. Command: \`npm run test:full\`.`,
    '',
    '| part | passed | failed | skipped | seconds |',
    '|---|---|---|---|---|',
    ...lines.map((line) => `| ${line.part} | ${line.passed} | ${line.failed} | ${line.skipped} | ${line.seconds.toFixed(0)} |`),
    '',
    failures.length === 0 ? 'No failures.' : `Failures:\n${failures.map((line) => `- ${line}`).join('\n')}`,
    '',
  ].join('\n');
  mkdirSync(join(root, 'docs/proof'), { recursive: true });
  writeFileSync(join(root, 'docs/proof/full-run.md'), text);
}
