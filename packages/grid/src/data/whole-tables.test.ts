import { describe, expect, it } from 'vitest';
import { segmentOf } from './segment-hash.ts';
import { TestCluster, textOf, type ViewShape } from './test-cluster.ts';

const members = [1, 2, 3, 4, 5];
/** Of the same segment as `k`. */
const neighbour = Array.from({ length: 5_000 }, (_, index) => `n${index}`).find((key) => segmentOf(key) === segmentOf('k')) ?? '';

/** [1, 2] own everything, among it `k`; a rebalance to `target` has come to SWITCH. */
function switching(target: readonly number[]): TestCluster {
  const cluster = new TestCluster(members);
  cluster.install({ members, owners: [1, 2] });
  cluster.deliver();
  cluster.run(1, 'put', 'k', { text: 'old' });
  for (const phase of ['COPY', 'SWITCH'] as const) {
    cluster.install({ members, owners: [1, 2], phase, target });
    cluster.deliver();
  }
  return cluster;
}

/** A view that member 2 never hears of. */
function missed(cluster: TestCluster, shape: ViewShape): void {
  const view = cluster.view(shape);
  for (const [member, core] of cluster.cores) if (member !== 2) core.install(view, cluster.nowMs);
  cluster.deliver(({ to }) => to !== 2);
}

function killAll(cluster: TestCluster, dead: readonly number[]): void {
  for (const member of dead) cluster.kill(member, true);
}

describe('a former owner that missed views', () => {
  it('keeps its copy when SWITCH fell back to COPY meanwhile', () => {
    const cluster = switching([1, 3]);
    killAll(cluster, [1]);
    missed(cluster, { members: [2, 3, 4, 5], owners: [2, 3], phase: 'COPY', target: [3, 4] });
    killAll(cluster, [3]);
    cluster.install({ members: [2, 4, 5], owners: [2], phase: 'COPY', target: [2, 4] });
    cluster.deliver();
    expect(textOf(cluster.run(4, 'get', 'k').value)).toBe('old');
    expect(cluster.lost).toEqual([]);
  });

  it('drops it when SWITCH went on to STABLE meanwhile, where others wrote', () => {
    const cluster = switching([1, 3]);
    missed(cluster, { members, owners: [1, 3] });
    const put = cluster.submit(1, 'put', 'k', { text: 'new' });
    cluster.deliver(({ to }) => to !== 2);
    expect(put.result).toBeDefined();
    killAll(cluster, [1, 3]);
    cluster.install({ members: [2, 4, 5], owners: [2], phase: 'COPY', target: [2, 4] });
    cluster.deliver();
    expect(cluster.run(4, 'get', 'k').value).toBeNull();
    expect(cluster.lost).toHaveLength(256);
  });

  it('drops it when it was no owner of the COPY that SWITCH fell back to', () => {
    const cluster = switching([3, 4]);
    killAll(cluster, [5]);
    missed(cluster, { members: [1, 2, 3, 4], owners: [3, 1, 2, 4], phase: 'COPY', target: [3, 4] });
    const put = cluster.submit(1, 'put', 'k', { text: 'new' });
    cluster.deliver(({ to }) => to !== 2);
    expect(put.result).toBeDefined();
    killAll(cluster, [1, 3, 4]);
    cluster.install({ members: [2], owners: [2], phase: 'COPY', target: [2] });
    cluster.deliver();
    expect(cluster.run(2, 'get', 'k').value).toBeNull();
  });
});

describe('a member that pulled a segment in COPY', () => {
  it('drops it when its new primary moved up twice and never had it', () => {
    const cluster = new TestCluster([1, 2, 3, 4]);
    cluster.install({ members: [1, 2, 3, 4], owners: [1, 2, 3, 4] });
    cluster.deliver();
    cluster.run(1, 'put', 'k', { text: 'v' });
    // Tells the backup that the first write is committed, so that no new primary hands it around.
    cluster.run(1, 'put', neighbour, { text: 'v' });
    cluster.install({ members: [1, 2, 3, 4], owners: [1, 2, 3, 4], phase: 'COPY', target: [1, 4, 3] });
    cluster.deliver();
    expect(cluster.copy(4, 'k')).toBe('v');
    killAll(cluster, [1]);
    cluster.drop = ({ message }) => message.kind === 'transfer';
    cluster.install({ members: [2, 3, 4], owners: [2, 3, 4], phase: 'COPY', target: [4, 3] });
    cluster.deliver();
    killAll(cluster, [2]);
    cluster.drop = () => false;
    for (const phase of ['COPY', 'SWITCH'] as const) {
      cluster.install({ members: [3, 4], owners: [3, 4], phase, target: [4, 3] });
      cluster.deliver();
    }
    cluster.install({ members: [3, 4], owners: [4, 3] });
    cluster.deliver();
    expect([cluster.copy(3, 'k'), cluster.copy(4, 'k')]).toEqual([undefined, undefined]);
  });
});
