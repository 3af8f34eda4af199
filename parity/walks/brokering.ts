import { OutsideProvider } from '../outside-provider.ts';
import type { Talk } from '../talk.ts';
import type { Family, Walk } from '../walk.ts';

const realm = 'parity-broker';
const walk = (run: Walk['run']): Walk => ({ realm, run });
/** Settings of the object itself are compared by the walks of Admin REST. */
const own = ['id', 'createdTimestamp', 'access', 'notBefore', 'userProfileMetadata'];

/** What an administrator sees of a user here: himself, his roles, groups and links. */
async function look(talk: Talk, name: string, username: string): Promise<void> {
  await talk.admin(`${name}: user`, 'GET', await talk.userPath(username, ''), undefined, own);
  await talk.admin(`${name}: roles`, 'GET', await talk.userPath(username, '/role-mappings/realm'), undefined, ['id', 'containerId']);
  await talk.admin(`${name}: groups`, 'GET', await talk.userPath(username, '/groups'), undefined, ['id']);
  await talk.admin(`${name}: links`, 'GET', await talk.userPath(username, '/federated-identity'), undefined, ['userId']);
}

/** One mapper of each kind. */
const mappers = (syncMode: string) =>
  (
    [
      ['oidc-user-attribute-idp-mapper', { claim: 'department', 'user.attribute': 'department' }],
      ['oidc-user-attribute-idp-mapper', { claim: 'nickname', 'user.attribute': 'lastName' }],
      ['hardcoded-attribute-idp-mapper', { attribute: 'origin', 'attribute.value': 'outside' }],
      ['oidc-hardcoded-role-idp-mapper', { role: 'worker' }],
      ['oidc-role-idp-mapper', { claim: 'department', 'claim.value': 'sales', role: 'clerk' }],
      [
        'oidc-advanced-role-idp-mapper',
        { claims: '[{"key":"department","value":"law"}]', 'are.claim.values.regex': 'false', role: 'boss' },
      ],
      ['oidc-hardcoded-group-idp-mapper', { group: '/staff' }],
      [
        'oidc-advanced-group-idp-mapper',
        { claims: '[{"key":"department","value":"sales"}]', 'are.claim.values.regex': 'false', group: '/sales' },
      ],
    ] as const
  ).map(([type, config]) => [type, { ...config, syncMode }] as const);

/** Three logins: the first, one after everything there has changed and an administrator here took away what was given, one after it changed back. */
function synchronized(alias: string, providerMode: string | undefined, mapperMode: string): Walk {
  return walk(async (talk) => {
    const user = `synced-${alias}`;
    const config = providerMode === undefined ? {} : { syncMode: providerMode };
    const provider = await OutsideProvider.make(talk, alias, config, mappers(mapperMode));
    await provider.user(user, { attributes: { department: ['sales'], nickname: ['Nick'] } });
    await provider.login('first login', user);
    await look(talk, 'after the first login', user);
    // What an administrator takes away shows who gives it again; the other role shows who takes it.
    const roles = await talk.admin('', 'GET', await talk.userPath(user, '/role-mappings/realm'));
    const given = (JSON.parse(roles.text) as { name: string }[]).filter(({ name }) => name === 'worker');
    await talk.admin('', 'DELETE', await talk.userPath(user, '/role-mappings/realm'), given);
    const groups = await talk.admin('', 'GET', await talk.userPath(user, '/groups'));
    const [staff] = (JSON.parse(groups.text) as { id: string; name: string }[]).filter(({ name }) => name === 'staff');
    await talk.admin('', 'DELETE', await talk.userPath(user, `/groups/${staff?.id}`));
    const known = await talk.admin('', 'GET', await talk.userPath(user, ''));
    await talk.admin('', 'PUT', await talk.userPath(user, ''), { ...(JSON.parse(known.text) as object), attributes: { own: ['kept'] } });
    await provider.user(user, {
      firstName: 'Changed',
      email: `${user}@example.com`,
      attributes: { department: ['law'], nickname: ['Nack'] },
    });
    await provider.login('second login', user);
    await look(talk, 'after the second login', user);
    await provider.user(user, { attributes: { department: ['sales'] } });
    await provider.login('third login', user);
    await look(talk, 'after the third login', user);
  });
}

