import { describe, expect, it } from 'vitest';
import { type Ended, together, worthAgain } from './run-vitest.ts';

type Status = 'passed' | 'failed' | 'pending';

/** A run of files by the statuses of their tests. */
const ended = (files: Readonly<Record<string, readonly Status[]>>, outside: Ended['outside'] = []): Ended => ({
  report: {
    testResults: Object.entries(files).map(([name, statuses]) => ({
      name,
      status: statuses.includes('failed') ? 'failed' : 'passed',
      assertionResults: statuses.map((status, index) => ({ fullName: `${name} ${index}`, status })),
    })),
  },
  outside,
  exitCode: Object.values(files).flat().includes('failed') ? 1 : 0,
});

describe('files that failed', () => {
  it('are run again where they are few and nothing went wrong elsewhere', () => {
    expect(worthAgain(ended({ a: ['failed'], b: ['passed'] }))).toEqual(['a']);
    expect(worthAgain(ended({ a: ['failed'], b: ['failed'], c: ['failed'], d: ['failed'] }))).toEqual([]);
    expect(worthAgain(ended({ a: ['failed'] }, [{ file: '', message: 'nobody waited for this' }]))).toEqual([]);
  });

  it('are told as unsteady where they pass then', () => {
    const first = ended({ a: ['passed', 'failed', 'pending'], b: ['passed'] });
    expect(together(first, ended({ a: ['passed', 'passed', 'pending'] }), 'part')).toEqual({
      passed: 3,
      failed: 0,
      skipped: ['a 2'],
      failures: [],
      unsteady: ['a 1'],
    });
  });

  it('stay failed where another test of theirs fails, or some are not there any more', () => {
    const first = ended({ a: ['passed', 'failed'] });
    expect(together(first, ended({ a: ['failed', 'passed'] }), 'part').failures).toEqual(['a 1']);
    expect(together(first, ended({ a: ['passed'] }), 'part').failures).toEqual(['a 1']);
  });
});
