import { afterAll, beforeAll, expect, it } from 'vitest';
import { featuresOf } from '../config/feature-switches.ts';
import { type AdminServer, startAdminServer } from '../testing/admin-server.ts';

const off: readonly string[] = ['authorization', 'client-policies', 'recovery-codes'];
let server: AdminServer;
let token: string;

beforeAll(async () => {
  server = await startAdminServer(
    undefined,
    featuresOf((name) => !off.includes(name)),
  );
  await server.createRealm({
    realm: 'shop',
    enabled: true,
    clients: [{ clientId: 'api', secret: 's', serviceAccountsEnabled: true, authorizationServicesEnabled: true }],
  });
  token = await server.token('master', 'admin');
});
afterAll(() => server?.[Symbol.asyncDispose]());

const call = (method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown) => server.call(token, method, `/realms/shop${path}`, body);
const NOT_ENABLED = { error: 'Feature not enabled', error_description: 'For more on this error consult the server log.' };

it.each([
  ['GET', '/clients/x/authz/resource-server'],
  ['GET', '/clients/x/authz/resource-server/settings'],
  ['POST', '/clients/x/authz/resource-server/resource'],
  ['GET', '/client-policies/policies'],
  ['GET', '/client-policies/profiles'],
  ['PUT', '/client-policies/policies'],
] as const)('%s %s says that the feature is off', async (method, path) => {
  const answer = await call(method, path, method === 'GET' ? undefined : { policies: [], name: 'x' });
  expect([answer.status, answer.json()]).toEqual([501, NOT_ENABLED]);
});

it('tells nothing of authorization services of a client, and leaves those that it had', async () => {
  const [api] = (await call('GET', '/clients?clientId=api')).json<{ id: string }[]>();
  const shown = (await call('GET', `/clients/${api?.id}`)).json();
  expect(shown).not.toHaveProperty('authorizationServicesEnabled');
  expect((await call('PUT', `/clients/${api?.id}`, { ...shown, name: 'The API', authorizationServicesEnabled: false })).status).toBe(204);
  const { stores } = server.context.storage;
  const realm = await server.context.state.directory.realmByName('shop');
  expect(await stores.clients.byId(realm?.id ?? '', api?.id ?? '')).toMatchObject({ name: 'The API', authorizationServicesEnabled: true });
  const made = await call('POST', '/clients', { clientId: 'other', serviceAccountsEnabled: true, authorizationServicesEnabled: true });
  const id = made.location?.split('/').at(-1) ?? '';
  expect(await stores.clients.byId(realm?.id ?? '', id)).toMatchObject({ authorizationServicesEnabled: false });
});

it('lists no steps and actions of recovery codes', async () => {
  expect((await call('GET', '/authentication/required-actions')).text).not.toContain('CONFIGURE_RECOVERY_AUTHN_CODES');
  expect((await call('GET', '/authentication/authenticator-providers')).text).not.toContain('auth-recovery-authn-code-form');
});
