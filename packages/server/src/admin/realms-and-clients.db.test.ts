import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AdminAnswer, type AdminServer, startAdminServer } from '../testing/admin-server.ts';

let server: AdminServer;
let admin: string;
type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

const call = (method: Method, path: string, body?: unknown): Promise<AdminAnswer> => server.call(admin, method, path, body);
const idOf = (answer: AdminAnswer): string => answer.location?.split('/').at(-1) ?? expect.fail(answer.text);

beforeAll(async () => {
  server = await startAdminServer();
  await server.createRealm({ realm: 'shop', enabled: true });
  admin = await server.token('master', 'admin');
});
afterAll(() => server?.[Symbol.asyncDispose]());

describe('realms', () => {
  it('are created, changed in part, renamed and removed', async () => {
    const made = await call('POST', '/realms', { realm: 'fresh', enabled: true, smtpServer: { host: 'mail', password: 'hidden' } });
    expect([made.status, made.location]).toEqual([201, 'http://127.0.0.1:8080/admin/realms/fresh']);
    expect((await call('POST', '/realms', { realm: 'fresh' })).json()).toEqual({ errorMessage: 'Realm fresh already exists' });
    expect((await call('PUT', '/realms/fresh', { displayName: 'Fresh' })).status).toBe(204);
    const realm = (await call('GET', '/realms/fresh')).json();
    expect(realm).toMatchObject({ displayName: 'Fresh', enabled: true, smtpServer: { host: 'mail', password: '**********' } });
    // What was read may be written back: the mask keeps the password.
    expect((await call('PUT', '/realms/fresh', realm)).status).toBe(204);
    const stored = await server.context.storage.stores.realms.byName('fresh');
    expect(stored?.smtpServer['password']).toBe('hidden');
    expect((await call('PUT', '/realms/fresh', { realm: 'shop' })).json()).toEqual({ errorMessage: 'Realm with same name exists' });
    expect((await call('PUT', '/realms/fresh', { realm: 'fresher' })).status).toBe(204);
    expect((await call('GET', '/realms/fresher/users')).status).toBe(200);
    expect((await call('DELETE', '/realms/fresher')).status).toBe(204);
    expect((await call('GET', '/realms/fresher')).json()).toEqual({ error: 'Realm not found.' });
    expect((await call('DELETE', '/realms/master')).json()).toEqual({ errorMessage: "Can't remove master realm" });
  });

  it('are refused with a broken body or name', async () => {
    for (const body of ['', '{"re', '[]', '{"realm":"x","bogus":1}']) {
      expect((await call('POST', '/realms', body)).json()).toEqual({ errorMessage: 'unable to read contents from stream' });
    }
    expect((await call('POST', '/realms', {})).json()).toEqual({ errorMessage: 'Realm name cannot be empty' });
    expect((await call('POST', '/realms', { realm: 'a/b' })).json()).toEqual({ error: "Character '/' not allowed." });
    expect((await call('PUT', '/realms/shop', { bogus: 1 })).json()).toEqual({
      error: 'Invalid json representation for RealmRepresentation. Unrecognized field "bogus" at line 1 column 11.',
    });
  });

  it('end their tokens with logout-all', async () => {
    expect((await call('POST', '/realms/shop/logout-all')).json()).toEqual({});
    expect((await call('GET', '/realms/shop')).json()).toMatchObject({ notBefore: 1_800_000_000 });
    expect((await call('GET', '/realms/shop/client-session-stats')).json()).toEqual([]);
    expect((await call('DELETE', '/realms/shop/sessions/nothing')).json()).toEqual({ error: 'Sesssion not found' });
  });

  it('show their keys without secrets', async () => {
    const keys = (await call('GET', '/realms/shop/keys')).json<{ active: object; keys: Record<string, unknown>[] }>();
    expect(Object.keys(keys.active).sort()).toEqual(['AES', 'HS512', 'RS256', 'RSA-OAEP']);
    const names = new Set(keys.keys.flatMap((key) => Object.keys(key)));
    for (const secret of ['secret', 'privateKey']) expect(names.has(secret)).toBe(false);
  });
});

