import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AdminServer, startAdminServer } from '../testing/admin-server.ts';

let server: AdminServer;
let token: string;
const instances = '/realms/shop/identity-provider/instances';

beforeAll(async () => {
  server = await startAdminServer();
  await server.createRealm({ realm: 'shop', enabled: true, users: [{ username: 'ann', enabled: true }] });
  token = await server.token('master', 'admin');
});
afterAll(() => server?.[Symbol.asyncDispose]());

const make = async (alias: string): Promise<number> => {
  const body = { alias, providerId: 'oidc', enabled: true, config: { clientId: alias } };
  return (await server.call(token, 'POST', instances, body)).status;
};
const addMapper = async (alias: string, name: string): Promise<number> => {
  const mapper = { name, identityProviderAlias: alias, identityProviderMapper: 'oidc-hardcoded-role-idp-mapper', config: { role: 'r' } };
  return (await server.call(token, 'POST', `${instances}/${alias}/mappers`, mapper)).status;
};
const user = async (): Promise<Record<string, unknown>> => {
  const [ann] = (await server.call(token, 'GET', '/realms/shop/users?username=ann')).json<{ id: string }[]>();
  return (await server.call(token, 'GET', `/realms/shop/users/${ann?.id}`)).json<Record<string, unknown>>();
};

describe('outside providers of a realm', () => {
  it('are told with a user once the realm has one', async () => {
    expect(await user()).not.toHaveProperty('federatedIdentities');
    expect(await make('first')).toBe(201);
    const { id } = await user();
    const link = { identityProvider: 'first', userId: 'there', userName: 'ann-there' };
    expect(await user()).toMatchObject({ federatedIdentities: [] });
    expect((await server.call(token, 'POST', `/realms/shop/users/${String(id)}/federated-identity/first`, link)).status).toBe(204);
    expect((await user())['federatedIdentities']).toEqual([link]);
  });

  it('are made by many at once, and so are their mappers: none is refused, and none lost', async () => {
    const aliases = Array.from({ length: 8 }, (_, index) => `many-${index}`);
    expect(await Promise.all(aliases.map(make))).toEqual(aliases.map(() => 201));
    const names = Array.from({ length: 8 }, (_, index) => `mapper ${index}`);
    expect(await Promise.all(names.map((name) => addMapper('first', name)))).toEqual(names.map(() => 201));
    const stored = (await server.call(token, 'GET', `${instances}/first/mappers`)).json<{ name: string }[]>();
    expect(stored.map(({ name }) => name).toSorted()).toEqual(names);
    expect([await addMapper('first', 'mapper 0'), await make('first')]).toEqual([400, 409]);
  });
});
