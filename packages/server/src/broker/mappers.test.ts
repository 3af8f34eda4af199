import { describe, expect, it } from 'vitest';
import type { IdentityProvider, IdentityProviderMapper } from '../model/index.ts';
import { identityProviderFixture } from '../testing/fixtures.ts';
import { outsideIdentity, withMapped } from './outside-identity.ts';
import { filledTemplate } from './username-template.ts';

const provider = (mappers: readonly [string, Record<string, string>][], syncMode?: string): IdentityProvider =>
  identityProviderFixture({
    config: syncMode === undefined ? {} : { syncMode },
    mappers: mappers.map(([identityProviderMapper, config], index): IdentityProviderMapper => {
      return { id: String(index), name: String(index), identityProviderMapper, config };
    }),
  });
const claims = {
  sub: 's',
  preferred_username: 'Anna',
  department: 'sales',
  groups: ['staff', 'eu-west'],
  realm_access: { roles: ['boss'] },
  resource_access: { shop: { roles: ['clerk'] } },
};
const anna = {
  id: 'u',
  realmId: 'r',
  version: 0,
  username: 'anna',
  emailVerified: false,
  enabled: true,
  createdTimestamp: 0,
  notBefore: 0,
  attributes: { d: ['old'], kept: ['k'] },
  requiredActions: [],
};
const of = (type: string, config: Record<string, string>, syncMode?: string, isFirst = true) =>
  outsideIdentity(provider([[type, config]], syncMode), claims, isFirst);
const both = JSON.stringify([
  { key: 'department', value: 'sales' },
  { key: 'groups', value: 'eu-.*' },
]);