describe('clients', () => {
  it('are created, changed in part and removed, with secrets, mappers and scopes', async () => {
    const id = idOf(await call('POST', '/realms/shop/clients', { clientId: 'till', secret: 'first', serviceAccountsEnabled: true }));
    const path = `/realms/shop/clients/${id}`;
    expect((await call('POST', '/realms/shop/clients', { clientId: 'till' })).json()).toEqual({
      errorMessage: 'Client till already exists',
    });
    expect((await call('PUT', path, { name: 'Till' })).status).toBe(204);
    expect((await call('GET', path)).json()).toMatchObject({
      clientId: 'till',
      name: 'Till',
      secret: 'first',
      access: { view: true, configure: true, manage: true },
    });
    expect((await call('POST', `${path}/client-secret`)).json<{ value: string }>().value).toHaveLength(86);
    expect((await call('GET', `${path}/service-account-user`)).json()).toMatchObject({ username: 'service-account-till' });
    const mapper = { name: 'm', protocol: 'openid-connect', protocolMapper: 'oidc-hardcoded-claim-mapper', config: { 'claim.name': 'x' } };
    const mapperId = idOf(await call('POST', `${path}/protocol-mappers/models`, mapper));
    expect((await call('POST', `${path}/protocol-mappers/models`, mapper)).status).toBe(409);
    expect((await call('POST', `${path}/protocol-mappers/models`, { ...mapper, name: 'n', protocolMapper: 'none' })).status).toBe(404);
    expect((await call('DELETE', `${path}/protocol-mappers/models/${mapperId}`)).status).toBe(204);
    const scope = idOf(await call('POST', '/realms/shop/client-scopes', { name: 'till-scope', protocol: 'openid-connect' }));
    expect((await call('PUT', `${path}/optional-client-scopes/${scope}`)).status).toBe(204);
    expect((await call('PUT', `/realms/shop/client-scopes/${scope}`, { name: 'renamed' })).status).toBe(204);
    expect((await call('GET', path)).json<{ optionalClientScopes: string[] }>().optionalClientScopes).toContain('renamed');
    expect((await call('DELETE', `/realms/shop/client-scopes/${scope}`)).status).toBe(204);
    expect((await call('GET', path)).json<{ optionalClientScopes: string[] }>().optionalClientScopes).not.toContain('renamed');
    expect((await call('GET', `${path}/session-count`)).json()).toEqual({ count: 0 });
    expect((await call('DELETE', path)).status).toBe(204);
    expect((await call('GET', path)).json()).toEqual({ error: 'Could not find client' });
  });

  it('that administer the realm stay', async () => {
    const [management] = (await call('GET', '/realms/shop/clients?clientId=realm-management')).json<{ id: string }[]>();
    expect((await call('DELETE', `/realms/shop/clients/${management?.id}`)).status).toBe(403);
  });
});

describe('the console', () => {
  it('learns of the cluster in texts', async () => {
    const info = (await call('GET', '/serverinfo')).json<{ providers: Record<string, { providers: Record<string, unknown> }> }>();
    expect(info.providers['connectionsInfinispan']?.providers['default']).toMatchObject({
      operationalInfo: { product: 'Keygrid', clusterSize: '3', 'work:Cache': 'HEALTHY', 'sessions:Cache': 'HEALTHY_REBALANCING' },
    });
  });

  it('learns who is logged in, with its own tokens alone', async () => {
    expect((await call('GET', '/master/console/whoami')).json()).toEqual({
      error: 'Token issued for an application that is not the admin console: admin-cli',
    });
    const token = await server.token('master', 'admin', 'security-admin-console');
    const whoami = (await server.call(token, 'GET', '/master/console/whoami?currentRealm=shop')).json<{
      realm_access: { shop: string[] };
    }>();
    expect(whoami).toMatchObject({ realm: 'master', displayName: 'admin', createRealm: true, temporary: true });
    expect(whoami.realm_access.shop).toContain('manage-users');
    expect((await server.call(token, 'GET', '/shop/console/whoami')).status).toBe(401);
  });

  it('tells the console the language of the administrator, where the realm is in several', async () => {
    const token = await server.token('master', 'admin', 'security-admin-console');
    const locale = async (): Promise<string> =>
      (await server.call(token, 'GET', '/master/console/whoami')).json<{ locale: string }>().locale;
    const [admin] = (await call('GET', '/realms/master/users?username=admin')).json<{ id: string }[]>();
    await call('PUT', `/realms/master/users/${admin?.id}`, { ...admin, attributes: { locale: ['de'] } });
    expect(await locale()).toBe('en');
    await call('PUT', '/realms/master', { internationalizationEnabled: true, supportedLocales: ['en', 'de'] });
    expect(await locale()).toBe('de');
    await call('PUT', '/realms/master', { internationalizationEnabled: false });
    expect(await locale()).toBe('en');
  });
});
