import { describe, expect, it } from 'vitest';
import { type Claim, type ClaimOutcome, type TaskState, taskUpdates, tokenOf } from './task-schedule.ts';

/** The state of one task as its primary keeps it. */
class Primary {
  state: TaskState | undefined;
  nowMs = 1_000_000;

  claim(member: string, more: Partial<Claim> = {}): ClaimOutcome {
    return this.#run('claim', { member, members: ['1', '2', '3'], epoch: 7, intervalMs: 1_000, ...more });
  }

  end(member: string, token: { epoch: number; run: number }): ClaimOutcome {
    return this.#run('end', { member, intervalMs: 1_000, ...token });
  }

  granted(member: string, more: Partial<Claim> = {}): { epoch: number; run: number } {
    const outcome = this.claim(member, more);
    if (!outcome.granted) throw new Error(`refused for ${outcome.dueInMs} ms`);
    return outcome;
  }

  #run(name: keyof typeof taskUpdates, argument: unknown): ClaimOutcome {
    const { value, result } = taskUpdates[name](this.state, argument, this.nowMs);
    if (value !== 'keep') this.state = value;
    return result as ClaimOutcome;
  }
}

describe('the schedule of a task', () => {
  it('begins with a whole interval and counts from start to start, whoever runs it', () => {
    const primary = new Primary();
    expect(primary.claim('1')).toEqual({ granted: false, dueInMs: 1_000 });
    primary.nowMs += 1_000;
    const first = primary.granted('1');
    primary.nowMs += 300;
    expect(primary.end('1', first)).toEqual({ granted: false, dueInMs: 700 });
    primary.nowMs += 200;
    expect(primary.claim('2', { epoch: 8 })).toEqual({ granted: false, dueInMs: 500 });
    primary.nowMs += 500;
    expect(primary.claim('2', { epoch: 8 }).granted).toBe(true);
  });

  it('lets nobody else begin while the runner is a member, and begins anew at once when it is gone', () => {
    const primary = new Primary();
    primary.claim('1');
    primary.nowMs += 1_000;
    primary.granted('1');
    primary.nowMs += 50_000;
    expect(primary.claim('2')).toEqual({ granted: false, dueInMs: 1_000 });
    expect(primary.claim('2', { members: ['2', '3'], epoch: 8 }).granted).toBe(true);
  });

  it('skips the turns that a run outlasts', () => {
    const primary = new Primary();
    primary.claim('1');
    primary.nowMs += 1_000;
    const run = primary.granted('1');
    primary.nowMs += 3_400;
    expect(primary.end('1', run)).toEqual({ granted: false, dueInMs: 600 });
  });

  it('gives tokens that only grow, also over the loss of the state, and lets a late end change nothing', () => {
    const primary = new Primary();
    const tokens: bigint[] = [];
    primary.claim('1');
    for (let run = 0; run < 3; run++) {
      primary.nowMs += 1_000;
      const granted = primary.granted('1');
      tokens.push(tokenOf(granted));
      primary.end('1', granted);
    }
    primary.nowMs += 1_000;
    const frozen = primary.granted('1');
    tokens.push(tokenOf(frozen));
    tokens.push(tokenOf(primary.granted('2', { members: ['2'], epoch: 8 })));
    const before = primary.state;
    primary.end('1', frozen);
    expect(primary.state).toEqual(before);
    primary.state = undefined;
    primary.claim('2', { epoch: 9 });
    primary.nowMs += 1_000;
    tokens.push(tokenOf(primary.granted('2', { epoch: 9 })));
    // An older view of a member that was slow to install the newer one.
    primary.nowMs += 1_000;
    tokens.push(tokenOf(primary.granted('2', { epoch: 8 })));
    expect(tokens).toEqual([...tokens].sort((a, b) => Number(a - b)));
    expect(new Set(tokens).size).toBe(tokens.length);
  });
});
