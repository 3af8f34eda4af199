import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AdminServer, startAdminServer } from '../../testing/admin-server.ts';

interface Answer {
  readonly added: number;
  readonly skipped: number;
  readonly overwritten: number;
  readonly results: readonly { action: string; resourceType: string; resourceName: string; id: string }[];
}

let server: AdminServer;
let token: string;
const REALM = '/realms/shop';

beforeAll(async () => {
  server = await startAdminServer();
  await server.createRealm({ realm: 'shop', enabled: true, adminEventsEnabled: true });
  token = await server.token('master', 'admin');
});
afterAll(() => server?.[Symbol.asyncDispose]());

const post = (body: unknown) => server.call(token, 'POST', `${REALM}/partialImport`, body);
const get = async <T>(path: string): Promise<T> => (await server.call(token, 'GET', `${REALM}${path}`)).json<T>();

const body = {
  clients: [{ clientId: 'till', serviceAccountsEnabled: true }, { clientId: 'account' }],
  roles: {
    realm: [{ name: 'chief', composites: { client: { till: ['opener'] } } }, { name: 'seller' }],
    client: { till: [{ name: 'opener' }] },
  },
  groups: [{ name: 'staff', realmRoles: ['seller'], subGroups: [{ name: 'night' }] }],
  identityProviders: [
    {
      alias: 'outside',
      providerId: 'oidc',
      config: { authorizationUrl: 'http://a', tokenUrl: 'http://t', clientId: 'c', clientSecret: 's' },
    },
  ],
  identityProviderMappers: [
    { name: 'm', identityProviderAlias: 'outside', identityProviderMapper: 'hardcoded-attribute-idp-mapper', config: { attribute: 'a' } },
  ],
  users: [
    {
      id: 'an-id-of-another-realm',
      username: 'Ann',
      enabled: true,
      email: 'ann@example.org',
      credentials: [{ type: 'password', value: 'ann', temporary: true }],
      realmRoles: ['chief'],
      clientRoles: { till: ['opener'] },
      groups: ['/staff/night'],
    },
  ],
};

describe('a partial import', () => {
  it('brings in clients, roles with composites, providers with mappers, groups and users that hold them', async () => {
    const answer = (await post({ ifResourceExists: 'FAIL', ...body })).json<Answer>();
    expect(answer).toMatchObject({ added: 7, skipped: 0, overwritten: 0 });
    expect(answer.results.map(({ resourceType, resourceName }) => `${resourceType} ${resourceName}`)).toEqual([
      'CLIENT till',
      'REALM_ROLE chief',
      'REALM_ROLE seller',
      'CLIENT_ROLE till-->opener',
      'IDP outside',
      'GROUP staff',
      'USER Ann',
    ]);
    const [ann] = await get<{ id: string; requiredActions: string[] }[]>('/users?username=ann');
    expect(ann).toMatchObject({ requiredActions: ['UPDATE_PASSWORD'] });
    expect(ann?.id).not.toBe('an-id-of-another-realm');
    const mappings = await get<{ realmMappings: { name: string }[] }>(`/users/${ann?.id}/role-mappings`);
    expect(mappings.realmMappings.map(({ name }) => name)).toEqual(['chief']);
    expect((await get<{ path: string }[]>(`/users/${ann?.id}/groups`)).map(({ path }) => path)).toEqual(['/staff/night']);
    expect((await get<{ name: string }[]>('/roles/chief/composites')).map(({ name }) => name)).toEqual(['opener']);
    expect(await get<unknown[]>('/identity-provider/instances/outside/mappers')).toHaveLength(1);
  });

  it('leaves what is there under SKIP, and puts new objects in its place under OVERWRITE', async () => {
    const before = await get<{ id: string }[]>('/users?username=ann');
    expect((await post({ ifResourceExists: 'SKIP', ...body })).json()).toMatchObject({ added: 0, skipped: 7, overwritten: 0 });
    expect(await get('/users?username=ann')).toEqual(before);
    expect((await post({ ifResourceExists: 'OVERWRITE', ...body })).json()).toMatchObject({ added: 0, skipped: 0, overwritten: 7 });
    const [after] = await get<{ id: string }[]>('/users?username=ann');
    expect(after?.id).not.toBe(before[0]?.id);
    expect((await get<{ name: string }[]>('/roles/chief/composites')).map(({ name }) => name)).toEqual(['opener']);
  });

  it('stores nothing at all where one name is taken, or one thing is not there', async () => {
    const taken = await post({ ifResourceExists: 'FAIL', users: [{ username: 'new' }, { username: 'ann' }] });
    expect(taken.status).toBe(409);
    const absent = await post({ ifResourceExists: 'FAIL', users: [{ username: 'new' }, { username: 'newer', groups: ['/nowhere'] }] });
    expect(absent.status).toBe(400);
    expect(await get('/users?search=new')).toEqual([]);
  });

  it('keeps the default role of the realm, which every user holds', async () => {
    const { id } = await get<{ id: string }>('/roles/default-roles-shop');
    await post({ ifResourceExists: 'OVERWRITE', roles: { realm: [{ name: 'default-roles-shop' }] } });
    expect(await get('/roles/default-roles-shop')).toMatchObject({ id });
  });

  it('leaves an event for each object that came in', async () => {
    await server.call(token, 'DELETE', `${REALM}/admin-events`);
    await post({ ifResourceExists: 'SKIP', users: [{ username: 'ann' }, { username: 'bob' }], groups: [{ name: 'guests' }] });
    const events = await get<{ operationType: string; resourceType: string; resourcePath: string }[]>('/admin-events');
    expect(events.map(({ operationType, resourceType }) => `${operationType} ${resourceType}`)).toEqual(['CREATE REALM', 'CREATE REALM']);
    expect(events.map(({ resourcePath }) => resourcePath.split('/')[0]).sort()).toEqual(['groups', 'users']);
  });
});
