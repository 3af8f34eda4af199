import { describe, expect, it } from 'vitest';
import type { Group } from '../../model/index.ts';
import { clientFixture, clientSessionFixture, realmFixture, sessionFixture, userFixture } from '../../testing/fixtures.ts';
import { protocolMapperKinds } from './index.ts';
import { appliesTo, type ClaimsDraft, type ClaimTarget, type MapperConfig, type MapperInput, type ProtocolMapperKind } from './mapper.ts';

const realm = realmFixture({ attributes: { 'acr.loa.map': '{"silver":1,"gold":2}' } });
const client = clientFixture(realm, {
  redirectUris: ['https://a.example/x/*', 'http://localhost:3000/*', '/relative'],
  webOrigins: ['+', 'https://b.example'],
});
const user = userFixture(realm, {
  attributes: { street: ['Main 1'], country: ['NL'], color: ['red', 'blue'], age: ['42'], json: ['{"a":1}'], word: ['x'] },
});
const session = sessionFixture(realm, user);
const parent: Group = { id: 'p', realmId: realm.id, name: 'staff', path: '/staff', attributes: { floor: ['2'], color: ['green'] } };
const child: Group = { id: 'c', realmId: realm.id, parentId: 'p', name: 'dev', path: '/staff/dev', attributes: {} };

function kindOf(id: string): ProtocolMapperKind {
  const kind = protocolMapperKinds.get(id);
  if (!kind) throw new Error(id);
  return kind;
}

function run(id: string, config: MapperConfig, input: Partial<MapperInput> = {}, claims: ClaimsDraft = {}): ClaimsDraft {
  const whole: MapperInput = {
    realm,
    client,
    user,
    clientSession: clientSessionFixture(session, client),
    sessionNotes: { AUTH_TIME: '1800000000' },
    roles: {
      realm: ['boss', 'worker'],
      clients: new Map([
        ['app', ['reader']],
        ['my.api', ['call']],
      ]),
    },
    groups: [[child, parent]],
    nonce: 'n',
    ...input,
  };
  kindOf(id).apply(claims, whole, config, 'access');
  return claims;
}

describe('user attribute and property', () => {
  const attribute = 'oidc-usermodel-attribute-mapper';
  it.each([
    ['the first value', { 'user.attribute': 'color', 'claim.name': 'color', 'jsonType.label': 'String' }, { color: 'red' }],
    ['all values', { 'user.attribute': 'color', 'claim.name': 'color', multivalued: 'true' }, { color: ['red', 'blue'] }],
    ['a nested claim', { 'user.attribute': 'color', 'claim.name': 'a.b\\.c.d' }, { a: { 'b.c': { d: 'red' } } }],
    ['a number', { 'user.attribute': 'age', 'claim.name': 'age', 'jsonType.label': 'long' }, { age: 42 }],
    ['no number where it is none', { 'user.attribute': 'word', 'claim.name': 'age', 'jsonType.label': 'int' }, {}],
    ['a boolean', { 'user.attribute': 'word', 'claim.name': 'b', 'jsonType.label': 'boolean' }, { b: false }],
    ['JSON', { 'user.attribute': 'json', 'claim.name': 'j', 'jsonType.label': 'JSON' }, { j: { a: 1 } }],
    ['no broken JSON', { 'user.attribute': 'word', 'claim.name': 'j', 'jsonType.label': 'JSON' }, {}],
    ['a profile property', { 'user.attribute': 'firstName', 'claim.name': 'given_name' }, { given_name: 'Alice' }],
    ['nothing where there is none', { 'user.attribute': 'none', 'claim.name': 'none' }, {}],
    ['what a parent group passes on', { 'user.attribute': 'floor', 'claim.name': 'floor' }, { floor: '2' }],
    [
      'all of user and groups together',
      { 'user.attribute': 'color', 'claim.name': 'c', multivalued: 'true', 'aggregate.attrs': 'true' },
      { c: ['red', 'blue', 'green'] },
    ],
  ])('gives %s', (_name, config, claims) => {
    expect(run(attribute, config as unknown as MapperConfig)).toEqual(claims);
  });

  it.each(['exp', 'iss', 'jti', 'sid', '__proto__.polluted', 'constructor.prototype.x', ''])('never sets %j', (name) => {
    expect(run(attribute, { 'user.attribute': 'color', 'claim.name': name })).toEqual({});
    expect({}).not.toHaveProperty('polluted');
  });

  it('gives booleans of the user as they are', () => {
    const config = { 'user.attribute': 'emailVerified', 'claim.name': 'email_verified', 'jsonType.label': 'boolean' };
    expect(run('oidc-usermodel-property-mapper', config)).toEqual({ email_verified: true });
    expect(run('oidc-usermodel-property-mapper', { 'user.attribute': 'toString', 'claim.name': 'x' })).toEqual({});
  });

  it('puts names and addresses together', () => {
    expect(run('oidc-full-name-mapper', {})).toEqual({ name: 'Alice Adams' });
    expect(run('oidc-full-name-mapper', {}, { user: { ...user, firstName: undefined, lastName: undefined } })).toEqual({});
    expect(run('oidc-address-mapper', { 'user.attribute.street': 'street' })).toEqual({
      address: { street_address: 'Main 1', country: 'NL' },
    });
  });
});

