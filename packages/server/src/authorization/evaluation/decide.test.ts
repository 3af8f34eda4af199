import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decisionStrategies, enforcementModes } from '../../model/authorization.ts';
import type { AuthorizationPolicy, ProtectedResource, ResourceServer } from '../../model/index.ts';
import { type Decision, decide, type Wish } from './decide.ts';
import type { Effect } from './judge.ts';

const SERVER = 'server';
const ALICE = 'alice';
const SCOPES = ['read', 'write', 'share'];

const serverWith = (over: Partial<ResourceServer> = {}): ResourceServer => ({
  id: SERVER,
  realmId: 'realm',
  allowRemoteResourceManagement: true,
  policyEnforcementMode: 'ENFORCING',
  decisionStrategy: 'UNANIMOUS',
  ...over,
});
const resourceWith = (over: Partial<ProtectedResource> = {}): ProtectedResource => ({
  id: 'doc',
  serverId: SERVER,
  name: 'doc',
  uris: [],
  owner: SERVER,
  ownerManagedAccess: false,
  attributes: {},
  scopeIds: ['read', 'write'],
  policyIds: [],
  ...over,
});
let made = 0;
const permission = (type: string, policyIds: readonly string[], over: Partial<AuthorizationPolicy> = {}): AuthorizationPolicy => {
  made += 1;
  return {
    id: `p${made}`,
    serverId: SERVER,
    name: `p${made}`,
    type,
    logic: 'POSITIVE',
    decisionStrategy: 'UNANIMOUS',
    config: {},
    policyIds,
    resourceIds: ['doc'],
    scopeIds: [],
    ...over,
  };
};
const answers = (effects: Readonly<Record<string, Effect>>) => (id: string) => effects[id] ?? 'DENY';
const doc = resourceWith();
const wish = (scopeIds: readonly string[], resource = doc): Wish => ({ resource, scopeIds });
const yes = answers({ yes: 'PERMIT' });
const outcome = ({ granted, scopeIds }: Decision) => (granted ? scopeIds : 'refused');

describe('enforcement modes', () => {
  it('ENFORCING refuses what no permission speaks of, PERMISSIVE grants it, DISABLED grants everything', () => {
    const of = (mode: ResourceServer['policyEnforcementMode'], permissions: readonly AuthorizationPolicy[]) =>
      outcome(decide(serverWith({ policyEnforcementMode: mode }), wish(['read']), permissions, yes, ALICE));
    expect(of('ENFORCING', [])).toBe('refused');
    expect(of('PERMISSIVE', [])).toEqual(['read']);
    expect(of('DISABLED', [])).toEqual(['read']);
    const no = [permission('resource', ['no'])];
    expect(of('ENFORCING', no)).toBe('refused');
    expect(of('PERMISSIVE', no)).toBe('refused');
    expect(of('DISABLED', no)).toEqual(['read']);
  });

  it('a permission that asks no policy grants nothing', () => {
    expect(outcome(decide(serverWith(), wish(['read']), [permission('resource', [])], yes, ALICE))).toBe('refused');
  });
});

describe('resource and scope permissions', () => {
  const of = (
    permissions: readonly AuthorizationPolicy[],
    wanted = ['read', 'write'],
    over: Partial<ResourceServer> = {},
    resource = doc,
  ) => outcome(decide(serverWith(over), wish(wanted, resource), permissions, yes, ALICE));

  it('a resource permission grants all scopes that are wanted, or denies them', () => {
    expect(of([permission('resource', ['yes'])])).toEqual(['read', 'write']);
    expect(of([permission('resource', ['no'])])).toBe('refused');
  });

  it('a scope permission takes its scopes out of what a resource permission grants', () => {
    expect(of([permission('resource', ['yes']), permission('scope', ['no'], { scopeIds: ['write'] })])).toEqual(['read']);
    expect(of([permission('resource', ['yes']), permission('scope', ['no'], { scopeIds: ['write'] })], ['write'])).toBe('refused');
  });

  it('one grant is enough where the server is affirmative, and not where it is unanimous', () => {
    const both = [permission('resource', ['no']), permission('scope', ['yes'], { scopeIds: ['write'] })];
    expect(of(both)).toBe('refused');
    expect(of(both, ['read', 'write'], { decisionStrategy: 'AFFIRMATIVE' })).toEqual(['write']);
  });

  it('a scope permission for other resources denies nothing here', () => {
    const other = permission('scope', ['no'], { resourceIds: ['other'], scopeIds: ['write'] });
    expect(of([permission('resource', ['yes']), other])).toEqual(['read', 'write']);
  });

  it('a scope that was wanted is not answered by the resource alone', () => {
    const own = resourceWith({ owner: 'bob' });
    expect(of([permission('scope', ['yes'], { scopeIds: ['read'] })], ['write'], {}, own)).toBe('refused');
  });

  it('a resource without scopes is granted as a whole', () => {
    const plain = resourceWith({ scopeIds: [] });
    expect(of([permission('resource', ['yes'])], [], {}, plain)).toEqual([]);
    expect(of([permission('resource', ['no'])], [], {}, plain)).toBe('refused');
  });
});

