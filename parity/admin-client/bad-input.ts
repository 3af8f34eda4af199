import type { Family } from '../walk.ts';
import type { AdminWalk } from './admin-walk.ts';
import { adminWalk } from './own-realm.ts';

/** A writer: where it stands, a body that it takes, the field with the name, and the same below something that is not there. */
interface Writer {
  readonly name: string;
  readonly method?: 'POST' | 'PUT';
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly field: string;
  /** The body is a list of such objects. */
  readonly listed?: boolean;
  /** Body of an object that is there. */
  readonly taken?: Readonly<Record<string, unknown>>;
  /** The path under a parent, or to an object, that is not there. */
  readonly nowhere?: string;
}

const KEYS = 'org.keycloak.keys.KeyProvider';
const TOO_LONG = 'x'.repeat(5_000);
const missing = '00000000-0000-0000-0000-000000000000';

const realm = {
  roles: { realm: [{ name: 'seller' }], client: { shop: [{ name: 'opener' }] } },
  clients: [{ clientId: 'shop', secret: 'shop-secret', redirectUris: ['http://localhost/*'] }],
  groups: [{ name: 'staff', subGroups: [{ name: 'night' }] }],
  users: [{ username: 'ann', enabled: true }],
};
const mapper = {
  name: 'colour',
  protocol: 'openid-connect',
  protocolMapper: 'oidc-hardcoded-claim-mapper',
  config: { 'claim.name': 'colour', 'claim.value': 'green', 'jsonType.label': 'String' },
};

