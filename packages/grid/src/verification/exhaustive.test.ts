import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkLinearizability, type HistoryOperation } from './linearizability.ts';
import { type RegisterInput, type RegisterOutput, registerModel } from './register-model.ts';

type Operation = HistoryOperation<RegisterInput, RegisterOutput>;

/** The definition itself: some order of the known operations and some of the unknown ones fits. Only for a handful of operations. */
function fitsSomeOrder(left: readonly Operation[], state: string | null): boolean {
  if (left.every(({ output }) => output === undefined)) return true;
  const earliestReturn = Math.min(...left.map(({ returnedAt }) => returnedAt));
  return left.some((operation, index) => {
    if (operation.calledAt > earliestReturn) return false;
    const after = registerModel.step(state, operation.input, operation.output);
    return after !== undefined && fitsSomeOrder(left.toSpliced(index, 1), after.state);
  });
}

const value = fc.constantFrom('a', 'b');
const input: fc.Arbitrary<RegisterInput> = fc.oneof(
  fc.record({ type: fc.constantFrom('get' as const, 'remove' as const, 'getAndRemove' as const) }),
  fc.record({ type: fc.constantFrom('put' as const, 'putIfAbsent' as const, 'replace' as const), value }),
  fc.record({ type: fc.constant('replaceIfVersion' as const), value, expected: value }),
  fc.record({ type: fc.constant('removeIfVersion' as const), expected: value }),
);
const output: fc.Arbitrary<RegisterOutput> = fc.record({ found: fc.boolean(), value: fc.constantFrom(null, 'a', 'b') });

const operation: fc.Arbitrary<Operation> = fc
  .record({ input, output: fc.option(output, { nil: undefined, freq: 5 }), calledAt: fc.nat(20), length: fc.integer({ min: 1, max: 10 }) })
  .map(({ input, output, calledAt, length }) => ({
    input,
    output,
    calledAt,
    returnedAt: output === undefined ? Number.POSITIVE_INFINITY : calledAt + length,
  }));

describe('the search', () => {
  it('agrees with the definition on every small history', () => {
    let linearizable = 0;
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 5 }), (history) => {
        const verdict = checkLinearizability(registerModel, history).linearizable;
        if (verdict) linearizable += 1;
        expect(verdict).toBe(fitsSomeOrder(history, null));
      }),
      { numRuns: 5_000, seed: 20_261_129 },
    );
    // Both answers must have been asked for.
    expect(linearizable).toBeGreaterThan(200);
    expect(linearizable).toBeLessThan(4_800);
  });
});
