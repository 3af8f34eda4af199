import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../checks/repository.ts';
import type { Part } from './parts.ts';

/** What became of a part. */
export interface PartResult {
  readonly passed: number;
  readonly failed: number;
  /** Full names. */
  readonly skipped: readonly string[];
  readonly failures: readonly string[];
  readonly seconds: number;
}

interface VitestReport {
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

/** Runs a command to its end or to the time box; output goes straight through. Resolves with the exit code, or 'timeout'. */
function execute(command: string, args: readonly string[], boxSeconds: number, env: NodeJS.ProcessEnv): Promise<number | 'timeout'> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'], detached: process.platform !== 'win32' });
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        child.kill('SIGKILL');
      }
    }, boxSeconds * 1000);
    child.on('error', reject);
    child.on('exit', (code) => {
      clearTimeout(timer);
      resolve(timedOut ? 'timeout' : (code ?? 1));
    });
  });
}

/** Runs one part and counts its tests; a script counts as one test. */
export async function runPart(part: Part, env: NodeJS.ProcessEnv): Promise<PartResult> {
  const began = process.hrtime.bigint();
  const seconds = () => Number(process.hrtime.bigint() - began) / 1e9;
  const wholeEnv = { ...env, ...part.env };
  if (part.script !== undefined) {
    const outcome = await execute(process.execPath, part.script, part.boxSeconds, wholeEnv);
    const ok = outcome === 0;
    const why = outcome === 'timeout' ? `longer than ${part.boxSeconds} s` : `exit code ${outcome}`;
    return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: [], failures: ok ? [] : [`${part.name}: ${why}`], seconds: seconds() };
  }
  const folder = mkdtempSync(join(tmpdir(), 'keygrid-test-'));
  const report = join(folder, 'report.json');
  const projects = (part.projects ?? []).flatMap((name) => ['--project', name]);
  const args = [
    'node_modules/vitest/vitest.mjs',
    'run',
    ...projects,
    '--reporter=dot',
    '--reporter=json',
    `--outputFile.json=${report}`,
    '--passWithNoTests',
  ];
  try {
    const outcome = await execute(process.execPath, args, part.boxSeconds, wholeEnv);
    if (outcome === 'timeout')
      return { passed: 0, failed: 1, skipped: [], failures: [`${part.name}: longer than ${part.boxSeconds} s`], seconds: seconds() };
    return { ...count(JSON.parse(readFileSync(report, 'utf8')) as VitestReport, outcome, part.name), seconds: seconds() };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function count(report: VitestReport, exitCode: number, name: string): Omit<PartResult, 'seconds'> {
  let passed = 0;
  const skipped: string[] = [];
  const failures: string[] = [];
  for (const file of report.testResults) {
    if (file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'))
      failures.push(`${file.name}: ${file.message ?? 'failed outside a test'}`);
    for (const test of file.assertionResults) {
      if (test.status === 'passed') passed += 1;
      else if (test.status === 'failed') failures.push(test.fullName);
      else skipped.push(test.fullName);
    }
  }
  // An unhandled rejection fails the run without failing a test; it must not pass unseen.
  if (exitCode !== 0 && failures.length === 0) failures.push(`${name}: the test runner ended with exit code ${exitCode}`);
  return { passed, failed: failures.length, skipped, failures };
}
