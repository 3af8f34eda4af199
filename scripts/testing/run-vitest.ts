import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execute } from './execute.ts';
import { HOOK_ERRORS_FILE } from './hook-errors-reporter.ts';
import type { Part } from './parts.ts';

/** More files than these do not fail by chance. */
const MAX_FILES_AGAIN = 3;

/** What tests said. */
export interface Count {
  readonly passed: number;
  readonly failed: number;
  /** Full names. */
  readonly skipped: readonly string[];
  readonly failures: readonly string[];
  /** Failures of a first run whose files passed when they were run again. */
  readonly unsteady: readonly string[];
}

export const failedPart = (failure: string): Count => ({ passed: 0, failed: 1, skipped: [], failures: [failure], unsteady: [] });

export interface VitestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

/** Runs the tests of a part; where the part says so, the few files that failed once more. */
export async function runVitest(part: Part, env: NodeJS.ProcessEnv): Promise<Count> {
  const first = await run(part, env, []);
  if ('failure' in first) return failedPart(first.failure);
  const files = part.again === true ? worthAgain(first) : [];
  if (files.length === 0) return count(first, part.name);
  console.log(`\n== ${part.name}: once more: ${files.join(', ')}`);
  const second = await run(part, env, files);
  return 'failure' in second ? count(first, part.name) : together(first, second, part.name);
}

/** The files that failed, where they are few and nothing went wrong outside of them, which would not be seen again. */
export function worthAgain({ report, outside }: Ended): readonly string[] {
  const files = report.testResults.filter(({ status }) => status === 'failed').map(({ name }) => name);
  return files.length <= MAX_FILES_AGAIN && outside.every(({ file }) => files.includes(file)) ? files : [];
}

/** A run and the second one of its failed files: their failures stand unless the second run was whole and all went well in it. */
export function together(first: Ended, second: Ended, name: string): Count {
  const counted = count(first, name);
  const others = first.report.testResults.filter((file) => second.report.testResults.every((again) => again.name !== file.name));
  const whole = count({ ...second, report: { testResults: [...others, ...second.report.testResults] } }, name);
  const tests = ({ passed, failed, skipped }: Count): number => passed + failed + skipped.length;
  return whole.failed > 0 || tests(whole) < tests(counted) ? counted : { ...whole, unsteady: counted.failures };
}

/** What a test runner that ended left. */
export interface Ended {
  readonly report: VitestReport;
  readonly outside: readonly HookError[];
  readonly exitCode: number;
}

async function run(part: Part, env: NodeJS.ProcessEnv, files: readonly string[]): Promise<Ended | { readonly failure: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'keygrid-test-'));
  const report = join(folder, 'report.json');
  const hookErrors = join(folder, 'hook-errors.jsonl');
  const projects = (part.projects ?? []).flatMap((name) => ['--project', name]);
  const args = [
    'node_modules/vitest/vitest.mjs',
    'run',
    ...projects,
    '--reporter=dot',
    '--reporter=json',
    '--reporter=./scripts/testing/hook-errors-reporter.ts',
    `--outputFile.json=${report}`,
    '--passWithNoTests',
    ...files,
  ];
  try {
    const outcome = await execute(process.execPath, args, { boxSeconds: part.boxSeconds, env: { ...env, [HOOK_ERRORS_FILE]: hookErrors } });
    if (outcome === 'timeout') return { failure: `${part.name}: longer than ${part.boxSeconds} s` };
    if (!existsSync(report)) return { failure: `${part.name}: the test runner ended with exit code ${outcome} and wrote no report` };
    const outside = existsSync(hookErrors) ? readFileSync(hookErrors, 'utf8').trim().split('\n') : [];
    return {
      report: JSON.parse(readFileSync(report, 'utf8')) as VitestReport,
      outside: outside.map((line) => JSON.parse(line) as HookError),
      exitCode: outcome,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface HookError {
  readonly file: string;
  readonly message: string;
}

/** The beginning of a message: the summary is for finding the test, the output above it has the rest. */
const excerpt = (message: string | undefined): string =>
  message === undefined || message === '' ? '' : `: ${message.split('\n').slice(0, 6).join(' | ').slice(0, 800)}`;

function count({ report, outside, exitCode }: Ended, name: string): Count {
  let passed = 0;
  const skipped: string[] = [];
  const failures: string[] = [];
  for (const file of report.testResults) {
    if (file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed')) {
      const messages = outside.filter((error) => error.file === file.name).map((error) => error.message);
      failures.push(`${file.name}: failed outside a test${excerpt([file.message ?? '', ...messages].join('\n').trim())}`);
    }
    for (const test of file.assertionResults) {
      if (test.status === 'passed') passed += 1;
      else if (test.status === 'failed') failures.push(`${test.fullName}${excerpt(test.failureMessages?.[0])}`);
      else skipped.push(test.fullName);
    }
  }
  // An unhandled rejection fails the run without failing a test; it must not pass unseen.
  if (exitCode !== 0 && failures.length === 0) failures.push(`${name}: the test runner ended with exit code ${exitCode}`);
  return { passed, failed: failures.length, skipped, failures, unsteady: [] };
}
