import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RegistrationWorld, startRegistrationWorld } from '../../testing/registration-world.ts';

const OPEN = 'openid-connect';
const app = { redirect_uris: ['https://a.example/cb'], client_name: 'App' };
const NO_VIEW = 'Not authorized to view client. Not valid token or client credentials provided.';
const NO_UPDATE = 'Not authorized to update client. Maybe missing token or bad token type.';

let world: RegistrationWorld;
let initial: string;
beforeAll(async () => {
  world = await startRegistrationWorld();
  initial = await world.initial();
});
afterAll(() => world?.[Symbol.asyncDispose]());

async function registered(): Promise<{ path: string; id: string; token: string }> {
  const { json } = await world.ask('POST', OPEN, initial, app);
  const id = String(json['client_id']);
  return { path: `${OPEN}/${id}`, id, token: String(json['registration_access_token']) };
}
const refusal = ({ status, json }: { status: number; json: Readonly<Record<string, unknown>> }) => [status, json['error_description']];
const uuidOf = async (clientId: string): Promise<string> =>
  (await world.server.call(world.admin, 'GET', `/realms/reg/clients?clientId=${clientId}`)).json<{ id: string }[]>()[0]?.id ?? '';

describe('RFC 7592 section 2: a client reads, changes and removes its registration', () => {
  it('reads it as often as it likes', async () => {
    const { path, id, token } = await registered();
    for (const _ of [1, 2]) {
      const { status, json } = await world.ask('GET', path, token);
      expect([status, json['client_id'], json['registration_access_token']]).toEqual([200, id, token]);
    }
  });

  it('changes it with a token that is good for one change', async () => {
    const { path, id, token } = await registered();
    const first = await world.ask('PUT', path, token, { ...app, client_id: id, client_name: 'Renamed' });
    expect([first.status, first.json['client_name']]).toEqual([200, 'Renamed']);
    const next = String(first.json['registration_access_token']);
    expect(next).not.toBe(token);
    expect(refusal(await world.ask('GET', path, token))).toEqual([401, NO_VIEW]);
    expect(refusal(await world.ask('PUT', path, token, { client_id: id }))).toEqual([401, NO_UPDATE]);
    expect((await world.ask('GET', path, next)).json['client_name']).toBe('Renamed');
  });

  it('is served once of any number of changes with one token', async () => {
    const { path, id, token } = await registered();
    const racing = Array.from({ length: 6 }, (_, at) => world.ask('PUT', path, token, { client_id: id, client_name: `Racer ${at}` }));
    const statuses = (await Promise.all(racing)).map(({ status }) => status).sort();
    expect(statuses).toEqual([200, 401, 401, 401, 401, 401]);
  });

  it('is gone when it removed itself', async () => {
    const { path, id, token } = await registered();
    expect((await world.ask('DELETE', path, token)).status).toBe(204);
    expect(refusal(await world.ask('GET', path, token))).toEqual([401, NO_VIEW]);
    expect(await uuidOf(id)).toBe('');
  });

  it('changes nothing by a body that cannot be used', async () => {
    const { path, token } = await registered();
    for (const body of [{ client_name: 'x' }, { client_id: 'other' }, { client_id: 'account' }]) {
      expect(refusal(await world.ask('PUT', path, token, body))).toEqual([400, 'Client Identifier modified']);
    }
    expect((await world.ask('PUT', path, token, '{')).status).toBe(400);
    expect((await world.ask('GET', path, token)).json['client_name']).toBe('App');
  });
});

