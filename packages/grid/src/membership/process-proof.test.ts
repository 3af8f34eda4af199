import { describe, expect, it } from 'vitest';
import { describeProcess, isProcessGone } from './process-proof.ts';

describe.runIf(process.platform === 'linux')('the proof that a process is gone', () => {
  const mark = () => JSON.parse(describeProcess()) as Record<string, unknown>;
  const gone = (changes: Record<string, unknown>) => isProcessGone({ process: JSON.stringify({ ...mark(), ...changes }) });

  it('does not hold for a living process', () => expect(gone({})).toBe(false));
  it('holds when the pid belongs to nobody or to a later process', () => {
    expect(gone({ pid: 2 ** 22 + 1 })).toBe(true);
    expect(gone({ startTicks: '1' })).toBe(true);
  });
  it('is never claimed about another boot, other namespaces, another user, or an unreadable mark', () => {
    expect(gone({ pid: 2 ** 22 + 1, bootId: 'other' })).toBe(false);
    expect(gone({ pid: 2 ** 22 + 1, pidNamespace: 'pid:[1]' })).toBe(false);
    expect(gone({ pid: 2 ** 22 + 1, timeNamespace: 'time:[1]' })).toBe(false);
    expect(gone({ pid: 2 ** 22 + 1, user: -2 })).toBe(false);
    expect(isProcessGone({ process: '' })).toBe(false);
    expect(isProcessGone({ process: '{' })).toBe(false);
  });
});
