import { describe, expect, it } from 'vitest';
import { limits } from './limits.ts';
import { segmentOf } from './segment-hash.ts';
import { TestCluster, textOf } from './test-cluster.ts';

/** Three members, [1, 2] own everything, 40 keys; then 3 takes over from 1 in COPY, SWITCH and STABLE. */
function filled(): TestCluster {
  const cluster = new TestCluster([1, 2, 3]);
  cluster.install({ members: [1, 2, 3], owners: [1, 2] });
  cluster.deliver();
  for (let index = 0; index < 40; index++) cluster.run(1, 'put', `k${index}`, { text: `v${index}` });
  return cluster;
}

const members = [1, 2, 3];

/** Puts more into some segments than the frames hold that a pull grants at first. */
function fillFrames(cluster: ReturnType<typeof filled>): void {
  const large = 'x'.repeat(limits.transferFrameBytes);
  const inSegment = new Map<number, number>();
  for (let index = 0, whole = 0; whole < limits.maxPulls; index++) {
    const segment = segmentOf(`large-${index}`);
    const count = inSegment.get(segment) ?? 0;
    if (segment >= 8 || count > limits.framesPerPull) continue;
    cluster.run(1, 'put', `large-${index}`, { text: large });
    inSegment.set(segment, count + 1);
    if (count === limits.framesPerPull) whole += 1;
  }
}

