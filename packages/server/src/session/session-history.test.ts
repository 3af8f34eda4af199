import { setImmediate as immediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { ClientSession, UserSession } from '../model/index.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { furtherClient, newClientSession, newSession, openSessions } from '../testing/sessions-testbed.ts';

/** What callers were told of one session, each fact with the moment at which it was answered. */
interface Told {
  removedAt: number;
  /** Client UUID -> moment. */
  readonly joinedAt: Map<string, number>;
  /** Note -> moment. */
  readonly notedAt: Map<string, number>;
}

/**
 * Nodes, readers, writers, losses of copies and silences of owners, all in an order that the seed decides. After an answer, every read
 * that starts later on any node must agree with it.
 */
async function run(seed: number): Promise<void> {
  const random = new SeededRandom(seed);
  const bed = openSessions(3);
  bed.cluster.hopTurns = () => 1 + random.below(8);
  const turns = async (most: number) => {
    for (let left = random.below(most); left > 0; left -= 1) await Promise.resolve();
  };
  const slowly = async () => {
    for (let left = random.below(3); left > 0; left -= 1) await immediate();
    await turns(20);
  };
  bed.store.beforeFlush = slowly;
  bed.store.afterLoad = slowly;
  let moment = 0;
  const tick = () => {
    moment += 1;
    return moment;
  };
  const clients = Array.from({ length: 6 }, () => furtherClient(bed));
  const violations: string[] = [];

  async function live(session: UserSession): Promise<void> {
    const told: Told = { removedAt: Number.POSITIVE_INFINITY, joinedAt: new Map(), notedAt: new Map() };
    let removing = false;
    await bed.node(random.below(3)).create(bed.realm, session, newClientSession(session, bed.client));

    async function read(): Promise<void> {
      const startedAt = tick();
      const client = clients[random.below(clients.length)] ?? bed.client;
      const wasRemoving = removing;
      const pair = await bed.node(random.below(3)).pair(bed.realm, session.id, client, false);
      if (startedAt > told.removedAt && pair !== undefined) violations.push('a removed session was read');
      if (wasRemoving || removing) return;
      if (pair === undefined) violations.push('a living session was not found');
      if (startedAt > (told.joinedAt.get(client.id) ?? Number.POSITIVE_INFINITY) && pair?.client === undefined)
        violations.push('a joined client was not found');
      for (const [note, notedAt] of told.notedAt) {
        if (startedAt > notedAt && pair?.session.notes[note] === undefined) violations.push('a written note was not found');
      }
    }

    async function join(): Promise<void> {
      const client = clients[random.below(clients.length)] ?? bed.client;
      const pair = await bed
        .node(random.below(3))
        .attach(bed.realm, session.id, newClientSession(session, client), session.started + random.below(50));
      if (pair !== undefined && !told.joinedAt.has(client.id)) told.joinedAt.set(client.id, tick());
      if (pair === undefined && !removing) violations.push('a client could not join a living session');
    }

    async function note(name: string): Promise<void> {
      const change = (own: UserSession) => ({ ...own, notes: { ...own.notes, [name]: 'set' } });
      if ((await bed.node(random.below(3)).update(bed.realm, session.id, false, change)) !== undefined) told.notedAt.set(name, tick());
    }

    async function refresh(): Promise<void> {
      const count = (own: ClientSession) => ({ ...own, notes: { count: String(Number(own.notes['count'] ?? 0) + 1) } });
      const pair = await bed
        .node(random.below(3))
        .touch(bed.realm, session.id, bed.client, false, session.started + random.below(50), count);
      if (pair === undefined && !removing) violations.push('a living session could not be refreshed');
      if (pair !== undefined) refreshed += 1;
    }

    async function remove(): Promise<void> {
      removing = true;
      await bed.node(random.below(3)).remove(bed.realm, session.id, false);
      told.removedAt = Math.min(told.removedAt, tick());
    }

    let refreshed = 0;
    const under: Promise<void>[] = [];
    const steps = 40;
    const removalAt = random.below(2) === 0 ? steps - 10 : steps + 1;
    for (let step = 0; step < steps; step += 1) {
      const kind = random.below(12);
      if (step === removalAt) under.push(remove());
      else if (kind < 5) under.push(read());
      else if (kind < 7) under.push(join());
      else if (kind < 8) under.push(note(`note-${step}`));
      else if (kind < 11) under.push(refresh());
      else bed.cluster.lose(random.below(2) === 0 ? 'sessions' : 'clientSessions');
      // Commits begin at the end of a loop's turn.
      for (let left = random.below(4); left > 0; left -= 1) await immediate();
      await turns(30);
    }
    await Promise.all(under);
    const row = await bed.store.load(bed.realm.id, session.id, false);
    const own = row?.clients.find((client) => client.clientId === bed.client.id);
    if (removalAt > steps && Number(own?.notes['count'] ?? 0) !== refreshed) violations.push('a refresh was lost or counted twice');
    if (removalAt < steps && row !== undefined) violations.push('a removed session stands in the database');
  }

  await Promise.all([live(newSession(bed)), live(newSession(bed)), live(newSession(bed))]);
  expect({ seed, violations: [...new Set(violations)] }).toEqual({ seed, violations: [] });
}

describe('what a caller was told of a session', () => {
  it('is what every node says afterwards, in two hundred shuffled histories', async () => {
    for (let seed = 1; seed <= 200; seed += 1) await run(seed);
  }, 60_000);
});