describe('roles and groups', () => {
  it('stand where the configuration says', () => {
    expect(run('oidc-usermodel-realm-role-mapper', { 'claim.name': 'realm_access.roles', multivalued: 'true' })).toEqual({
      realm_access: { roles: ['boss', 'worker'] },
    });
    const perClient = { 'claim.name': `resource_access.\${client_id}.roles`, multivalued: 'true' };
    expect(run('oidc-usermodel-client-role-mapper', perClient)).toEqual({
      resource_access: { app: { roles: ['reader'] }, 'my.api': { roles: ['call'] } },
    });
    expect(run('oidc-usermodel-client-role-mapper', { ...perClient, 'usermodel.clientRoleMapping.clientId': 'app' })).toEqual({
      resource_access: { app: { roles: ['reader'] } },
    });
    expect(
      run('oidc-usermodel-client-role-mapper', {
        'claim.name': 'roles',
        multivalued: 'true',
        'usermodel.clientRoleMapping.rolePrefix': 'x-',
      }),
    ).toEqual({
      roles: ['x-reader', 'x-call'],
    });
    expect(run('oidc-usermodel-realm-role-mapper', { 'claim.name': 'r' }, { roles: { realm: [], clients: new Map() } })).toEqual({});
  });

  it('may be added and renamed on the way', () => {
    const roles = { realm: ['boss'], clients: new Map([['app', ['reader']]]) };
    run('oidc-hardcoded-role-mapper', { role: 'api.call' }, { roles });
    run('oidc-hardcoded-role-mapper', { role: 'extra' }, { roles });
    run('oidc-role-name-mapper', { role: 'boss', 'new.role.name': 'chief' }, { roles });
    run('oidc-role-name-mapper', { role: 'app.reader', 'new.role.name': 'viewer' }, { roles });
    run('oidc-role-name-mapper', { role: 'nobody', 'new.role.name': 'root' }, { roles });
    expect(roles).toEqual({
      realm: ['extra', 'chief'],
      clients: new Map([
        ['app', ['viewer']],
        ['api', ['call']],
      ]),
    });
  });

  it('groups come by path or by name', () => {
    expect(run('oidc-group-membership-mapper', { 'claim.name': 'groups' })).toEqual({ groups: ['/staff/dev'] });
    expect(run('oidc-group-membership-mapper', { 'claim.name': 'groups', 'full.path': 'false' })).toEqual({ groups: ['dev'] });
  });

  it('make the audience, without the client itself', () => {
    const claims = run('oidc-audience-resolve-mapper', {});
    expect(claims).toEqual({ aud: 'my.api' });
    run('oidc-audience-mapper', { 'included.client.audience': 'other' }, {}, claims);
    run('oidc-audience-mapper', { 'included.custom.audience': 'other' }, {}, claims);
    expect(claims).toEqual({ aud: ['my.api', 'other'] });
    expect(run('oidc-audience-mapper', { 'included.custom.audience': 'https://x' })).toEqual({ aud: 'https://x' });
  });
});

describe('the others', () => {
  it('give web origins, notes, fixed values, the user and the nonce', () => {
    expect(run('oidc-allowed-origins-mapper', {})).toEqual({
      'allowed-origins': ['https://a.example', 'http://localhost:3000', 'https://b.example'],
    });
    const note = { 'user.session.note': 'AUTH_TIME', 'claim.name': 'auth_time', 'jsonType.label': 'long' };
    expect(run('oidc-usersessionmodel-note-mapper', note)).toEqual({ auth_time: 1_800_000_000 });
    expect(run('oidc-usersessionmodel-note-mapper', { ...note, 'user.session.note': 'none' })).toEqual({});
    expect(run('oidc-hardcoded-claim-mapper', { 'claim.name': 'tenant', 'claim.value': '7', 'jsonType.label': 'int' })).toEqual({
      tenant: 7,
    });
    expect(run('oidc-sub-mapper', {})).toEqual({ sub: user.id });
    expect(run('oidc-nonce-backwards-compatible-mapper', {})).toEqual({ nonce: 'n' });
  });

  it.each([
    [{}, '1'],
    [{ SSO_AUTH: 'true' }, '0'],
    [{ 'level-of-authentication': '2' }, 'gold'],
    [{ 'level-of-authentication': '5' }, '5'],
  ])('acr of client session notes %o is %s', (notes, acr) => {
    expect(run('oidc-acr-mapper', {}, { clientSession: clientSessionFixture(session, client, { notes }) })).toEqual({ acr });
  });
});

describe('where a mapper applies', () => {
  const cases: readonly (readonly [string, MapperConfig, readonly ClaimTarget[]])[] = [
    ['oidc-usermodel-attribute-mapper', { 'access.token.claim': 'true' }, ['access', 'introspection']],
    ['oidc-usermodel-attribute-mapper', { 'id.token.claim': 'true' }, ['id', 'userinfo', 'introspection']],
    [
      'oidc-usermodel-attribute-mapper',
      { 'id.token.claim': 'true', 'userinfo.token.claim': 'false', 'introspection.token.claim': 'false' },
      ['id'],
    ],
    ['oidc-usermodel-attribute-mapper', { 'lightweight.claim': 'true' }, ['lightweight', 'introspection']],
    ['oidc-sub-mapper', {}, ['access', 'introspection']],
    ['oidc-sub-mapper', { 'access.token.claim': 'false', 'id.token.claim': 'true' }, ['introspection']],
    ['oidc-usersessionmodel-note-mapper', { 'id.token.claim': 'true' }, ['id', 'introspection']],
  ];
  it.each(cases)('%s with %o', (id, config, targets) => {
    const all: readonly ClaimTarget[] = ['access', 'lightweight', 'id', 'userinfo', 'introspection'];
    expect(all.filter((target) => appliesTo(kindOf(id), config, target))).toEqual(targets);
  });
});
