import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AdminServer, startAdminServer } from '../testing/admin-server.ts';
import { adminEventKind } from './admin-event-kinds.ts';
import { endpointPermissions } from './endpoint-permissions.ts';

interface Event {
  readonly operationType: string;
  readonly resourceType: string;
  readonly resourcePath?: string;
  readonly representation?: string;
  readonly authDetails: { readonly userId: string };
}

let server: AdminServer;
let token: string;

beforeAll(async () => {
  server = await startAdminServer();
  await server.createRealm({ realm: 'shop', enabled: true, adminEventsEnabled: true, adminEventsDetailsEnabled: true });
  token = await server.token('master', 'admin');
});
afterAll(() => server?.[Symbol.asyncDispose]());

const call = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown) =>
  server.call(token, method, `/realms/shop${path}`, body);
const events = async (query = ''): Promise<Event[]> => (await call('GET', `/admin-events${query}`)).json<Event[]>();

describe('events of administrators', () => {
  it('say who did what to which thing', async () => {
    const id = (await call('POST', '/users', { username: 'ann', credentials: [{ type: 'password', value: 'hush' }] })).location
      ?.split('/')
      .at(-1);
    await call('PUT', `/users/${id}/reset-password`, { type: 'password', value: 'hush' });
    await call('POST', '/roles', { name: 'seller' });
    const role = (await call('GET', '/roles/seller')).json<{ id: string }>();
    await call('POST', `/users/${id}/role-mappings/realm`, [{ id: role.id, name: 'seller' }]);
    await call('DELETE', '/roles/seller');
    await call('PUT', '', { displayName: 'The shop' });
    const seen = (await events('?direction=asc')).map((one) => [one.operationType, one.resourceType, one.resourcePath]);
    expect(seen.toSorted()).toEqual(
      [
        ['CREATE', 'USER', `users/${id}`],
        ['ACTION', 'USER', `users/${id}/reset-password`],
        ['CREATE', 'REALM_ROLE', 'roles/seller'],
        ['CREATE', 'REALM_ROLE_MAPPING', `users/${id}/role-mappings/realm`],
        ['DELETE', 'REALM_ROLE', 'roles/seller'],
        ['UPDATE', 'REALM', undefined],
      ].toSorted(),
    );
    expect((await events('?resourceTypes=REALM'))[0]?.representation).toBe('{"displayName":"The shop"}');
    expect(JSON.stringify(await events())).not.toContain('hush');
  });

  it('are found by operation, kind, place and a page of them', async () => {
    expect((await events('?operationTypes=DELETE')).map(({ resourceType }) => resourceType)).toEqual(['REALM_ROLE']);
    expect(await events('?resourceTypes=USER&resourceTypes=REALM')).toHaveLength(3);
    expect(await events('?resourcePath=users/*')).toHaveLength(3);
    expect(await events('?resourcePath=users/%25')).toHaveLength(0);
    expect(await events('?first=1&max=2')).toHaveLength(2);
    expect(await events('?authUser=nobody')).toHaveLength(0);
  });

  it('are not left by what was refused, by reading, or where the realm keeps none', async () => {
    const before = (await events()).length;
    await call('POST', '/roles', { name: '' });
    await call('GET', '/roles');
    await call('PUT', '/events/config', { adminEventsEnabled: false });
    await call('POST', '/roles', { name: 'other' });
    expect(await events()).toHaveLength(before);
    expect((await call('DELETE', '/admin-events')).status).toBe(204);
    expect(await events()).toEqual([]);
  });

  it('are left by every endpoint that changes something', () => {
    const silent = Object.keys(endpointPermissions).filter(
      (endpoint) => !/^GET |evaluate$/.test(endpoint) && adminEventKind(endpoint) === undefined,
    );
    expect(silent.toSorted()).toEqual([
      'DELETE /admin-events',
      'DELETE /events',
      'POST /partial-export',
      // An event for each object that came in.
      'POST /partialImport',
      'PUT /client-policies/policies',
      'PUT /client-policies/profiles',
    ]);
  });

  it.each([
    ['PUT /default-groups/:groupId', 'CREATE', 'GROUP'],
    ['PUT /groups/:groupId', 'UPDATE', 'GROUP'],
    ['PUT /clients/:clientUuid/default-client-scopes/:scopeId', 'CREATE', 'CLIENT_SCOPE_CLIENT_MAPPING'],
    ['PUT /default-optional-client-scopes/:scopeId', 'CREATE', 'CLIENT_SCOPE'],
    ['PUT /client-scopes/:scopeId', 'UPDATE', 'CLIENT_SCOPE'],
    ['POST /clients/:clientUuid/client-secret', 'ACTION', 'CLIENT'],
    ['POST /logout-all', 'ACTION', 'REALM'],
    ['POST /authentication/flows/:flowAlias/executions/execution', 'CREATE', 'AUTH_EXECUTION'],
  ])('call %s a %s of %s, as the original does', (endpoint, operationType, resourceType) => {
    expect(adminEventKind(endpoint)).toEqual({ operationType, resourceType });
  });
});
