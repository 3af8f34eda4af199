import { describe, expect, it } from 'vitest';
import { checkLinearizability, type HistoryOperation } from './linearizability.ts';
import { type RegisterInput, type RegisterOutput, registerModel } from './register-model.ts';

type Operation = HistoryOperation<RegisterInput, RegisterOutput>;

function operation(calledAt: number, returnedAt: number, input: RegisterInput, output?: RegisterOutput): Operation {
  return { calledAt, returnedAt: output === undefined ? Number.POSITIVE_INFINITY : returnedAt, input, output };
}

const put = (from: number, to: number, value: string, found = false): Operation =>
  operation(from, to, { type: 'put', value }, { found, value: null });
const get = (from: number, to: number, value: string | null): Operation =>
  operation(from, to, { type: 'get' }, { found: value !== null, value });
const take = (from: number, to: number, value: string | null): Operation =>
  operation(from, to, { type: 'getAndRemove' }, { found: value !== null, value });
const accepts = (...history: Operation[]): boolean => checkLinearizability(registerModel, history).linearizable;

describe('histories that are linearizable', () => {
  it('accepts the empty one and a sequential one', () => {
    expect(accepts()).toBe(true);
    expect(accepts(put(0, 1, 'a'), get(2, 3, 'a'), take(4, 5, 'a'), get(6, 7, null))).toBe(true);
  });

  it('accepts a read that overlaps a write with either value', () => {
    expect(accepts(put(0, 10, 'a'), get(1, 2, null), get(3, 4, 'a'))).toBe(true);
  });

  it('accepts an unknown write that shows much later, or never', () => {
    expect(accepts(operation(0, 0, { type: 'put', value: 'a' }), get(5, 6, null), get(50, 60, 'a'))).toBe(true);
    expect(accepts(operation(0, 0, { type: 'put', value: 'a' }), get(5, 6, null), get(50, 60, null))).toBe(true);
  });

  it('accepts ten racing takers with one winner', () => {
    const racers = Array.from({ length: 10 }, (_, index) => take(2, 9, index === 4 ? 'a' : null));
    expect(accepts(put(0, 1, 'a'), ...racers)).toBe(true);
  });
});

describe('histories that are not', () => {
  it('rejects a stale read', () => {
    expect(accepts(put(0, 1, 'a'), put(2, 3, 'b', true), get(4, 5, 'a'))).toBe(false);
  });

  it('rejects reads that see a write and then do not', () => {
    expect(accepts(put(0, 10, 'a'), get(1, 2, 'a'), get(3, 4, null))).toBe(false);
  });

  it('rejects a lost acknowledged write', () => {
    expect(accepts(put(0, 1, 'a'), get(2, 3, null))).toBe(false);
  });

  it('rejects two winners', () => {
    expect(accepts(put(0, 1, 'a'), take(2, 9, 'a'), take(3, 8, 'a'))).toBe(false);
  });

  it('rejects a failed conditional that saw a write which never took effect', () => {
    expect(accepts(put(0, 1, 'a'), take(2, 3, null), get(4, 5, 'a'))).toBe(false);
  });

  it('rejects a value that returns after its removal, even with an unknown write about', () => {
    expect(accepts(put(0, 1, 'a'), operation(0, 0, { type: 'put', value: 'c' }), take(2, 3, 'a'), get(4, 5, 'a'))).toBe(false);
  });
});

describe('long histories', () => {
  it('judges two thousand operations of eight clients', () => {
    // A real register under a made-up schedule: the effect lies in the middle of each call.
    const history: Operation[] = [];
    let state: string | null = null;
    for (let index = 0; index < 2_000; index++) {
      const at = index * 10;
      if (index % 3 === 0) {
        history.push(put(at - 35, at + 35, `v${index}`, state !== null));
        state = `v${index}`;
      } else history.push(get(at - 35, at + 35, state));
    }
    expect(accepts(...history)).toBe(true);
    const [first, ...rest] = history;
    expect(first).toBeDefined();
    expect(accepts(...rest.slice(0, 900), get(9_020, 9_021, 'v3'), ...rest.slice(900))).toBe(false);
  });
});
