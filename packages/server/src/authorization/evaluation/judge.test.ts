import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuthorizationPolicy, PolicyLogic } from '../../model/index.ts';
import { createJudge } from './judge.ts';
import { join } from './strategy.ts';
import type { Facts, Subject } from './subject.ts';

const subject: Subject = {
  id: 'alice',
  realmRoles: new Set(),
  clientRoles: new Map(),
  roleIds: new Set(),
  groupPaths: [],
  claims: new Map(),
  context: new Map(),
};
const facts: Facts = {
  role: () => undefined,
  group: () => undefined,
  client: () => undefined,
  clientScope: () => undefined,
  user: () => undefined,
};
const base = {
  serverId: 's',
  logic: 'POSITIVE' as PolicyLogic,
  decisionStrategy: 'UNANIMOUS' as const,
  config: {},
  policyIds: [],
  resourceIds: [],
  scopeIds: [],
};
const user = (id: string, users: readonly string[], logic: PolicyLogic = 'POSITIVE'): AuthorizationPolicy => ({
  ...base,
  id,
  name: id,
  type: 'user',
  logic,
  config: { users: JSON.stringify(users) },
});
const aggregate = (id: string, policyIds: readonly string[], over: Partial<AuthorizationPolicy> = {}): AuthorizationPolicy => ({
  ...base,
  id,
  name: id,
  type: 'aggregate',
  policyIds,
  ...over,
});
const judge = (...policies: readonly AuthorizationPolicy[]) =>
  createJudge({ subject, facts, policy: (id) => policies.find((one) => one.id === id) });

describe('decision strategies', () => {
  const effects = fc.array(fc.constantFrom('PERMIT' as const, 'DENY' as const), { minLength: 1, maxLength: 9 });

  it('UNANIMOUS needs all, AFFIRMATIVE one, CONSENSUS more than half', () => {
    fc.assert(
      fc.property(effects, (all) => {
        const grants = all.filter((one) => one === 'PERMIT').length;
        expect(join('UNANIMOUS', all)).toBe(grants === all.length);
        expect(join('AFFIRMATIVE', all)).toBe(grants >= 1);
        expect(join('CONSENSUS', all)).toBe(grants * 2 > all.length);
      }),
    );
  });

  it('who satisfies UNANIMOUS satisfies CONSENSUS, and who satisfies CONSENSUS satisfies AFFIRMATIVE', () => {
    fc.assert(
      fc.property(effects, (all) => {
        if (join('UNANIMOUS', all)) expect(join('CONSENSUS', all)).toBe(true);
        if (join('CONSENSUS', all)) expect(join('AFFIRMATIVE', all)).toBe(true);
      }),
    );
  });
});

describe('an aggregated policy', () => {
  it('joins what it asks by its strategy, and turns it round where its logic is negative', () => {
    const [yes, no] = [user('yes', ['alice']), user('no', ['bob'])];
    expect(judge(yes, no, aggregate('all', ['yes', 'no']))('all')).toBe('DENY');
    expect(judge(yes, no, aggregate('one', ['yes', 'no'], { decisionStrategy: 'AFFIRMATIVE' }))('one')).toBe('PERMIT');
    expect(judge(yes, no, aggregate('not', ['yes', 'no'], { logic: 'NEGATIVE' }))('not')).toBe('PERMIT');
    expect(judge(yes, no, aggregate('half', ['yes', 'no'], { decisionStrategy: 'CONSENSUS' }))('half')).toBe('DENY');
  });

  it('that asks nobody, or somebody who is gone, grants nothing', () => {
    expect(judge(aggregate('none', []))('none')).toBe('DENY');
    expect(judge(aggregate('lost', ['gone']))('lost')).toBe('DENY');
  });

  it('comes to an end where policies ask each other in a circle', () => {
    const circle = judge(aggregate('a', ['b']), aggregate('b', ['a']));
    expect([circle('a'), circle('b')]).toEqual(['DENY', 'DENY']);
  });
});

describe('negative logic', () => {
  it('turns yes into no, and no or nothing into yes', () => {
    expect(judge(user('p', ['alice'], 'NEGATIVE'))('p')).toBe('DENY');
    expect(judge(user('p', ['bob'], 'NEGATIVE'))('p')).toBe('PERMIT');
    expect(judge(user('p', [], 'NEGATIVE'))('p')).toBe('PERMIT');
  });
});
