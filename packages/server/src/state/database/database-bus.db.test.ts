import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { every } from '../../testing/every.ts';
import { contractParts } from '../../testing/state-contract/real-bed.ts';
import { openTestStorage } from '../../testing/test-database.ts';
import type { StateBackend } from '../backend.ts';
import { openDatabaseBackend } from './database-backend.ts';

let test: Awaited<ReturnType<typeof openTestStorage>>;
beforeAll(async () => {
  test = await openTestStorage();
});
afterAll(async () => {
  await test[Symbol.asyncDispose]();
});

const open = (name: string): Promise<StateBackend> =>
  openDatabaseBackend({ ...contractParts(test.storage), storage: test.storage, nodeId: name, nodeName: name, every });

describe('nodes that share nothing but the database', () => {
  it('drop what they have cached, and serve nothing before that, when the connection that listens breaks', async () => {
    await using a = await open('a1');
    await using b = await open('b1');
    let gaps = 0;
    let fencedAtGap: boolean | undefined;
    using _ = b.bus.onGap(() => {
      gaps += 1;
      fencedAtGap ??= b.membership.fenced;
    });
    await test.database.execute(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_notify%' AND pid <> pg_backend_pid()",
    );
    await expect.poll(() => gaps).toBeGreaterThan(0);
    expect(fencedAtGap).toBe(true);
    await expect.poll(() => b.membership.ready && a.membership.ready).toBe(true);
    const seen: string[] = [];
    using heard = b.bus.subscribe((keys) => void seen.push(...keys));
    await expect.poll(() => a.bus.publish(['realm:1'])).toBe(true);
    expect(seen).toContain('realm:1');
    expect(heard).toBeDefined();
  });

  it('wait for no node that has left', async () => {
    await using a = await open('a2');
    {
      await using b = await open('b2');
      expect(b.membership.size).toBe(2);
    }
    expect(await a.bus.publish(['realm:2'])).toBe(true);
    expect(await test.storage.stores.serverNodes.list(60_000)).toHaveLength(1);
  });

  it('serve nothing where the database does not take their first beat', async () => {
    const refuse = () => Promise.reject(new Error('no route to the database'));
    const stores = { ...test.storage.stores, serverNodes: { ...test.storage.stores.serverNodes, beat: refuse } };
    const storage = { ...test.storage, stores };
    const opening = openDatabaseBackend({ ...contractParts(test.storage), storage, nodeId: 'c3', nodeName: 'c3', every });
    await expect(opening).rejects.toThrow('no route to the database');
  });
});
