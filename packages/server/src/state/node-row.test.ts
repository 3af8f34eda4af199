import { describe, expect, it } from 'vitest';
import type { ServerNode, ServerNodeStore } from '../store/shared-state.ts';
import { quietLogger } from '../testing/quiet-logger.ts';
import { enterMode, keepNodeRow } from './node-row.ts';

/** Table server_node in memory, with a clock that tests move. */
function openTable() {
  const rows = new Map<string, Omit<ServerNode, 'ageMs'> & { atMs: number }>();
  let nowMs = 0;
  const store: ServerNodeStore = {
    beat: async (node) => void rows.set(node.id, { ...node, beat: (rows.get(node.id)?.beat ?? 0) + 1, atMs: nowMs }),
    list: async (maxAgeMs) => [...rows.values()].map((row) => ({ ...row, ageMs: nowMs - row.atMs })).filter((row) => row.ageMs < maxAgeMs),
    remove: async (id) => void rows.delete(id),
    removeOlderThan: async () => 0,
  };
  const node = (id: string, mode: string) => ({ id, name: id, clusterName: 'ISPN', mode });
  const beat = (id: string, mode: string) => store.beat({ ...node(id, mode), acknowledges: false });
  const warned: string[] = [];
  const logger = { ...quietLogger, warn: (line: string) => void warned.push(line) };
  /** Enters as `id`; `meanwhile` runs at each look, after which a quarter of a second has gone by. */
  const enter = (id: string, mode: string, meanwhile: () => Promise<void> = async () => undefined) =>
    enterMode({
      store,
      node: node(id, mode),
      logger,
      every: () => ({ [Symbol.dispose]: () => undefined }),
      pause: async (ms) => {
        nowMs += ms;
        await meanwhile();
      },
    });
  return { rows, store, node, beat, warned, logger, enter };
}

describe('nodes on one database', () => {
  it('that keep state in the same way are let in at once', async () => {
    const table = openTable();
    await table.enter('a', 'persistent');
    await table.enter('b', 'persistent', () => Promise.reject(new Error('no need to wait')));
    expect([...table.rows.keys()]).toEqual(['a', 'b']);
  });

  it('that keep sessions in another way than a living one are refused, and leave no row behind', async () => {
    const table = openTable();
    await table.enter('a', 'persistent');
    await expect(table.enter('b', 'volatile', () => table.beat('a', 'persistent'))).rejects.toThrow(
      "Node a runs on this database with the cluster and sessions in the database, this node was started with the cluster with sessions in memory alone (feature 'persistent-user-sessions' disabled). Stop all nodes before the way to keep sessions is changed",
    );
    expect([...table.rows.keys()]).toEqual(['a']);
  });

  it('are let in when the one that kept them in another way has shown no life for ten seconds', async () => {
    const table = openTable();
    await table.enter('dead', 'stateless');
    let looks = 0;
    await table.enter('b', 'persistent', async () => {
      looks += 1;
    });
    expect(looks).toBe(40);
  });

  it('that start at the same time in two ways: the later one is refused, the earlier one is not', async () => {
    const table = openTable();
    await table.beat('first', 'stateless');
    const second = table.enter('second', 'volatile', () => table.beat('first', 'stateless'));
    const first = table.enter('first', 'stateless');
    await expect(second).rejects.toThrow(/^Node first runs on this database/);
    await first;
  });

  it('are warned of once when one of them is alone in memory, and not by the row of a dead one', async () => {
    const table = openTable();
    await table.beat('dead', 'persistent');
    await table.beat('other', 'persistent');
    await table.enter('lonely', 'local');
    let tick = (): void => undefined;
    const every = (_ms: number, run: () => void) => {
      tick = run;
      return { [Symbol.dispose]: () => undefined };
    };
    const row = keepNodeRow({ store: table.store, node: table.node('lonely', 'local'), logger: table.logger, every });
    for (let count = 0; count < 4; count += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      await table.beat('other', 'persistent');
      tick();
    }
    await row[Symbol.asyncDispose]();
    expect(table.warned).toEqual([
      expect.stringMatching(/^Node other runs on the same database.*'cache=local'.*Start both with 'cache=ispn', or stop one\.$/),
    ]);
    expect(table.rows.has('lonely')).toBe(false);
  });
});
