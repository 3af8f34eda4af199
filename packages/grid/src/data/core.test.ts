import { describe, expect, it } from 'vitest';
import { TestCluster, textOf } from './test-cluster.ts';

const three = [1, 2, 3];

describe('operations over three members', () => {
  it('answers a put only after the backup has acknowledged', () => {
    const cluster = new TestCluster(three);
    cluster.install({ members: three, owners: [1, 2, 3] });
    cluster.deliver();
    const put = cluster.submit(3, 'put', 'k', { text: 'v' });
    cluster.deliver((packet) => packet.message.kind === 'request');
    expect(cluster.copy(1, 'k')).toBe('v');
    expect(put.result).toBeUndefined();
    cluster.deliver((packet) => packet.message.kind === 'replicate');
    expect(cluster.copy(2, 'k')).toBe('v');
    expect(put.result).toBeUndefined();
    cluster.deliver();
    expect(put.result?.found).toBe(false);
    expect(cluster.copy(3, 'k')).toBeUndefined();
  });

  it('gives every member the same answers for every operation', () => {
    const cluster = new TestCluster(three);
    cluster.install({ members: three, owners: [2, 1, 3] });
    for (const member of three) {
      const key = `k${member}`;
      expect(textOf(cluster.run(member, 'putIfAbsent', key, { text: 'a' }).value)).toBeUndefined();
      expect(textOf(cluster.run(member, 'putIfAbsent', key, { text: 'b' }).value)).toBe('a');
      expect(cluster.run(member, 'replace', key, { text: 'c' }).found).toBe(true);
      const seen = cluster.run(member, 'get', key);
      expect(textOf(seen.value)).toBe('c');
      expect(cluster.run(member, 'replaceIfVersion', key, { text: 'd', ifEpoch: seen.epoch, ifSequence: seen.sequence }).found).toBe(true);
      expect(cluster.run(member, 'replaceIfVersion', key, { text: 'e', ifEpoch: seen.epoch, ifSequence: seen.sequence }).found).toBe(false);
      expect(cluster.run(member, 'removeIfVersion', key, { ifEpoch: seen.epoch, ifSequence: seen.sequence }).found).toBe(false);
      expect(cluster.run(member, 'touch', key).found).toBe(true);
      expect(textOf(cluster.run(member, 'getAndRemove', key).value)).toBe('d');
      expect(cluster.run(member, 'getAndRemove', key).value).toBeNull();
      expect(cluster.run(member, 'remove', key).found).toBe(false);
      expect(cluster.run(member, 'replace', key, { text: 'z' }).found).toBe(false);
    }
  });

  it('reads the committed value while a newer one is pending', () => {
    const cluster = new TestCluster(three);
    cluster.install({ members: three, owners: [1, 2] });
    cluster.run(3, 'put', 'k', { text: 'old' });
    cluster.submit(1, 'put', 'k', { text: 'new' });
    expect(textOf(cluster.submit(1, 'get', 'k').result?.value)).toBe('old');
    cluster.deliver();
    expect(textOf(cluster.run(1, 'get', 'k').value)).toBe('new');
  });

  it('lets a failed conditional wait for the pending write that it observed', () => {
    const cluster = new TestCluster(three);
    cluster.install({ members: three, owners: [1, 2] });
    cluster.run(1, 'put', 'code', { text: 'v' });
    const winner = cluster.submit(1, 'getAndRemove', 'code');
    const loser = cluster.submit(3, 'getAndRemove', 'code');
    cluster.deliver((packet) => packet.message.kind === 'request');
    expect(loser.result).toBeUndefined();
    cluster.deliver();
    expect(textOf(winner.result?.value)).toBe('v');
    expect(loser.result?.found).toBe(false);
  });
});
