import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestStorage } from '../testing/test-database.ts';
import { createSessionStore } from './session-store.ts';
import type { SessionStore } from './stores.ts';

const SESSIONS = 20_000;
const realmId = 'realm';
const always = { refreshedAfter: -1, startedAfter: -1 };
const living = { plain: { refreshedAfter: 5_000, startedAfter: -1 }, remembered: always };

let test: Awaited<ReturnType<typeof openTestStorage>>;
beforeAll(async () => {
  test = await openTestStorage();
  // Every second one is over; every thousandth one has a rare client, too.
  await test.database.execute(
    `insert into offline_user_session
       (user_session_id, offline_flag, user_id, realm_id, created_on, last_session_refresh, version, remember_me, data)
     select 'session-' || lpad(n::text, 6, '0'), '0', 'u', $1, 1, case n % 2 when 0 then 5000 else 5001 end, 0, false, '{}'
     from generate_series(0, ${SESSIONS - 1}) as n`,
    [realmId],
  );
  await test.database.execute(
    `insert into offline_client_session (user_session_id, client_id, offline_flag, realm_id, timestamp, version, data)
     select user_session_id, client, '0', realm_id, 1, 1, '{}' from offline_user_session, unnest(array['app', 'rare']) as client
     where client = 'app' or user_session_id like '%001'`,
  );
  await test.database.execute('analyze');
});
afterAll(() => test?.[Symbol.asyncDispose]());

/** How PostgreSQL means to answer the statements of a call. */
async function plansOf(call: (asked: SessionStore) => Promise<unknown>): Promise<string[]> {
  const plans: string[] = [];
  const asked = createSessionStore({
    rows: async <R>(_name: string, text: string, values: readonly unknown[] = []) => {
      const { rows } = await test.database.execute(`explain ${text}`, [...values]);
      plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
      return (await test.database.execute(text, [...values])).rows as R[];
    },
    run: () => expect.fail('a reading call'),
  });
  await call(asked);
  return plans;
}

const idsOf = (rows: readonly { readonly session: { readonly id: string } }[]) => rows.map(({ session }) => session.id);

it('the clients that have sessions are found without a look at each session', async () => {
  const { sessions } = test.storage.stores;
  expect(await sessions.clientsInUse(realmId, false)).toEqual(['app', 'rare']);
  expect([await sessions.clientsInUse(realmId, true), await sessions.clientsInUse('another', false)]).toEqual([[], []]);
  for (const plan of await plansOf((asked) => asked.clientsInUse(realmId, false))) expect(plan).not.toMatch(/Seq Scan on offline/);
});

describe('a page of the sessions of a client', () => {
  it('is full where there are more living ones, in the order of their ids, and goes on where the last one ended', async () => {
    const { sessions } = test.storage.stores;
    const page = (client: string, first: number, max: number) => sessions.ofClient(realmId, client, false, living, { first, max });
    expect(idsOf(await page('app', 0, 3))).toEqual(['session-000001', 'session-000003', 'session-000005']);
    expect(idsOf(await page('app', 3, 2))).toEqual(['session-000007', 'session-000009']);
    expect(idsOf(await page('rare', 18, 5))).toEqual(['session-018001', 'session-019001']);
    expect((await page('rare', 0, 1))[0]?.clients.map(({ clientId }) => clientId)).toEqual(['app', 'rare']);
    expect(await page('app', SESSIONS / 2, 5)).toEqual([]);
    expect(await sessions.ofClient('another', 'app', false, living, { max: 5 })).toEqual([]);
    expect(await sessions.ofClient(realmId, 'app', true, living, { max: 5 })).toEqual([]);
    expect(await sessions.ofClient(realmId, 'app', false, living, {})).toHaveLength(SESSIONS / 2);
  });

  it.each(['app', 'rare'])('is read along the indexes, and nothing is sorted for it: %s', async (client) => {
    const plans = await plansOf((asked) => asked.ofClient(realmId, client, false, living, { first: 5, max: 10 }));
    expect(plans).toHaveLength(2);
    for (const plan of plans) {
      expect(plan).toMatch(/Index (?:Only )?Scan/);
      expect(plan).not.toMatch(/Seq Scan/);
    }
    expect(plans[0]).not.toMatch(/Sort/);
  });
});
