import { describe, expect, it } from 'vitest';
import type { NotificationStore, ServerNode, ServerNodeStore } from '../../store/shared-state.ts';
import { quietLogger } from '../../testing/quiet-logger.ts';
import { DatabaseBus } from './database-bus.ts';
import { DatabaseMember } from './database-member.ts';

/** Nodes on rows and a channel in memory; `lose` takes messages of the channel away. */
function openNodes() {
  const rows = new Map<string, ServerNode>();
  const buses: DatabaseBus[] = [];
  const channel = { lose: (_from: string): boolean => false, deaf: new Set<string>() };
  const store: ServerNodeStore = {
    beat: async (row) => void rows.set(row.id, row as ServerNode),
    list: async () => [...rows.values()],
    remove: async (id) => void rows.delete(id),
    removeOlderThan: async () => 0,
  };
  async function open(id: string, patienceMs?: number) {
    const member = new DatabaseMember({
      store,
      node: { id, name: id, clusterName: 'ISPN', mode: 'remote' },
      logger: quietLogger,
      monotonicMs: () => 0,
      every: () => ({ [Symbol.dispose]: () => undefined }),
      heard: async () => !channel.deaf.has(id),
      catchUp: async () => {
        member.deafen();
        return true;
      },
    });
    const notifications: NotificationStore = {
      notify: async (name, payloads) => {
        if (channel.lose(id)) return;
        for (const payload of payloads) for (const bus of buses) bus.receive(name, payload);
      },
    };
    const bus = new DatabaseBus({ member, nodes: store, notifications, logger: quietLogger, patienceMs });
    buses.push(bus);
    await member.start();
    return { bus, member };
  }
  return { open, channel };
}

describe('a change that is told over a channel that loses messages', () => {
  it('is told again until the others have it', async () => {
    const { open, channel } = openNodes();
    const { bus } = await open('a', 60_000);
    const other = await open('b', 60_000);
    const seen: string[] = [];
    using _ = other.bus.subscribe((keys) => void seen.push(...keys));
    let lost = 0;
    channel.lose = () => {
      lost += 1;
      return lost <= 2;
    };
    expect(await bus.publish(['realm:1'])).toBe(true);
    expect(new Set(seen)).toEqual(new Set(['realm:1']));
  });

  it('waits for a node that keeps what is older until it keeps nothing, and is then not told to have reached all', async () => {
    const { open, channel } = openNodes();
    const { bus } = await open('a', 60_000);
    const { bus: other, member } = await open('b', 60_000);
    let keeps = true;
    using _ = other.onDeaf((deaf) => {
      keeps = !deaf;
    });
    channel.lose = () => true;
    const published = bus.publish(['realm:1']).then((reachedAll) => ({ reachedAll, keeps }));
    channel.deaf.add('b');
    await member.beat();
    expect(await published).toEqual({ reachedAll: false, keeps: false });
  });

  it('is left to the outbox at once where nobody is patient', async () => {
    const { open, channel } = openNodes();
    const { bus } = await open('a');
    await open('b');
    channel.lose = () => true;
    expect(await bus.publish(['realm:1'])).toBe(false);
  });
});
