import { describe, expect, it } from 'vitest';
import type { Facts, Subject } from '../evaluation/subject.ts';
import { policyType } from './index.ts';
import type { Opinion } from './policy-type.ts';

const facts: Facts = {
  role: (id) => ({ boss: { name: 'boss', clientId: undefined }, cook: { name: 'cook', clientId: 'kitchen' } })[id],
  group: (id) => ({ staff: { name: 'staff', path: '/staff' }, night: { name: 'night', path: '/staff/night' } })[id],
  client: (id) => ({ 'uuid-app': 'app' })[id],
  clientScope: (id) => ({ 'uuid-email': 'email', 'uuid-phone': 'phone' })[id],
  user: () => undefined,
};
const nobody: Subject = {
  id: 'alice',
  realmRoles: new Set(),
  clientRoles: new Map(),
  roleIds: new Set(),
  groupPaths: [],
  claims: new Map(),
  context: new Map(),
};
const judged = (type: string, config: Record<string, unknown>, subject: Partial<Subject> = {}): Opinion => {
  const texts = Object.fromEntries(
    Object.entries(config).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
  return policyType(type)?.judge?.(texts, { ...nobody, ...subject }, facts);
};

describe('role policies', () => {
  const roles = [{ id: 'boss', required: true }, { id: 'cook' }];
  const boss = new Set(['boss']);
  const cook = new Map([['kitchen', new Set(['cook'])]]);

  it('grant to who has a role by the token, realm roles and client roles', () => {
    expect(judged('role', { roles: [{ id: 'boss' }] }, { realmRoles: boss })).toBe('grant');
    expect(judged('role', { roles: [{ id: 'cook' }] }, { clientRoles: cook })).toBe('grant');
    expect(judged('role', { roles: [{ id: 'cook' }] }, { realmRoles: new Set(['cook']) })).toBeUndefined();
    expect(judged('role', { roles: [{ id: 'boss' }] })).toBeUndefined();
  });

  it('deny to who lacks a required one, and pass over roles that are gone', () => {
    expect(judged('role', { roles }, { clientRoles: cook })).toBe('deny');
    expect(judged('role', { roles }, { realmRoles: boss })).toBe('grant');
    expect(judged('role', { roles: [{ id: 'gone', required: true }, { id: 'boss' }] }, { realmRoles: boss })).toBe('grant');
  });

  it('look at the roles that the user has now where roles are fetched', () => {
    const config = { roles: [{ id: 'boss' }], fetchRoles: 'true' };
    expect(judged('role', config, { realmRoles: boss })).toBeUndefined();
    expect(judged('role', config, { roleIds: boss })).toBe('grant');
  });
});

describe('user and client policies', () => {
  it('grant to who is named', () => {
    expect(judged('user', { users: ['alice'] })).toBe('grant');
    expect(judged('user', { users: ['bob'] })).toBeUndefined();
    const from = (client: string) => ({ context: new Map([['kc.client.id', [client]]]) });
    expect(judged('client', { clients: ['uuid-app'] }, from('app'))).toBe('grant');
    expect(judged('client', { clients: ['uuid-app'] }, from('other'))).toBeUndefined();
    // A client that is gone is nobody, also for a token without a client.
    expect(judged('client', { clients: ['uuid-gone'] }, from(''))).toBeUndefined();
  });
});

describe('group policies', () => {
  const staff = { groups: [{ id: 'staff', extendChildren: true }] };

  it('grant to members, and to those of children where it extends to them', () => {
    expect(judged('group', { groups: [{ id: 'staff' }] }, { groupPaths: ['/staff'] })).toBe('grant');
    expect(judged('group', { groups: [{ id: 'staff' }] }, { groupPaths: ['/staff/night'] })).toBeUndefined();
    expect(judged('group', staff, { groupPaths: ['/staff/night'] })).toBe('grant');
    expect(judged('group', staff, { groupPaths: ['/staffing'] })).toBeUndefined();
  });

  it('believe the claim where there is one, in which names without a path stand for themselves', () => {
    const config = { ...staff, groupsClaim: 'groups' };
    expect(judged('group', config, { claims: new Map([['groups', ['/other']]]), groupPaths: ['/staff'] })).toBeUndefined();
    expect(judged('group', config, { claims: new Map([['groups', ['staff']]]) })).toBe('grant');
    expect(judged('group', config, { groupPaths: ['/staff'] })).toBe('grant');
  });
});

describe('client scope policies', () => {
  it('grant to tokens with a scope, and deny where a required one is missing', () => {
    const clientScopes = [{ id: 'uuid-email', required: true }, { id: 'uuid-phone' }];
    const with_ = (scope: string) => ({ claims: new Map([['scope', [scope]]]) });
    expect(judged('client-scope', { clientScopes }, with_('openid email'))).toBe('grant');
    expect(judged('client-scope', { clientScopes }, with_('openid phone'))).toBe('deny');
    expect(judged('client-scope', { clientScopes: [{ id: 'uuid-phone' }] }, with_('telephone'))).toBeUndefined();
  });
});

describe('time policies', () => {
  const at = (text: string) => ({ context: new Map([['kc.time.date_time', [text]]]) });
  const noon = at('2026-03-15 12:30:00');

  it.each([
    ['not before', { nbf: '2026-03-15 12:30:01' }, 'deny'],
    ['from that second on', { nbf: '2026-03-15 12:30:00' }, 'grant'],
    ['a day alone begins at midnight', { nbf: '2026-03-15' }, 'grant'],
    ['not after', { noa: '2026-03-15 12:29:59' }, 'deny'],
    ['that second included', { noa: '2026-03-15 12:30:00' }, 'grant'],
    ['a day of the month', { dayMonth: '15' }, 'grant'],
    ['another day', { dayMonth: '14' }, 'deny'],
    ['a range of days', { dayMonth: '10', dayMonthEnd: '15' }, 'grant'],
    ['a range before', { dayMonth: '1', dayMonthEnd: '14' }, 'deny'],
    ['the month', { month: '3', year: '2026', hour: '12', minute: '0', minuteEnd: '30' }, 'grant'],
    ['another hour', { hour: '13', hourEnd: '18' }, 'deny'],
    ['another minute', { minute: '31' }, 'deny'],
    ['another year', { year: '2025' }, 'deny'],
    ['a limit that cannot be read', { nbf: 'x' }, 'deny'],
    ['no limits', {}, 'grant'],
  ])('%s', (_name, config, expected) => {
    expect(judged('time', config, noon)).toBe(expected);
  });

  it('a time that cannot be read opens nothing', () => {
    expect(judged('time', {}, at('soon'))).toBe('deny');
  });
});

describe('regex policies', () => {
  const claims = new Map([
    ['preferred_username', ['alice']],
    ['address', ['{"city":{"name":"Bern"},"zip":3000}']],
  ]);
  const config = (pattern: string, targetClaim = 'preferred_username') => ({ pattern, targetClaim });

  it('match the whole claim, also one inside an object', () => {
    expect(judged('regex', config('a.*e'), { claims })).toBe('grant');
    expect(judged('regex', config('lic'), { claims })).toBeUndefined();
    expect(judged('regex', config('a|alice2'), { claims })).toBeUndefined();
    expect(judged('regex', config('B.*', 'address.city.name'), { claims })).toBe('grant');
    expect(judged('regex', config('3000', 'address.zip'), { claims })).toBe('grant');
    expect(judged('regex', config('.*', 'address.city'), { claims })).toBeUndefined();
    expect(judged('regex', config('.*', 'nothing'), { claims })).toBeUndefined();
  });

  it('look at the circumstances where they are told to', () => {
    const context = new Map([['kc.client.network.ip_address', ['10.0.0.7']]]);
    const inside = { ...config('10\\..*', 'kc.client.network.ip_address'), targetContextAttributes: 'true' };
    expect(judged('regex', inside, { context })).toBe('grant');
    expect(judged('regex', { ...inside, targetContextAttributes: 'false' }, { context })).toBeUndefined();
  });

  it('a pattern that is none, or that never comes to an end, matches nothing and holds up nobody', () => {
    expect(judged('regex', config('('), { claims })).toBeUndefined();
    const slow = new Map([['preferred_username', [`${'a'.repeat(60)}!`]]]);
    expect(judged('regex', config('(a+)+'), { claims: slow })).toBeUndefined();
  });
});