describe('mappers of a provider', () => {
  it('give and take roles and groups', () => {
    expect(of('oidc-hardcoded-role-idp-mapper', { role: 'r' }).roles).toEqual(['r']);
    expect(of('oidc-hardcoded-group-idp-mapper', { group: '/g' }).groups).toEqual(['/g']);
    expect(of('oidc-role-idp-mapper', { claim: 'groups', 'claim.value': 'staff', role: 'r' }).roles).toEqual(['r']);
    expect(of('oidc-role-idp-mapper', { claim: 'groups', 'claim.value': 'nobody', role: 'r' })).toMatchObject({
      roles: [],
      lostRoles: ['r'],
    });
    expect(of('keycloak-oidc-role-to-role-idp-mapper', { 'external.role': 'boss', role: 'r' }).roles).toEqual(['r']);
    expect(of('keycloak-oidc-role-to-role-idp-mapper', { 'external.role': 'shop.clerk', role: 'r' }).roles).toEqual(['r']);
    expect(of('keycloak-oidc-role-to-role-idp-mapper', { 'external.role': 'shop.boss', role: 'r' }).lostRoles).toEqual(['r']);
  });

  it('compare several claims, all of which must be there, by text or by the whole of a pattern', () => {
    expect(of('oidc-advanced-group-idp-mapper', { claims: both, 'are.claim.values.regex': 'true', group: '/g' }).groups).toEqual(['/g']);
    expect(of('oidc-advanced-group-idp-mapper', { claims: both, group: '/g' }).lostGroups).toEqual(['/g']);
    const part = JSON.stringify([{ key: 'department', value: 'sale' }]);
    expect(of('oidc-advanced-role-idp-mapper', { claims: part, 'are.claim.values.regex': 'true', role: 'r' }).lostRoles).toEqual(['r']);
    for (const broken of ['', '[]', '{}', '[{"key":"department","value":"("}]', '[{"key":"department"}]'])
      expect(of('oidc-advanced-role-idp-mapper', { claims: broken, 'are.claim.values.regex': 'true', role: 'r' }).roles).toEqual([]);
  });

  it('make attributes and notes of the session', () => {
    expect(of('oidc-user-attribute-idp-mapper', { claim: 'groups', 'user.attribute': 'team' }).attributes).toEqual({
      team: ['staff', 'eu-west'],
    });
    expect(of('oidc-user-attribute-idp-mapper', { claim: 'department', 'user.attribute': 'lastName' }).lastName).toBe('sales');
    expect(of('hardcoded-attribute-idp-mapper', { attribute: 'a', 'attribute.value': 'b' }).attributes).toEqual({ a: ['b'] });
    expect(of('hardcoded-user-session-attribute-idp-mapper', { attribute: 'a', 'attribute.value': 'b' }).sessionNotes).toEqual({ a: 'b' });
    const notes = of('oidc-user-session-note-idp-mapper', { claims: both, 'are.claim.values.regex': 'true' }).sessionNotes;
    expect(notes).toEqual({ department: 'sales', groups: 'eu-west' });
  });

  it('work at later logins as the sync mode says: the own one, or that of the provider', () => {
    const hardcoded = (mode: string, own?: string) =>
      of('oidc-hardcoded-role-idp-mapper', { role: 'r', ...(own === undefined ? {} : { syncMode: own }) }, mode, false).roles;
    expect([hardcoded('FORCE'), hardcoded('IMPORT'), hardcoded('LEGACY')]).toEqual([['r'], [], []]);
    expect([hardcoded('FORCE', 'IMPORT'), hardcoded('IMPORT', 'FORCE'), hardcoded('FORCE', 'INHERIT')]).toEqual([[], ['r'], ['r']]);
    const copied = (mode: string) =>
      of('oidc-user-attribute-idp-mapper', { claim: 'department', 'user.attribute': 'd' }, mode, false).attributes;
    expect([copied('FORCE'), copied('IMPORT'), copied('LEGACY')]).toEqual([{ d: ['sales'] }, {}, { d: ['sales'] }]);
  });

  it('take roles in the mode LEGACY and give none after the first login; groups and attributes follow the claims there, too', () => {
    const later = (type: string, config: Record<string, string>) => of(type, config, 'LEGACY', false);
    const held = { claim: 'groups', 'claim.value': 'staff', role: 'r' };
    const gone = { ...held, 'claim.value': 'nobody' };
    expect([later('oidc-role-idp-mapper', held), later('oidc-role-idp-mapper', gone)]).toMatchObject([
      { roles: [], lostRoles: [] },
      { roles: [], lostRoles: ['r'] },
    ]);
    expect(later('oidc-advanced-role-idp-mapper', { claims: both, 'are.claim.values.regex': 'true', role: 'r' }).roles).toEqual([]);
    expect(later('keycloak-oidc-role-to-role-idp-mapper', { 'external.role': 'boss', role: 'r' }).roles).toEqual([]);
    expect(later('oidc-advanced-group-idp-mapper', { claims: both, 'are.claim.values.regex': 'true', group: '/g' }).groups).toEqual(['/g']);
    expect(later('oidc-hardcoded-group-idp-mapper', { group: '/g' }).groups).toEqual(['/g']);
  });

  it('renew the fields that they fill, though the provider itself does not', () => {
    const filled = { claim: 'department', 'user.attribute': 'lastName' };
    const renewed = (config: Record<string, string>, mode: string) => {
      const from = provider([['oidc-user-attribute-idp-mapper', config]], mode);
      const identity = outsideIdentity(from, { ...claims, given_name: 'Anna', family_name: 'Other' }, false);
      return withMapped({ ...anna, firstName: 'Old', lastName: 'Name' }, from, identity);
    };
    expect(renewed(filled, 'LEGACY')).toMatchObject({ firstName: 'Old', lastName: 'sales' });
    expect(renewed({ ...filled, syncMode: 'FORCE' }, 'IMPORT')).toMatchObject({ firstName: 'Old', lastName: 'sales' });
    expect(renewed(filled, 'IMPORT')).toMatchObject({ firstName: 'Old', lastName: 'Name' });
    // A claim that is gone leaves the field as it is.
    expect(renewed({ ...filled, claim: 'gone' }, 'LEGACY')).toMatchObject({ lastName: 'Name' });
  });

  it('take an attribute away whose claim is gone', () => {
    const gone = provider([['oidc-user-attribute-idp-mapper', { claim: 'gone', 'user.attribute': 'd' }]], 'FORCE');
    expect(withMapped(anna, gone, outsideIdentity(gone, claims, false)).attributes).toEqual({ kept: ['k'] });
  });

  it('make names: of the user here, and of the link', () => {
    const template = (target: string) =>
      of('oidc-username-idp-mapper', { template: '$' + '{ALIAS}.$' + '{CLAIM.preferred_username}', target });
    expect(template('LOCAL')).toMatchObject({ id: 's', name: 'Anna', username: 'up.anna' });
    expect(template('BROKER_ID')).toMatchObject({ id: 'up.Anna', username: 'anna' });
    expect(template('BROKER_USERNAME')).toMatchObject({ id: 's', name: 'up.Anna' });
    const filled = (change: string) => filledTemplate(`\${CLAIM.email | ${change}}`, 'up', { sub: 's', email: 'A@b.Example' });
    expect([filled('uppercase'), filled('lowercase'), filled('localpart')]).toEqual(['A@B.EXAMPLE', 'a@b.example', 'A']);
  });
});