describe('a rebalance', () => {
  it('moves entries to the gainer, which confirms only when it has all', () => {
    const cluster = filled();
    const view = cluster.install({ members, owners: [1, 2], phase: 'COPY', target: [3, 2] });
    expect(cluster.confirmed.get(1)).toBe(view.epoch);
    expect(cluster.confirmed.get(3)).not.toBe(view.epoch);
    cluster.deliver();
    expect(cluster.confirmed.get(3)).toBe(view.epoch);
    cluster.install({ members, owners: [1, 2], phase: 'SWITCH', target: [3, 2] });
    cluster.deliver();
    expect(textOf(cluster.run(2, 'get', 'k7').value)).toBe('v7');
    cluster.install({ members, owners: [3, 2] });
    cluster.deliver();
    for (let index = 0; index < 40; index++) {
      expect(cluster.copy(3, `k${index}`)).toBe(`v${index}`);
      expect(cluster.copy(1, `k${index}`)).toBeUndefined();
    }
  });

  it('goes on however often its streams stalled', () => {
    const cluster = filled();
    fillFrames(cluster);
    const view = cluster.install({ members, owners: [1, 2], phase: 'COPY', target: [3, 2] });
    cluster.drop = ({ message }) => message.kind === 'transfer';
    for (let stall = 0; stall <= limits.maxStreams; stall++) {
      cluster.deliver();
      cluster.nowMs += limits.pullStallMs;
      cluster.core(3).tick(cluster.nowMs);
    }
    expect(cluster.confirmed.get(3)).not.toBe(view.epoch);
    cluster.drop = () => false;
    cluster.pass(2 * limits.pullStallMs);
    expect(cluster.confirmed.get(3)).toBe(view.epoch);
  });

  it('sends each segment once, though the last grant comes after the last frame', () => {
    const cluster = filled();
    fillFrames(cluster);
    const begun: number[] = [];
    cluster.drop = ({ message }) => {
      if (message.kind === 'transfer' && message.frame === 1) begun.push(message.transfer);
      return false;
    };
    const view = cluster.install({ members, owners: [1, 2], phase: 'COPY', target: [3, 2] });
    cluster.deliver();
    expect(cluster.confirmed.get(3)).toBe(view.epoch);
    expect(begun.length).toBeGreaterThanOrEqual(limits.maxPulls);
    expect(begun).toEqual([...new Set(begun)]);
  });

  it('never brings back what was removed while a copy of it was under way', () => {
    const cluster = filled();
    cluster.install({ members, owners: [1, 2], phase: 'COPY', target: [3, 2] });
    // All pull frames are made and held back; the removal overtakes them.
    cluster.deliver(({ message }) => message.kind === 'pull');
    const removal = cluster.submit(2, 'remove', 'k3');
    cluster.deliver(({ message }) => message.kind !== 'transfer');
    expect(removal.result?.found).toBe(true);
    cluster.deliver();
    expect(cluster.copy(3, 'k3')).toBeUndefined();
    cluster.install({ members, owners: [1, 2], phase: 'SWITCH', target: [3, 2] });
    cluster.deliver();
    expect(cluster.run(1, 'get', 'k3').value).toBeNull();
    cluster.install({ members, owners: [3, 2] });
    cluster.deliver();
    const segments = cluster.cache(3).segments;
    expect(segments.every((segment) => segment === undefined || segment.tombstones === 0)).toBe(true);
  });

  it('takes results along, so that a retry after the move gets its first answer', () => {
    const cluster = filled();
    cluster.drop = ({ message }) => message.kind === 'reply';
    const take = cluster.submit(2, 'getAndRemove', 'k5');
    cluster.deliver();
    cluster.install({ members, owners: [1, 2], phase: 'COPY', target: [3, 2] });
    cluster.deliver();
    cluster.install({ members, owners: [1, 2], phase: 'SWITCH', target: [3, 2] });
    cluster.drop = () => false;
    cluster.deliver();
    expect(textOf(take.result?.value)).toBe('v5');
    expect(cluster.core(3).figures()['retriesAnswered']).toBe(1);
  });

  it('lets a primary that loses its role forget what no backup has', () => {
    expect(demotedThenPromoted()).toBe('v1');
  });

  it('starts a lost segment empty and says so', () => {
    const cluster = filled();
    cluster.kill(1);
    cluster.kill(2);
    cluster.install({ members: [3], owners: [3] });
    cluster.deliver();
    expect(cluster.lost).toHaveLength(256);
    expect(cluster.run(3, 'get', 'k1').value).toBeNull();
  });

  it('makes an owner that moves up after a death pull before it confirms', () => {
    const cluster = new TestCluster(members);
    cluster.install({ members, owners: [1, 2, 3] });
    cluster.deliver();
    cluster.run(1, 'put', 'k', { text: 'v' });
    cluster.kill(2);
    const view = cluster.install({ members: [1, 3], owners: [1, 3], phase: 'COPY', target: [1, 3] });
    expect(cluster.confirmed.get(3)).not.toBe(view.epoch);
    cluster.deliver();
    expect(cluster.confirmed.get(3)).toBe(view.epoch);
    cluster.kill(1);
    cluster.install({ members: [3], owners: [3] });
    expect(textOf(cluster.run(3, 'get', 'k').value)).toBe('v');
  });
});

/** Member 1 holds a pending take and a pending putIfAbsent that reach nobody, loses the primary role, and gets it back. */
function demotedThenPromoted(): string | undefined {
  const four = [1, 2, 3, 4];
  const cluster = new TestCluster(four);
  cluster.install({ members: four, owners: [1, 2] });
  cluster.deliver();
  cluster.run(1, 'put', 'k1', { text: 'v1' });
  cluster.drop = ({ message }) => message.kind === 'replicate';
  cluster.submit(3, 'getAndRemove', 'k1');
  cluster.deliver();
  const late = cluster.submit(4, 'putIfAbsent', 'k1', { text: 'late' });
  cluster.deliver();
  expect(cluster.copy(1, 'k1')).toBe('late');
  cluster.kill(3);
  cluster.drop = () => false;
  cluster.install({ members: [1, 2, 4], owners: [1, 2], phase: 'SWITCH', target: [2, 1] });
  cluster.deliver();
  expect(textOf(late.result?.value)).toBe('v1');
  cluster.kill(2);
  cluster.install({ members: [1, 4], owners: [1] });
  return textOf(cluster.run(4, 'get', 'k1').value);
}
