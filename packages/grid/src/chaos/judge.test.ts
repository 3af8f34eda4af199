import { describe, expect, it } from 'vitest';
import { judge } from './judge.ts';
import { emptyRecord, never, type StepRecord } from './record.ts';

const whole = { 2: never, 3: never };
const invariants = (record: StepRecord, cutoffs = whole): string[] => judge(record, cutoffs).findings.map(({ invariant }) => invariant);

function lostWrite(): StepRecord {
  const record = emptyRecord();
  record.registers.push({
    key: 'register-1',
    owners: 2,
    unknown: 0,
    operations: [
      { input: { type: 'put', value: 'v1' }, output: { found: undefined, value: null }, calledAt: 0, returnedAt: 10 },
      { input: { type: 'get' }, output: { found: false, value: null }, calledAt: 50, returnedAt: 60 },
    ],
  });
  return record;
}

describe('the judge of a step', () => {
  it('finds nothing in a step in which all went well', () => {
    const record = emptyRecord();
    record.counters.push({
      key: 'counter-1',
      owners: 3,
      increments: [{ calledAt: 0, returnedAt: 1, answer: 1 }],
      reads: [{ epoch: 3, sequence: 1, calledAt: 2, returnedAt: 3 }],
      final: 1,
    });
    record.tokens.push({ key: 'token-1', owners: 2, putCalledAt: 0, putAt: 1, takes: [{ calledAt: 2, returnedAt: 3, won: true }] });
    record.elements.push({ key: 'element-1', owners: 2, calledAt: 0, acknowledgedAt: 1, found: true });
    expect(judge(record, whole)).toMatchObject({ findings: [], keys: 3, cutShort: 0, undecided: 0 });
  });

  it('finds a write that was acknowledged and is gone', () => {
    expect(invariants(lostWrite())).toEqual(['D1']);
    const record = emptyRecord();
    record.elements.push({ key: 'element-1', owners: 3, calledAt: 0, acknowledgedAt: 1, found: false });
    expect(invariants(record)).toEqual(['D2']);
  });

  it('forgives it once all owners of the cache may have failed, but nothing that was read before', () => {
    expect(invariants(lostWrite(), { ...whole, 2: 20 })).toEqual([]);
    expect(invariants(lostWrite(), { ...whole, 2: 70 })).toEqual(['D1']);
    expect(invariants(lostWrite(), { ...whole, 3: 20 })).toEqual(['D1']);
  });

  it('finds two winners, a count that was answered twice, and a version that fell', () => {
    const record = emptyRecord();
    const take = { calledAt: 2, returnedAt: 3, won: true };
    record.tokens.push({ key: 'token-1', owners: 2, putCalledAt: 0, putAt: 1, takes: [take, take] });
    record.counters.push({
      key: 'counter-1',
      owners: 2,
      increments: [
        { calledAt: 0, returnedAt: 1, answer: 1 },
        { calledAt: 0, returnedAt: 1, answer: 1 },
      ],
      reads: [
        { epoch: 4, sequence: 9, calledAt: 0, returnedAt: 1 },
        { epoch: 4, sequence: 8, calledAt: 2, returnedAt: 3 },
      ],
      final: 2,
    });
    expect(judge(record, whole).findings.map(({ key, detail }) => `${key}: ${detail}`)).toEqual([
      'counter-1: count 1 was answered twice',
      'counter-1: version 4.8 was read at 2.0 after version 4.9 had been read until 1.0',
      'token-1: 2 takers got it',
    ]);
  });
});
