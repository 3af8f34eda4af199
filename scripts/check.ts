// The static checks: types, format and lint, import floors, file sizes, dependencies, words, freshness of generated pages.
// `npm run check`; each check prints its breaches, the exit code is 1 if there is any.
import { spawnSync } from 'node:child_process';
import { dependencyBreaches } from './checks/dependencies.ts';
import { floorBreaches } from './checks/floors.ts';
import { root } from './checks/repository.ts';
import { MAX_LINES, oversizedFiles } from './checks/sizes.ts';
import { wordBreaches } from './checks/words.ts';

function tool(command: string, args: readonly string[]): string[] {
  const outcome = spawnSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (outcome.error !== undefined) return [`${command}: ${outcome.error.message}`];
  return outcome.status === 0 ? [] : [`${outcome.stdout}${outcome.stderr}`.trim()];
}

const checks: readonly (readonly [string, () => string[]])[] = [
  ['types', () => tool('tsc', ['-b'])],
  ['format and lint', () => tool('biome', ['check', '--error-on-warnings', '--max-diagnostics=40', '.'])],
  ['import floors', () => floorBreaches()],
  ['file sizes', () => oversizedFiles().map((file) => `${file.path}: ${file.lines} lines, at most ${MAX_LINES}`)],
  ['dependencies', dependencyBreaches],
  ['words', () => wordBreaches()],
  ['generated pages', () => tool(process.execPath, ['scripts/docs.ts', '--check'])],
];

let failed = 0;
for (const [name, run] of checks) {
  const began = process.hrtime.bigint();
  const breaches = run();
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  console.log(`${breaches.length === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds.toFixed(1)} s)`);
  for (const breach of breaches) console.log(`     ${breach.replaceAll('\n', '\n     ')}`);
  if (breaches.length > 0) failed += 1;
}
console.log(`${checks.length - failed} checks passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