async function writersOf(walk: AdminWalk): Promise<readonly Writer[]> {
  const first = async (call: string, query: Readonly<Record<string, unknown>>): Promise<string> =>
    ((await walk.prepare<{ id: string }[]>(call, query))[0]?.id ?? '') as string;
  const client = await first('clients.find', { clientId: 'shop' });
  const user = await first('users.find', { username: 'ann' });
  const group = await first('groups.find', {});
  const scope = await first('clientScopes.find', {});
  const { id: role } = await walk.prepare<{ id: string }>('roles.findOneByName', { name: 'seller' });
  await walk.prepare('clients.addProtocolMapper', { id: client }, mapper);
  await walk.prepare('authenticationManagement.createFlow', { alias: 'own', providerId: 'basic-flow', topLevel: true, builtIn: false });
  const own = '/authentication/flows/own/executions';
  const { id: step } = await walk.prepare<{ id: string }>('authenticationManagement.addExecutionToFlow', {
    flow: 'own',
    provider: 'user-session-limits',
  });
  const roles = { body: { id: role, name: 'seller' }, field: 'name', listed: true };
  return [
    { name: 'realm', method: 'PUT', path: '', body: { displayName: 'x' }, field: 'displayName' },
    { name: 'user', path: '/users', body: { username: 'new' }, field: 'username', taken: { username: 'ann' } },
    {
      name: 'change of a user',
      method: 'PUT',
      path: `/users/${user}`,
      body: { firstName: 'A' },
      field: 'firstName',
      nowhere: `/users/${missing}`,
    },
    {
      name: 'password',
      method: 'PUT',
      path: `/users/${user}/reset-password`,
      body: { type: 'password', value: 'x' },
      field: 'type',
      nowhere: `/users/${missing}/reset-password`,
    },
    { name: 'roles of a user', path: `/users/${user}/role-mappings/realm`, ...roles, nowhere: `/users/${missing}/role-mappings/realm` },
    { name: 'client', path: '/clients', body: { clientId: 'new' }, field: 'clientId', taken: { clientId: 'shop' } },
    {
      name: 'change of a client',
      method: 'PUT',
      path: `/clients/${client}`,
      body: { clientId: 'shop' },
      field: 'name',
      nowhere: `/clients/${missing}`,
    },
    { name: 'role', path: '/roles', body: { name: 'new' }, field: 'name', taken: { name: 'seller' } },
    {
      name: 'change of a role',
      method: 'PUT',
      path: '/roles/seller',
      body: { name: 'seller' },
      field: 'description',
      nowhere: '/roles/nothing',
    },
    {
      name: 'role of a client',
      path: `/clients/${client}/roles`,
      body: { name: 'new' },
      field: 'name',
      taken: { name: 'opener' },
      nowhere: `/clients/${missing}/roles`,
    },
    { name: 'composites', path: `/roles-by-id/${role}/composites`, ...roles, nowhere: `/roles-by-id/${missing}/composites` },
    {
      name: 'scope mappings',
      path: `/clients/${client}/scope-mappings/realm`,
      ...roles,
      nowhere: `/clients/${missing}/scope-mappings/realm`,
    },
    { name: 'group', path: '/groups', body: { name: 'new' }, field: 'name', taken: { name: 'staff' } },
    {
      name: 'group in a group',
      path: `/groups/${group}/children`,
      body: { name: 'new' },
      field: 'name',
      taken: { name: 'night' },
      nowhere: `/groups/${missing}/children`,
    },
    { name: 'roles of a group', path: `/groups/${group}/role-mappings/realm`, ...roles, nowhere: `/groups/${missing}/role-mappings/realm` },
    {
      name: 'client scope',
      path: '/client-scopes',
      body: { name: 'new', protocol: 'openid-connect' },
      field: 'name',
      taken: { name: 'phone', protocol: 'openid-connect' },
    },
    {
      name: 'mapper of a client',
      path: `/clients/${client}/protocol-mappers/models`,
      body: { ...mapper, name: 'new' },
      field: 'name',
      taken: mapper,
      nowhere: `/clients/${missing}/protocol-mappers/models`,
    },
    {
      name: 'mapper of a scope',
      path: `/client-scopes/${scope}/protocol-mappers/models`,
      body: { ...mapper, name: 'new' },
      field: 'name',
      nowhere: `/client-scopes/${missing}/protocol-mappers/models`,
    },
    {
      name: 'key',
      path: '/components',
      body: { name: 'new', providerId: 'rsa-generated', providerType: KEYS, config: { keySize: ['2048'] } },
      field: 'name',
    },
    {
      name: 'flow',
      path: '/authentication/flows',
      body: { alias: 'new', providerId: 'basic-flow', topLevel: true },
      field: 'alias',
      taken: { alias: 'own', providerId: 'basic-flow', topLevel: true },
    },
    {
      name: 'step',
      path: `${own}/execution`,
      body: { provider: 'auth-cookie' },
      field: 'provider',
      nowhere: '/authentication/flows/nothing/executions/execution',
    },
    {
      name: 'settings of a step',
      path: `/authentication/executions/${step}/config`,
      body: { alias: 'new', config: {} },
      field: 'alias',
      nowhere: `/authentication/executions/${missing}/config`,
    },
    {
      name: 'required action',
      method: 'PUT',
      path: '/authentication/required-actions/UPDATE_PASSWORD',
      body: { alias: 'UPDATE_PASSWORD', name: 'x', enabled: true },
      field: 'name',
      nowhere: '/authentication/required-actions/nothing',
    },
    {
      name: 'settings of a required action',
      method: 'PUT',
      path: '/authentication/required-actions/UPDATE_PASSWORD/config',
      body: { config: {} },
      field: 'config',
      nowhere: '/authentication/required-actions/nothing/config',
    },
    { name: 'events', method: 'PUT', path: '/events/config', body: { eventsEnabled: true }, field: 'eventsListeners' },
  ];
}

/** Wrong type, too long, unknown field, duplicate, missing parent: the status alone is compared. */
export const adminBadInput: Family = {
  writers: adminWalk('walk-bad-input', realm, async (walk) => {
    for (const { name, method = 'POST', path, body, field, listed, taken, nowhere } of await writersOf(walk)) {
      const sent = (one: Readonly<Record<string, unknown>>): unknown => (listed ? [one] : one);
      await walk.status(`${name}: no JSON`, method, path, '{"a":');
      await walk.status(`${name}: ${listed ? 'an object' : 'a list'}`, method, path, listed ? body : [body]);
      await walk.status(`${name}: wrong type`, method, path, sent({ ...body, [field]: { a: { b: 1 } } }));
      await walk.status(`${name}: unknown field`, method, path, sent({ ...body, bogusField: 1 }));
      if (field !== 'config') await walk.status(`${name}: too long`, method, path, sent({ ...body, [field]: TOO_LONG }));
      if (taken !== undefined) await walk.status(`${name}: taken`, method, path, sent(taken));
      if (nowhere !== undefined) await walk.status(`${name}: nowhere`, method, nowhere, sent(body));
    }
  }),
};
