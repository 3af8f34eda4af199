import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StoredEvent } from '../store/stores.ts';
import { type AdminServer, startAdminServer } from '../testing/admin-server.ts';

let server: AdminServer;
let token: string;
let realmId: string;
const REALM = '/realms/kept';
const DAY = Date.UTC(2026, 10, 29);

const event = (id: string, timeMs: number, more: Partial<StoredEvent> = {}): StoredEvent => ({
  id,
  timeMs,
  type: 'LOGIN',
  realmId,
  clientId: 'app',
  userId: 'u1',
  sessionId: undefined,
  ipAddress: '192.0.2.1',
  error: undefined,
  details: undefined,
  ...more,
});

beforeAll(async () => {
  server = await startAdminServer();
  await server.createRealm({ realm: 'kept', enabled: true, eventsEnabled: true });
  token = await server.token('master', 'admin');
  realmId = (await server.context.state.directory.realmByName('kept'))?.id ?? '';
  await server.context.storage.stores.events.insert([
    event('e1', DAY - 1, { details: { username: 'alice' } }),
    event('e2', DAY, { type: 'LOGIN_ERROR', error: 'invalid_user_credentials', userId: 'u2' }),
    event('e3', DAY + 86_399_999, { type: 'LOGOUT', clientId: 'other', sessionId: 's1' }),
    event('e4', DAY + 86_400_000, { ipAddress: '192.0.2.9' }),
  ]);
});
afterAll(() => server?.[Symbol.asyncDispose]());

const ids = async (query: string) =>
  (await server.call(token, 'GET', `${REALM}/events${query}`)).json<{ id: string }[]>().map(({ id }) => id);

describe('the events of a realm', () => {
  it.each([
    ['', ['e4', 'e3', 'e2', 'e1']],
    ['?direction=asc&first=1&max=2', ['e2', 'e3']],
    ['?type=LOGIN_ERROR&type=LOGOUT', ['e3', 'e2']],
    ['?client=other', ['e3']],
    ['?user=u2', ['e2']],
    ['?ipAddress=192.0.2.9', ['e4']],
    ['?dateFrom=2026-11-29&dateTo=2026-11-29', ['e3', 'e2']],
    [`?dateFrom=${DAY + 86_400_000}`, ['e4']],
  ])('are found by %s', async (query, expected) => {
    expect(await ids(query)).toEqual(expected);
  });

  it('are shown with what is known of them', async () => {
    const [shown] = (await server.call(token, 'GET', `${REALM}/events?type=LOGOUT`)).json<unknown[]>();
    expect(shown).toEqual({
      id: 'e3',
      time: DAY + 86_399_999,
      type: 'LOGOUT',
      realmId,
      clientId: 'other',
      userId: 'u1',
      sessionId: 's1',
      ipAddress: '192.0.2.1',
    });
  });

  it('are not searched by nonsense', async () => {
    expect((await server.call(token, 'GET', `${REALM}/events?dateFrom=yesterday`)).status).toBe(400);
  });

  it('go when they are older than the realm keeps, and when an administrator clears them', async () => {
    const { events } = server.context.storage.stores;
    expect(await events.removeExpired(DAY + 1_000_000)).toBe(0);
    const config = { eventsEnabled: true, eventsExpiration: 3_600, enabledEventTypes: ['LOGIN'] };
    expect((await server.call(token, 'PUT', `${REALM}/events/config`, config)).status).toBe(204);
    expect((await server.call(token, 'GET', `${REALM}/events/config`)).json()).toMatchObject(config);
    expect(await events.removeExpired(DAY + 3_600_000 + 1)).toBe(2);
    expect(await ids('')).toEqual(['e4', 'e3']);
    expect((await server.call(token, 'DELETE', `${REALM}/events`)).status).toBe(204);
    expect(await ids('')).toEqual([]);
  });
});
