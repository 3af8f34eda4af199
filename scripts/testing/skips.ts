import { execFileSync } from 'node:child_process';
import { textOf } from '../checks/repository.ts';

/** One line of test/expected-skips.json. */
export interface ExpectedSkip {
  /** Beginning of the test's full name. */
  readonly test: string;
  /** What the test needs and a machine may lack: a key of `facilities`. */
  readonly needs: string;
  readonly reason: string;
}

/** Optional facilities of a machine -> the programs any one of which provides it. */
export const facilities: Readonly<Record<string, readonly string[]>> = {
  chromium: ['chromium', 'chromium-browser', 'google-chrome'],
  haproxy: ['haproxy'],
  nginx: ['nginx'],
  java: ['java'],
  redis: ['redis-server'],
};

/** Path of the program that provides a facility, undefined where the machine has none. */
export function findFacility(name: string): string | undefined {
  for (const program of facilities[name] ?? []) {
    try {
      const found = execFileSync(process.platform === 'win32' ? 'where' : 'which', [program], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      })
        .trim()
        .split('\n')[0];
      if (found !== undefined && found !== '') return found;
    } catch {
      // `which` exits with 1 where there is none: try the next name.
    }
  }
  return undefined;
}

/** Skipped tests that no line of the list allows, or whose facility is there after all. */
export function unexpectedSkips(skipped: readonly string[]): string[] {
  const expected = JSON.parse(textOf('test/expected-skips.json')) as ExpectedSkip[];
  return skipped.filter((name) => !expected.some((line) => name.startsWith(line.test) && findFacility(line.needs) === undefined));
}
