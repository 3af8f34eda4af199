import { execute } from './execute.ts';
import type { Part } from './parts.ts';
import { type Count, failedPart, runVitest } from './run-vitest.ts';

/** How much of a script's output the summary repeats. */
const KEPT_CHARACTERS = 1_500;

/** What became of a part. */
export interface PartResult extends Count {
  readonly seconds: number;
}

/** Runs one part and counts its tests; a script counts as one test. */
export async function runPart(part: Part, env: NodeJS.ProcessEnv): Promise<PartResult> {
  const began = process.hrtime.bigint();
  const seconds = () => Number(process.hrtime.bigint() - began) / 1e9;
  // A log is no terminal: with colours each of the dots would be thirty characters.
  const wholeEnv = { ...env, ...(process.stdout.isTTY ? {} : { NO_COLOR: '1', FORCE_COLOR: undefined }), ...part.env };
  if (part.script !== undefined) {
    let tail = '';
    const onOutput = (text: string): void => {
      tail = (tail + text).slice(-KEPT_CHARACTERS);
    };
    const outcome = await execute(process.execPath, part.script, { boxSeconds: part.boxSeconds, env: wholeEnv, onOutput });
    const what = outcome === 'timeout' ? `longer than ${part.boxSeconds} s` : `exit code ${outcome}`;
    const why = `${what}; its last lines: ${tail.trim().split('\n').join(' | ')}`;
    const counted = outcome === 0 ? { passed: 1, failed: 0, skipped: [], failures: [], unsteady: [] } : failedPart(`${part.name}: ${why}`);
    return { ...counted, seconds: seconds() };
  }
  return { ...(await runVitest(part, wholeEnv)), seconds: seconds() };
}