describe('what owners share', () => {
  const shared = resourceWith({ owner: ALICE, ownerManagedAccess: true });
  const share = (answer: string, scopeIds: readonly string[]) => permission('uma', [answer], { owner: ALICE, scopeIds });
  const of = (permissions: readonly AuthorizationPolicy[], wanted: readonly string[], subject: string, resource = shared) =>
    outcome(decide(serverWith(), wish(wanted, resource), permissions, yes, subject));

  it('is granted to whom it is shared with, also where the server denies', () => {
    expect(of([share('yes', ['read'])], ['read', 'write'], 'bob')).toEqual(['read']);
    expect(of([permission('resource', ['no']), share('yes', ['read'])], ['read'], 'bob')).toEqual(['read']);
    expect(of([share('no', ['read'])], ['read'], 'bob')).toBe('refused');
    expect(of([share('yes', ['read'])], ['write'], 'bob')).toBe('refused');
  });

  it('needs nobody’s leave for the owner, and counts only where the owner may share', () => {
    expect(of([share('no', ['read'])], ['read'], ALICE)).toEqual(['read']);
    const not = resourceWith({ owner: ALICE, ownerManagedAccess: false });
    expect(of([share('yes', ['read'])], ['read'], 'bob', not)).toBe('refused');
  });

  it('a ticket that was granted is not asked about again', () => {
    const decision = decide(
      serverWith(),
      { resource: shared, scopeIds: ['read'], granted: true },
      [permission('resource', ['no'])],
      yes,
      'bob',
    );
    expect(outcome(decision)).toEqual(['read']);
  });
});

describe('of any permissions at all', () => {
  const policyIds = ['a', 'b', 'c'];
  const subset = (all: readonly string[]) => fc.subarray([...all]);
  const arbitrary = fc.record({
    mode: fc.constantFrom(...enforcementModes),
    strategy: fc.constantFrom(...decisionStrategies),
    owner: fc.constantFrom(SERVER, ALICE, 'bob'),
    ownerManagedAccess: fc.boolean(),
    resourceScopes: subset(SCOPES),
    wanted: subset(SCOPES),
    effects: fc.record({ a: fc.boolean(), b: fc.boolean(), c: fc.boolean() }),
    permissions: fc.array(
      fc.record({
        type: fc.constantFrom('resource', 'scope', 'uma'),
        strategy: fc.constantFrom(...decisionStrategies),
        asks: subset(policyIds),
        named: fc.boolean(),
        scopeIds: subset(SCOPES),
      }),
      { maxLength: 5 },
    ),
  });
  type Case = typeof arbitrary extends fc.Arbitrary<infer T> ? T : never;
  const run = (one: Case, effects: Readonly<Record<string, boolean>> = one.effects): Decision => {
    const resource = resourceWith({ owner: one.owner, ownerManagedAccess: one.ownerManagedAccess, scopeIds: one.resourceScopes });
    const permissions = one.permissions.map(({ type, strategy, asks, named, scopeIds }, at) =>
      permission(type, asks, { id: `q${at}`, decisionStrategy: strategy, resourceIds: named ? ['doc'] : [], scopeIds }),
    );
    const server = serverWith({ policyEnforcementMode: one.mode, decisionStrategy: one.strategy });
    // In the order in which they are found: those that name the resource first.
    const ordered = permissions.toSorted((x, y) => y.resourceIds.length - x.resourceIds.length);
    return decide(server, wish(one.wanted, resource), ordered, (id) => (effects[id] ? 'PERMIT' : 'DENY'), 'carol');
  };

  it('no scope is granted that was not wanted', () => {
    fc.assert(
      fc.property(arbitrary, (one) => {
        const { granted, scopeIds } = run(one);
        if (granted && one.wanted.length > 0) expect(scopeIds.every((id) => one.wanted.includes(id))).toBe(true);
        if (granted && one.wanted.length > 0) expect(scopeIds).not.toEqual([]);
        if (!granted) expect(scopeIds).toEqual([]);
      }),
    );
  });

  it('a policy that changes its answer to yes takes nothing away', () => {
    fc.assert(
      fc.property(arbitrary, fc.constantFrom(...policyIds), (one, changed) => {
        const before = run(one, { ...one.effects, [changed]: false });
        const after = run(one, { ...one.effects, [changed]: true });
        if (before.granted) expect(after.granted).toBe(true);
        for (const id of before.scopeIds) expect(after.scopeIds).toContain(id);
      }),
    );
  });

  it('where every policy says no, an enforcing server grants nothing', () => {
    fc.assert(
      fc.property(arbitrary, (one) => {
        const decision = run({ ...one, mode: 'ENFORCING' }, { a: false, b: false, c: false });
        expect(decision.granted).toBe(false);
      }),
    );
  });

  it('a denial that names the resource stands, whoever else grants, on a unanimous server', () => {
    fc.assert(
      fc.property(arbitrary, (one) => {
        const denying = { type: 'resource' as const, strategy: 'UNANIMOUS' as const, asks: ['a'], named: true, scopeIds: [] };
        const fixed: Case = { ...one, mode: 'ENFORCING', strategy: 'UNANIMOUS', permissions: [denying, ...one.permissions] };
        const decision = run(
          { ...fixed, ownerManagedAccess: false, resourceScopes: SCOPES, wanted: ['read'] },
          { a: false, b: true, c: true },
        );
        expect(decision.granted).toBe(false);
      }),
    );
  });
});