export const brokering: Family = {
  'a first login': walk(async (talk) => {
    const provider = await OutsideProvider.make(talk, 'first', {}, [], { hideOnLogin: false });
    await provider.user('complete', {});
    await provider.user('incomplete', { lastName: '' });
    await provider.user('user0', { email: 'elsewhere@example.org' });
    await talk.authorize('login page');
    await talk.authorize('a hint', { kc_idp_hint: 'first' });
    await talk.authorize('a hint to nobody', { kc_idp_hint: 'nobody' });
    await provider.begin('page there', { kc_idp_hint: 'first' });
    await provider.submit('at the application', { username: 'complete', password: 'password' });
    await look(talk, 'complete', 'complete');
    await provider.begin('single sign-on', { kc_idp_hint: 'first' });
    await provider.login('again', 'complete');
    await provider.login('something is missing', 'incomplete');
    await provider.submit('still missing', { username: 'incomplete', email: 'incomplete@example.org', firstName: 'First', lastName: '' });
    await provider.submit('filled in', { username: 'incomplete', email: 'incomplete@example.org', firstName: 'First', lastName: 'Last' });
    await provider.login('an account of that name', 'user0');
    await provider.submit('the profile first', { submitAction: 'updateProfile' });
    await provider.submit('the same name', { username: 'user0', email: 'elsewhere@example.org', firstName: 'First', lastName: 'Last' });
    await provider.submit('link it', { submitAction: 'linkAccount' });
  }),
  'refusals of the provider': walk(async (talk) => {
    const provider = await OutsideProvider.make(talk, 'refusing', {});
    await provider.user('refused', {});
    await provider.begin('', { kc_idp_hint: 'refusing' });
    const endpoint = `/realms/${talk.realm}/broker/refusing/endpoint`;
    await provider.go('no state', endpoint);
    await provider.go('a foreign state', `${endpoint}?state=a.b.c&code=d`);
    await provider.go('an unknown provider', `/realms/${talk.realm}/broker/nobody/endpoint?state=a.b.c&code=d`);
    await provider.go('an unknown provider at the beginning', `/realms/${talk.realm}/broker/nobody/login`);
  }),
  'mappers of mode LEGACY': synchronized('legacy', 'LEGACY', 'INHERIT'),
  'mappers of mode IMPORT': synchronized('import', 'IMPORT', 'INHERIT'),
  'mappers of mode FORCE': synchronized('force', 'FORCE', 'INHERIT'),
  'mappers without a mode': synchronized('none', undefined, 'INHERIT'),
  'mappers of their own mode': synchronized('mixed', 'IMPORT', 'FORCE'),
  'mappers of mode LEGACY below FORCE': synchronized('below', 'FORCE', 'LEGACY'),
  'linking by an action of a login': walk(async (talk) => {
    const provider = await OutsideProvider.make(talk, 'linked', {});
    await provider.user('linkable', {});
    await provider.user('other', {});
    const logIn = async (user: string): Promise<void> => {
      provider.fresh();
      await provider.begin('');
      await provider.submit('', { username: user, password: 'password' });
    };
    await logIn('user1');
    await provider.begin('the page', { kc_action: 'idp_link:linked' });
    await provider.submit('cancelled', { 'cancel-aia': 'true' });
    await provider.begin('an unknown provider', { kc_action: 'idp_link:nobody' });
    await logIn('user1');
    await provider.begin('no provider', { kc_action: 'idp_link' });
    await logIn('user1');
    await provider.begin('', { kc_action: 'idp_link:linked' });
    await provider.submit('page there', {});
    await provider.submit('linked', { username: 'linkable', password: 'password' });
    await look(talk, 'linked', 'user1');
    await provider.begin('once more', { kc_action: 'idp_link:linked' });
    await logIn('user2');
    await provider.begin('', { kc_action: 'idp_link:linked' });
    await provider.submit('', {});
    await provider.submit('an identity of somebody else', { username: 'linkable', password: 'password' });
    await look(talk, 'not linked', 'user2');
  }),
};
