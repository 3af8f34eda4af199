import { expect, it } from 'vitest';
import { limits } from './limits.ts';
import { TestCluster, textOf } from './test-cluster.ts';

const members = [1, 2, 3];

it('answers an operation without effect again when the answer was lost after the write that it spoke of had been committed', () => {
  const cluster = new TestCluster(members);
  cluster.install({ members, owners: [1, 2] });
  cluster.deliver();
  cluster.run(3, 'put', 'code', { text: 'v' });
  const winner = cluster.submit(2, 'getAndRemove', 'code');
  cluster.deliver(({ message }) => message.kind === 'request');
  // It finds a removal that is not committed, so its answer waits for that commit; and then the answer is lost.
  const loser = cluster.submit(3, 'getAndRemove', 'code');
  cluster.drop = ({ to, message }) => to === 3 && message.kind === 'reply';
  cluster.deliver();
  expect(textOf(winner.result?.value)).toBe('v');
  expect(loser.result).toBeUndefined();
  cluster.drop = () => false;
  cluster.pass(limits.attemptMs + 100);
  expect(loser).toMatchObject({ result: { found: false, value: null } });
});

it('keeps no record of operations without effect once their origin has its answers', () => {
  const cluster = new TestCluster(members);
  cluster.install({ members, owners: [1, 2] });
  cluster.deliver();
  const segment = cluster.segment('code');
  for (let round = 0; round < 20; round += 1) {
    cluster.submit(3, 'put', 'code', { text: 'v' });
    cluster.submit(3, 'getAndRemove', 'code');
    cluster.submit(3, 'getAndRemove', 'code');
    cluster.deliver();
  }
  expect(cluster.cache(1).segments[segment]?.results.size).toBeLessThanOrEqual(4);
});

it('asks again at once when a connection was lost with what was under way on it', () => {
  const cluster = new TestCluster(members);
  cluster.install({ members, owners: [1, 2] });
  cluster.deliver();
  const put = cluster.submit(3, 'put', 'key', { text: 'v' });
  // The connection breaks with the request in it.
  cluster.packets = [];
  cluster.core(3).connected(1, cluster.nowMs);
  cluster.deliver();
  expect(put.result).toBeDefined();
  expect(cluster.copy(2, 'key')).toBe('v');
});

it('pulls again at once when a connection was lost in the middle of a transfer', () => {
  const cluster = new TestCluster(members);
  cluster.install({ members, owners: [1, 2] });
  cluster.deliver();
  cluster.run(3, 'put', 'key', { text: 'v' });
  cluster.install({ members, owners: [1, 2], phase: 'COPY', target: [1, 3] });
  cluster.packets = cluster.packets.filter(({ message }) => message.kind !== 'pull');
  cluster.core(3).connected(1, cluster.nowMs);
  cluster.deliver();
  expect(cluster.copy(3, 'key')).toBe('v');
  expect(cluster.confirmed.get(3)).toBe(cluster.epoch);
});
