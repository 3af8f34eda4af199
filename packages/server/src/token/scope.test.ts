import { describe, expect, it } from 'vitest';
import { clientFixture, clientScopeFixture, mapperFixture, realmFixture, roleFixture, userFixture } from '../testing/fixtures.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { memoryState } from '../testing/memory-state.ts';
import { claimsSource } from './claims.ts';
import { isValidScope, planScope } from './scope.ts';

const roleMapper = () => mapperFixture('oidc-usermodel-realm-role-mapper', { 'claim.name': 'roles', multivalued: 'true' });
const clientRoleMapper = () =>
  mapperFixture('oidc-usermodel-client-role-mapper', { 'claim.name': `clients.\${client_id}`, multivalued: 'true' });

function world() {
  const state = memoryState(new ManualClock());
  const realm = realmFixture();
  const client = clientFixture(realm, { defaultClientScopes: ['roles'], optionalClientScopes: ['secret', 'phone'] });
  const other = clientFixture(realm, { clientId: 'other' });
  const user = userFixture(realm);
  const scopes = {
    roles: clientScopeFixture(realm, 'roles', [roleMapper(), clientRoleMapper()], { 'include.in.token.scope': 'false' }),
    secret: clientScopeFixture(realm, 'secret'),
    phone: clientScopeFixture(realm, 'phone'),
    foreign: clientScopeFixture(realm, 'foreign'),
  };
  const roles = {
    boss: roleFixture(realm, 'boss'),
    worker: roleFixture(realm, 'worker'),
    parent: roleFixture(realm, 'parent', { composite: true }),
    own: roleFixture(realm, 'own', { clientId: client.id }),
    theirs: roleFixture(realm, 'theirs', { clientId: other.id }),
  };
  state.data.realms.push(realm);
  state.data.clients.push(client, other);
  state.data.users.push(user);
  state.data.clientScopes.push(...Object.values(scopes));
  state.data.roles.push(...Object.values(roles));
  state.data.composites.set(roles.parent.id, [roles.worker.id]);
  const source = (scope = '', as = client) =>
    claimsSource(state.directory, { realm, client: as, user, clientSession: undefined, sessionNotes: {}, scope });
  return { state, realm, client, user, scopes, roles, source };
}

describe('a scope parameter', () => {
  it.each([
    ['', true],
    ['openid', true],
    ['openid phone', true],
    ['roles', true],
    ['foreign', false],
    ['openid nope', false],
    ['openid  phone', false],
    [' openid', false],
    ['OPENID', false],
    ['constructor', false],
  ])('%j is valid: %s', async (scope, valid) => {
    const { state, realm, client } = world();
    expect(isValidScope(client, await state.directory.clientScopes(realm), scope)).toBe(valid);
  });

  it('adds optional scopes to the default ones, and shows those that want to be seen', async () => {
    const { state, realm, client } = world();
    const plan = await planScope(state.directory, realm, client, 'phone openid nope');
    expect([plan.visible, plan.complete]).toEqual(['openid phone', 'openid roles phone']);
    expect((await planScope(state.directory, realm, client, '')).complete).toBe('roles');
  });
});

describe('the roles in a token', () => {
  it('are all effective roles of user and groups with full scope', async () => {
    const { state, user, roles, source } = world();
    state.data.groups.push({ id: 'g', realmId: user.realmId, parentId: 'p', name: 'g', path: '/p/g', attributes: {} });
    state.data.groups.push({ id: 'p', realmId: user.realmId, name: 'p', path: '/p', attributes: {} });
    state.data.groupRoles.set('p', [roles.boss.id]);
    state.data.grants.set(user.id, { roleIds: [roles.parent.id, roles.own.id, roles.theirs.id], groupIds: ['g'] });
    expect((await source()).fill({}, 'access')).toEqual({
      roles: ['boss', 'worker', 'parent'],
      clients: { app: ['own'], other: ['theirs'] },
    });
  });

  it('are cut down without it to mapped roles, those of the scopes, and the own ones', async () => {
    const { state, client, user, roles, scopes, source } = world();
    state.data.grants.set(user.id, { roleIds: [roles.parent.id, roles.boss.id, roles.own.id, roles.theirs.id], groupIds: [] });
    const narrow = { ...client, fullScopeAllowed: false };
    expect((await source('', narrow)).fill({}, 'access')).toEqual({ clients: { app: ['own'] } });
    state.data.scopeMappings.set(client.id, [roles.parent.id]);
    expect((await source('', narrow)).fill({}, 'access')).toEqual({ roles: ['worker', 'parent'], clients: { app: ['own'] } });
    state.data.scopeMappings.set(scopes.phone.id, [roles.theirs.id]);
    expect((await source('phone', narrow)).fill({}, 'access')).toMatchObject({ clients: { app: ['own'], other: ['theirs'] } });
  });

  it('are renamed in the tokens beside it too, each time anew', async () => {
    const { state, client, user, roles, source } = world();
    state.data.grants.set(user.id, { roleIds: [roles.boss.id], groupIds: [] });
    const renaming = { ...client, protocolMappers: [mapperFixture('oidc-role-name-mapper', { role: 'boss', 'new.role.name': 'chief' })] };
    const made = await source('', renaming);
    expect(made.fill({}, 'access')).toEqual({ roles: ['chief'] });
    expect(made.fill({}, 'id')).toEqual({ roles: ['chief'] });
    expect(made.fill({}, 'access')).toEqual({ roles: ['chief'] });
  });
});

describe('a client scope with roles of its own', () => {
  it('is left out for users who have none of them', async () => {
    const { state, user, roles, scopes, source } = world();
    state.data.scopeMappings.set(scopes.secret.id, [roles.parent.id]);
    expect((await source('openid secret')).plan.visible).toBe('openid');
    state.data.grants.set(user.id, { roleIds: [roles.worker.id], groupIds: [] });
    expect((await source('openid secret')).plan.visible).toBe('openid secret');
  });
});
