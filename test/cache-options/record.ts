// Asks a real Keycloak for its words: KEYGRID_TEST_REFERENCE_HOME=<its directory> node test/cache-options/record.ts
// It must have been built for PostgreSQL; each command line is refused, so that no server starts.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nameOf, type RefusedCase, refusedCases } from './cases.ts';

const home = process.env['KEYGRID_TEST_REFERENCE_HOME'];
if (home === undefined) throw new Error('KEYGRID_TEST_REFERENCE_HOME is not set');
const BASE = ['start', '--optimized', '--db-url=jdbc:postgresql://127.0.0.1:1/none', '--http-enabled=true', '--hostname-strict=false'];
const TIME_LIMIT_MS = 60_000;
const REFUSED = 2;

function ask({ options, env }: RefusedCase): { code: number | null; words: string[] } {
  const done = spawnSync(join(home ?? '', 'bin', 'kc.sh'), [...BASE, ...options], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    timeout: TIME_LIMIT_MS,
  });
  // What is not refused starts, and its log is no word of the command line.
  if (done.status !== REFUSED) return { code: done.status, words: [] };
  const words = `${done.stdout}\n${done.stderr}`.split('\n').map((line) => line.trimEnd());
  return { code: done.status, words: words.filter((line) => line !== '' && !line.startsWith('Appending additional Java')) };
}

/** Cases that stand in the recording already are not asked again: remove their lines to ask anew. */
const path = join(import.meta.dirname, 'recorded.json');
const recorded: Record<string, { code: number | null; words: string[] }> = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
for (const each of refusedCases) {
  const name = nameOf(each);
  if (recorded[name] !== undefined) continue;
  recorded[name] = ask(each);
  console.log(recorded[name].code, name);
  writeFileSync(path, `${JSON.stringify(recorded, null, 1)}\n`);
}
