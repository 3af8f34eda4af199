import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GridLogLine, GridNode } from './api.ts';
import { Grid } from './grid.ts';
import { MemoryCertificateStore } from './testing/memory-certificate-store.ts';

const base = process.env['KEYGRID_TEST_DB_URL'] ?? 'postgres://postgres:postgres@127.0.0.1:5432/postgres';
const database = `grid_cluster_${process.pid}`;
const url = Object.assign(new URL(base), { pathname: `/${database}` }).toString();

async function admin(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: base });
  await client.connect();
  await client.query(sql);
  await client.end();
}

describe('three members over TLS on one database', () => {
  const store = new MemoryCertificateStore();
  const lines: GridLogLine[] = [];
  let nodes: GridNode[] = [];
  const start = (nodeName: string) =>
    Grid.start({
      nodeName,
      bindPort: 0,
      authority: { kind: 'postgres', connection: { connectionString: url } },
      tls: { store },
      log: (line) => lines.push(line),
    });

  beforeAll(async () => {
    await admin(`CREATE DATABASE ${database}`);
  });
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.stop(3_000)));
    await admin(`DROP DATABASE ${database} WITH (FORCE)`);
  });

  it('form one view when they start at once', async () => {
    nodes = await Promise.all([start('n1'), start('n2'), start('n3')]);
    await expect
      .poll(() => nodes.map((node) => `${node.view.members.length} ${node.view.phase} ${node.ready}`))
      .toEqual(Array(3).fill('3 STABLE true'));
    expect(new Set(nodes.map((node) => node.view.epoch)).size).toBe(1);
    expect(nodes[0]?.view.members.filter((member) => member.coordinator)).toHaveLength(1);
  });

  it('see on one member what was put on another, and let exactly one take it', async () => {
    const caches = nodes.map((node) => node.cache<string, string>('codes'));
    const keys = Array.from({ length: 60 }, (_, index) => `code-${index}`);
    await Promise.all(keys.map((key, index) => caches[index % 3]?.put(key, `value of ${key}`)));
    for (const cache of caches) expect(await cache.get('code-7')).toBe('value of code-7');
    for (const key of keys) {
      const taken = await Promise.all(caches.map((cache) => cache.getAndRemove(key)));
      expect(taken.filter((value) => value !== undefined)).toEqual([`value of ${key}`]);
    }
    expect(await caches[0]?.size()).toBe(0);
  });

  it('count what goes to each other member, and hear all of them', async () => {
    for (const node of nodes) {
      const peers = node.peers();
      expect(peers.map((peer) => peer.name).toSorted()).toEqual(
        nodes
          .filter((one) => one !== node)
          .map((one) => one.name)
          .toSorted(),
      );
      for (const peer of peers) {
        expect(peer).toMatchObject({ suspected: false, timedOut: 0 });
        expect(Math.min(peer.requests, peer.requestTimeMs, peer.otherMessages, peer.bytesSent)).toBeGreaterThan(0);
      }
      const sent = peers.reduce((sum, peer) => sum + peer.bytesSent, 0);
      expect(node.figures().get('bytesSent')).toBeGreaterThanOrEqual(sent);
      const { remoteCalls, remoteTimeMs, remoteFailures, writesPending, segmentsAwaited } = node.cache('codes').statistics;
      expect({ remoteFailures, writesPending, segmentsAwaited }).toEqual({ remoteFailures: 0, writesPending: 0, segmentsAwaited: 0 });
      expect(Math.min(remoteCalls, remoteTimeMs)).toBeGreaterThan(0);
    }
  });

  it('carry topics to all others', async () => {
    const heard: string[] = [];
    for (const node of nodes.slice(1))
      node.topic('work').subscribe((payload, sender) => void heard.push(`${sender} to ${node.name}: ${String(payload)}`));
    expect(await nodes[0]?.topic('work').publish('hello', { timeoutMs: 10_000 })).toBe(true);
    expect(heard.sort()).toEqual(['n1 to n2: hello', 'n1 to n3: hello']);
  });

  it('hand data over when one leaves', async () => {
    const cache = nodes[0]?.cache<string, number>('numbers');
    for (let index = 0; index < 100; index += 1) await cache?.put(`k${index}`, index);
    await nodes[2]?.stop(60_000);
    await expect.poll(() => nodes[0]?.view.members.length).toBe(2);
    const values = await nodes[1]?.cache<string, number>('numbers').getAll(Array.from({ length: 100 }, (_, index) => `k${index}`));
    expect([...(values?.values() ?? [])].sort((left, right) => left - right)).toEqual(Array.from({ length: 100 }, (_, index) => index));
  });
});
