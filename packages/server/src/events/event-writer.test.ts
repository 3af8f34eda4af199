import { describe, expect, it } from 'vitest';
import type { Realm } from '../model/index.ts';
import type { EventStore, StoredEvent } from '../store/stores.ts';
import { realmFixture } from '../testing/fixtures.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { quietLogger } from '../testing/quiet-logger.ts';
import { EventWriter } from './event-writer.ts';

function open(realm: Partial<Realm> = {}, insert?: (events: readonly StoredEvent[]) => Promise<void>) {
  const kept: StoredEvent[] = [];
  const store = { insert: insert ?? (async (events) => void kept.push(...events)) } as Pick<EventStore, 'insert'> as EventStore;
  const stored = realmFixture({ eventsEnabled: true, ...realm });
  const directory = { realmById: async (id: string) => (id === stored.id ? stored : undefined) };
  const writer = new EventWriter({ store, directory, clock: new ManualClock(1_000), logger: quietLogger });
  const event = (type: string, more = {}) => ({ type, realmId: stored.id, realmName: stored.realm, ...more });
  return { writer, kept, event };
}

describe('stored events', () => {
  it('are those that the realm keeps, many in one statement', async () => {
    const { writer, kept, event } = open();
    for (const type of ['LOGIN', 'REFRESH_TOKEN', 'USER_SESSION_DELETED']) writer.offer(event(type, { details: { reason: 'expired' } }));
    writer.offer({ ...event('LOGIN'), realmId: 'gone' });
    await writer.flush();
    expect(kept.map(({ type, timeMs, details }) => [type, timeMs, details])).toEqual([
      ['LOGIN', 1_000, { reason: 'expired' }],
      ['USER_SESSION_DELETED', 1_000, { reason: 'expired' }],
    ]);
  });

  it('are none where the realm keeps none, and those of its choice where it made one', async () => {
    const off = open({ eventsEnabled: false });
    off.writer.offer(off.event('LOGIN'));
    await off.writer.flush();
    expect(off.kept).toEqual([]);
    const chosen = open({ other: { enabledEventTypes: ['REFRESH_TOKEN'] } });
    for (const type of ['LOGIN', 'REFRESH_TOKEN']) chosen.writer.offer(chosen.event(type));
    await chosen.writer.flush();
    expect(chosen.kept.map(({ type }) => type)).toEqual(['REFRESH_TOKEN']);
  });

  it('have a known size, whatever the request carried', async () => {
    const { writer, kept, event } = open();
    const details = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`d${index}`, 'x'.repeat(50_000)]));
    writer.offer(event('LOGIN_ERROR', { ipAddress: 'y'.repeat(9_000), error: 'a\u0000b', details }));
    await writer.flush();
    expect(JSON.stringify(kept).length).toBeLessThan(80_000);
    expect(kept[0]).toMatchObject({ error: 'ab' });
  });

  it('are dropped, and fail nobody, where the database does not take them', async () => {
    const { writer, event } = open({}, async () => {
      throw new Error('away');
    });
    for (let count = 0; count < 12_000; count += 1) writer.offer(event('LOGIN'));
    await expect(writer.flush()).resolves.toBeUndefined();
  });
});