describe('nobody else does', () => {
  it('without a token, with one of another client or of another kind', async () => {
    const [one, other] = [await registered(), await registered()];
    for (const [token, view] of [
      [undefined, NO_VIEW],
      [other.token, NO_VIEW],
      [initial, 'Not initial access token allowed'],
      ['nonsense', 'Failed decode token'],
    ] as const) {
      expect(refusal(await world.ask('GET', one.path, token))).toEqual([401, view]);
      const change = refusal(await world.ask('PUT', one.path, token, { client_id: one.id }));
      expect(change).toEqual([401, token === 'nonsense' ? view : NO_UPDATE]);
      expect((await world.ask('DELETE', one.path, token)).status).toBe(401);
    }
    expect((await world.ask('GET', one.path, one.token)).status).toBe(200);
  });

  it('nor the client while an administrator has it switched off, or gave it another token', async () => {
    const { path, id, token } = await registered();
    const uuid = await uuidOf(id);
    const call = (method: 'PUT' | 'POST', below: string, body?: unknown) =>
      world.server.call(world.admin, method, `/realms/reg/clients/${uuid}${below}`, body);
    await call('PUT', '', { enabled: false });
    expect(refusal(await world.ask('GET', path, token))).toEqual([401, NO_VIEW]);
    await call('PUT', '', { enabled: true });
    expect((await world.ask('GET', path, token)).status).toBe(200);
    const renewed = (await call('POST', '/registration-access-token')).json<Readonly<Record<string, string>>>();
    expect([renewed['clientId'], renewed['secret']]).toEqual([id, '**********']);
    expect(refusal(await world.ask('GET', path, token))).toEqual([401, NO_VIEW]);
    expect((await world.ask('GET', path, renewed['registrationAccessToken'])).status).toBe(200);
  });
});

describe('the same by representations of Admin REST', () => {
  it('makes, shows, changes and removes a client', async () => {
    const made = await world.ask('POST', 'default', initial, { clientId: 'own', redirectUris: ['https://d.example/*'], id: 'own-id' });
    expect([made.status, made.headers['location']]).toEqual([201, 'http://127.0.0.1:8080/realms/reg/clients-registrations/default/own']);
    expect(made.json).toMatchObject({
      id: 'own-id',
      clientId: 'own',
      defaultRoles: [],
      fullScopeAllowed: true,
      secret: expect.any(String),
    });
    expect(made.json).not.toHaveProperty('registrationToken');
    const token = String(made.json['registrationAccessToken']);
    expect((await world.ask('GET', 'default/own', token)).json['registrationAccessToken']).toBe(token);
    const changed = await world.ask('PUT', 'default/own', token, { clientId: 'own', redirectUris: ['https://d.example/2'] });
    expect([changed.status, changed.json['redirectUris']]).toEqual([200, ['https://d.example/2']]);
    expect((await world.ask('DELETE', 'default/own', String(changed.json['registrationAccessToken']))).status).toBe(204);
  });

  it.each([
    ['a name that is taken', { clientId: 'account' }, 400, 'Client Identifier in use'],
    ['no name', { clientId: '' }, 400, 'Client ID cannot be blank'],
    ['an address that is none', { baseUrl: 'nope' }, 400, 'Base URL is not a valid URL'],
    ['a fragment', { rootUrl: 'https://a.example/#x' }, 400, 'Root URL must not contain an URL fragment'],
    ['a script', { adminUrl: 'javascript:x' }, 400, 'Admin URL uses an illegal scheme'],
    ['a name without end', { clientId: 'x'.repeat(300) }, 400, 'clientId has more than 255 characters'],
  ])('refuses %s', async (_what, body, status, description) => {
    expect(refusal(await world.ask('POST', 'default', initial, body))).toEqual([status, description]);
  });

  it('lets nobody pass for a client that administers the realm', async () => {
    const made = await world.ask('POST', 'default', initial, { clientId: 'fake', attributes: { realm_client: 'true' } });
    expect(made.json['attributes']).toMatchObject({ realm_client: 'false' });
  });

  it('shows an administrator the roles of a client that everybody has', async () => {
    const ann = await world.server.call(world.admin, 'POST', '/realms/reg/users', { username: 'ann', enabled: true });
    const [management] = (await world.server.call(world.admin, 'GET', '/realms/reg/clients?clientId=realm-management')).json<
      { id: string }[]
    >();
    const role = (await world.server.call(world.admin, 'GET', `/realms/reg/clients/${management?.id}/roles/manage-clients`)).json();
    const user = ann.location?.split('/').at(-1);
    await world.server.call(world.admin, 'POST', `/realms/reg/users/${user}/role-mappings/clients/${management?.id}`, [role]);
    const token = await world.server.token('reg', 'ann');
    const { status, json } = await world.ask('GET', 'default/account', token);
    expect([status, json['defaultRoles']]).toEqual([200, expect.arrayContaining(['manage-account', 'view-profile'])]);
    expect(refusal(await world.ask('GET', 'default/nosuch', token))).toEqual([404, 'Client not found']);
    expect(refusal(await world.ask('DELETE', 'default/realm-management', token))).toEqual([403, 'Forbidden']);
  });
});
