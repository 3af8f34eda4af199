// The test command: every part in its time box, then one line `N passed, N failed, N skipped`.
// `npm test`, `npm test -- --only simulator`, `npm run test:full`.
import { parseArgs } from 'node:util';
import { fullParts, type Part, parts } from './testing/parts.ts';
import { type ProofLine, writeProof } from './testing/proof.ts';
import { type PartResult, runPart } from './testing/run-part.ts';
import { unexpectedSkips } from './testing/skips.ts';
import { openTestDatabase } from './testing/test-database.ts';

// A second PostgreSQL, another version than the embedded one: in the full run the database tests run against both.
const second = process.env['KEYGRID_TEST_SECOND_DB_URL'];
const secondParts: readonly Part[] =
  second === undefined || second === ''
    ? []
    : [{ name: 'database, second server', boxSeconds: 120, projects: ['database'], env: { KEYGRID_TEST_DB_URL: second } }];

const { values } = parseArgs({ options: { full: { type: 'boolean' }, only: { type: 'string' } } });
const chosen = [...parts, ...(values.full === true ? [...secondParts, ...fullParts] : [])].filter(
  (part) => values.only === undefined || part.name.includes(values.only),
);
if (chosen.length === 0) {
  console.error(`No part is called "${values.only}". Parts: ${[...parts, ...fullParts].map((part) => part.name).join(', ')}`);
  process.exit(2);
}

let passed = 0;
const skipped: string[] = [];
const failures: string[] = [];
const unsteady: string[] = [];
const lines: ProofLine[] = [];
const database = chosen.some((part) => part.needsDatabase === true) ? await openTestDatabase() : undefined;
const env = { ...process.env, ...(database === undefined ? {} : { KEYGRID_TEST_DB_URL: database.url }) };
function count(part: Part, result: PartResult): void {
  console.log(
    `== ${part.name}: ${result.passed} passed, ${result.failures.length} failed, ${result.skipped.length} skipped, ${result.seconds.toFixed(0)} s`,
  );
  passed += result.passed;
  lines.push({
    part: part.name,
    passed: result.passed,
    failed: result.failures.length,
    skipped: result.skipped.length,
    seconds: result.seconds,
  });
  failures.push(...result.failures);
  skipped.push(...result.skipped);
  unsteady.push(...result.unsteady);
}

try {
  for (const part of chosen) {
    console.log(`\n== ${part.name} (at most ${part.boxSeconds} s)`);
    count(part, await runPart(part, env));
  }
} finally {
  await database?.close();
}

for (const name of unexpectedSkips(skipped))
  failures.push(`skipped, but not in test/expected-skips.json (or what it needs is here): ${name}`);
if (values.full === true && values.only === undefined) writeProof(lines, failures);
if (unsteady.length > 0)
  console.log(`\nUnsteady: failed, and passed when their files were run again:\n${unsteady.map((line) => `  ${line}`).join('\n')}`);
if (failures.length > 0) console.log(`\nFailures:\n${failures.map((line) => `  ${line}`).join('\n')}`);
console.log(`\n${passed} passed, ${failures.length} failed, ${skipped.length} skipped`);
process.exitCode = failures.length === 0 && passed > 0 ? 0 : 1;
