import { appendFileSync } from 'node:fs';
import type { Reporter, TestModule, TestSuite } from 'vitest/node';

/** Names the file that the reporter below writes to, one line of JSON an error: `{ file, message }`. */
export const HOOK_ERRORS_FILE = 'KEYGRID_TEST_HOOK_ERRORS';

/** Errors of hooks (beforeAll, afterAll): the JSON report says of a file with one that it failed, and leaves out why. */
export default class HookErrorsReporter implements Reporter {
  onTestSuiteResult(suite: TestSuite): void {
    write(suite.module.moduleId, suite.errors());
  }

  /** Errors outside of every test, which no file is known of. */
  onTestRunEnd(_modules: readonly TestModule[], errors: readonly { readonly message: string }[]): void {
    write('', errors);
  }

  onTestModuleEnd(module: TestModule): void {
    write(module.moduleId, module.errors());
  }
}

function write(file: string, errors: readonly { readonly message: string }[]): void {
  const path = process.env[HOOK_ERRORS_FILE];
  if (path === undefined) return;
  for (const { message } of errors) appendFileSync(path, `${JSON.stringify({ file, message })}\n`);
}
