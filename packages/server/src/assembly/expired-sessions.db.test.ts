import { afterAll, beforeAll, expect, it } from 'vitest';
import { EventWriter } from '../events/event-writer.ts';
import { systemClock } from '../model/clock.ts';
import { createRealm } from '../realm/import-realm.ts';
import { storageServices } from '../realm/operations.ts';
import { sweepSessions } from '../session/sweeper.ts';
import { quietLogger } from '../testing/quiet-logger.ts';
import { openTestStorage } from '../testing/test-database.ts';
import { tellExpired } from './expired-sessions.ts';
import type { StoredEvents } from './stored-events.ts';

/** More than may wait for the database at once. */
const SESSIONS = 12_000;

let test: Awaited<ReturnType<typeof openTestStorage>>;
beforeAll(async () => {
  test = await openTestStorage();
});
afterAll(() => test?.[Symbol.asyncDispose]());

it('a sweep tells of every session that it removed, however many they are, and crowds out no event of a request', async () => {
  const { storage, database } = test;
  const { stores } = storage;
  await createRealm(storageServices(storage), { realm: 'swept', enabled: true, eventsEnabled: true });
  const realm = (await stores.realms.list()).find((one) => one.realm === 'swept') ?? expect.fail('no realm');
  await database.execute(
    `insert into offline_user_session
       (user_session_id, offline_flag, user_id, realm_id, created_on, last_session_refresh, version, remember_me, data)
     select lpad(n::text, 24, 's'), '0', 'user-' || n, $1, 1000, 1000, 0, false, '{}' from generate_series(1, ${SESSIONS}) as n`,
    [realm.id],
  );
  const writer = new EventWriter({
    store: stores.events,
    directory: { realmById: async () => realm },
    clock: systemClock,
    logger: quietLogger,
  });
  const events: StoredEvents = {
    emit: (event) => writer.offer(event),
    written: () => writer.flush(),
    [Symbol.asyncDispose]: async () => {},
  };
  const request = { type: 'LOGIN', realmId: realm.id, realmName: realm.realm };
  let batches = 0;
  const tell = tellExpired(events);
  const removed = await sweepSessions(
    {
      stores,
      clock: systemClock,
      logger: quietLogger,
      async onExpired(of, sessions) {
        batches += 1;
        events.emit(request);
        await tell(of, sessions);
      },
      pause: async () => undefined,
    },
    new AbortController().signal,
  );
  expect(removed).toBe(SESSIONS);
  const { rows } = await database.execute(
    `select type, details_json_long_value::json ->> 'reason' as reason, count(*)::int as count, count(distinct session_id)::int as sessions,
       count(distinct user_id)::int as users from event_entity group by 1, 2 order by 1`,
  );
  expect(rows).toEqual([
    { type: 'LOGIN', reason: null, count: batches, sessions: 0, users: 0 },
    { type: 'USER_SESSION_DELETED', reason: 'expired', count: SESSIONS, sessions: SESSIONS, users: SESSIONS },
  ]);
});
