import { describe, expect, it } from 'vitest';
import { Random } from '../simulator/random.ts';
import { TestCluster } from './test-cluster.ts';

const maxIdleMs = 10_000;

function pair(): TestCluster {
  const cluster = new TestCluster([1, 2, 3]);
  cluster.install({ members: [1, 2, 3], owners: [1, 2] });
  cluster.deliver();
  return cluster;
}

const fail = (cluster: TestCluster, owners: readonly number[]): void => {
  cluster.install({ members: owners, owners });
  cluster.deliver();
};

describe('an idle time', () => {
  it('counts every look at the entry as a use, on whichever member it is made', () => {
    const cluster = pair();
    cluster.run(3, 'put', 'k', { text: 'v', maxIdleMs });
    for (const code of ['get', 'touch', 'putIfAbsent', 'removeIfVersion'] as const) {
      cluster.pass(maxIdleMs - 50);
      expect(cluster.run(3, code, 'k', { text: 'other' })).toBeDefined();
    }
    cluster.pass(maxIdleMs - 50);
    expect(cluster.run(2, 'get', 'k').found).toBe(true);
    cluster.pass(maxIdleMs);
    expect(cluster.run(2, 'get', 'k').found).toBe(false);
  });

  it('does not count iterations and sizes', () => {
    const cluster = pair();
    cluster.run(3, 'put', 'k', { text: 'v', maxIdleMs });
    for (let elapsed = 0; elapsed < maxIdleMs; elapsed += 1_000) {
      cluster.run(3, 'scan', 'k', { ifSequence: 10 });
      cluster.run(3, 'count', 'k');
      cluster.pass(1_000);
    }
    expect(cluster.run(3, 'get', 'k').found).toBe(false);
  });

  it('answers a use only when a fail-over cannot forget it', () => {
    const cluster = pair();
    cluster.run(3, 'put', 'k', { text: 'v', maxIdleMs });
    cluster.pass(8_000);
    const use = cluster.submit(3, 'get', 'k');
    cluster.deliver(({ message }) => message.kind !== 'replicate' && message.kind !== 'acknowledge');
    expect(use.result).toBeUndefined();
    cluster.deliver();
    expect(use.result?.found).toBe(true);
    cluster.kill(1, true);
    fail(cluster, [2, 3]);
    cluster.pass(9_900);
    expect(cluster.run(3, 'get', 'k').found).toBe(true);
  });

  it('tells the backups of a hot entry once in a while only, and lets none of its readers wait', () => {
    const cluster = pair();
    cluster.run(3, 'put', 'k', { text: 'v', maxIdleMs });
    let touches = 0;
    cluster.drop = ({ message }) => {
      if (message.kind === 'replicate') touches += 1;
      return false;
    };
    for (let elapsed = 0; elapsed < maxIdleMs; elapsed += 50) {
      const use = cluster.submit(1, 'get', 'k');
      expect(use.result?.found).toBe(true);
      cluster.deliver();
      cluster.nowMs += 50;
    }
    expect(touches).toBeLessThanOrEqual(20);
  });

  it('reads a replicated entry with an idle time at its primary, who has to know of the use', () => {
    const cluster = new TestCluster([1, 2], { shape: { owners: 0, stateTransfer: true } });
    cluster.install({ members: [1, 2], owners: [1, 2] });
    cluster.deliver();
    cluster.run(1, 'put', 'idle', { text: 'v', maxIdleMs });
    cluster.run(1, 'put', 'lasting', { text: 'v' });
    expect(cluster.core(2).ownReads.copy(cluster.cache(2), 0, 'nothing', cluster.nowMs)?.found).toBe(false);
    const own = (key: string) => cluster.core(2).ownReads.copy(cluster.cache(2), cluster.segment(key), key, cluster.nowMs);
    expect(own('lasting')?.found).toBe(true);
    expect(own('idle')).toBeUndefined();
  });

  it('reads at once what it serves itself, but for an entry with an idle time and one that is not its own', () => {
    const cluster = pair();
    cluster.run(1, 'put', 'idle', { text: 'v', maxIdleMs });
    cluster.run(1, 'put', 'lasting', { text: 'v' });
    const own = (member: number, key: string) =>
      cluster.core(member).ownReads.served(cluster.cache(member), cluster.segment(key), key, cluster.nowMs);
    expect(own(1, 'lasting')?.found).toBe(true);
    expect(own(1, 'nothing')?.found).toBe(false);
    expect(own(1, 'idle')).toBeUndefined();
    expect(own(2, 'lasting')).toBeUndefined();
    expect(own(3, 'lasting')).toBeUndefined();
  });

  it('keeps a touch that overtakes its entry on the way to a new owner', () => {
    const cluster = pair();
    cluster.run(3, 'put', 'k', { text: 'v', maxIdleMs });
    cluster.pass(5_000);
    cluster.install({ members: [1, 2, 3], owners: [1, 2], phase: 'COPY', target: [1, 3] });
    // The source has framed the entry; then it is used; the use arrives first.
    const held = cluster.segment('k');
    cluster.deliver(({ message }) => message.kind === 'pull' || (message.kind === 'transfer' && message.segment !== held));
    expect(cluster.packets.filter(({ message }) => message.kind === 'transfer')).toHaveLength(1);
    const use = cluster.submit(1, 'get', 'k');
    cluster.deliver(({ message }) => message.kind === 'replicate' || message.kind === 'acknowledge');
    expect(use.result?.found).toBe(true);
    cluster.deliver();
    cluster.install({ members: [1, 2, 3], owners: [1, 2], phase: 'SWITCH', target: [1, 3] });
    cluster.deliver();
    cluster.install({ members: [1, 2, 3], owners: [1, 3] });
    cluster.deliver();
    cluster.kill(1, true);
    fail(cluster, [3, 2]);
    cluster.pass(9_900);
    expect(cluster.run(3, 'get', 'k').found).toBe(true);
  });

  it('is remembered by a former primary that becomes primary again', () => {
    const cluster = pair();
    cluster.run(3, 'put', 'k', { text: 'v', maxIdleMs });
    cluster.pass(50);
    cluster.run(1, 'get', 'k');
    fail(cluster, [2, 1]);
    cluster.pass(400);
    cluster.run(2, 'get', 'k');
    cluster.kill(2, true);
    fail(cluster, [1, 3]);
    cluster.pass(9_950);
    expect(cluster.run(1, 'get', 'k').found).toBe(true);
  });

  it('is never early and at most a tenth late, whatever dies and moves', () => {
    for (let seed = 1; seed <= 12; seed++) walk(seed);
  });
});

/** Uses, fail-overs and changes of primaries at random, one after the other; what a reader sees is held against the uses that were answered. */
function walk(seed: number): void {
  const random = new Random(seed, 'idle');
  const cluster = pair();
  let [primary, backup, spare] = [1, 2, 3];
  let nextMember = 4;
  cluster.run(3, 'put', 'k', { text: 'v', maxIdleMs });
  let lastUse = cluster.nowMs;
  const view = (owners: readonly number[], phase: 'STABLE' | 'COPY' | 'SWITCH', target?: readonly number[]): void => {
    cluster.install({ members: [primary, backup, spare], owners, phase, ...(target === undefined ? {} : { target }) });
    cluster.deliver();
  };
  const rebalance = (target: readonly number[]): void => {
    view([primary, backup], 'COPY', target);
    view([primary, backup], 'SWITCH', target);
    const next = [...target, ...[primary, backup, spare].filter((member) => !target.includes(member))];
    [primary, backup, spare] = [next[0] ?? 0, next[1] ?? 0, next[2] ?? 0];
    view([primary, backup], 'STABLE');
  };
  for (let step = 0; step < 50; step++) {
    const draw = random.next();
    if (draw < 0.15) cluster.pass(random.between(0, maxIdleMs * 0.6));
    else if (draw < 0.25) cluster.pass(random.between(0, maxIdleMs * 0.06));
    else if (draw < 0.35) cluster.pass(random.between(maxIdleMs * 0.9, maxIdleMs * 1.2));
    else if (draw < 0.75) {
      const reader = random.pick([primary, backup, spare]);
      const idleMs = cluster.nowMs - lastUse;
      const { found } = cluster.run(reader, 'get', 'k');
      if (idleMs < maxIdleMs && !found) throw new Error(`seed ${seed}, step ${step}: early after ${idleMs} ms`);
      if (idleMs > maxIdleMs * 1.1 && found) throw new Error(`seed ${seed}, step ${step}: late after ${idleMs} ms`);
      if (!found) cluster.run(reader, 'put', 'k', { text: 'v', maxIdleMs });
      lastUse = cluster.nowMs;
    } else if (draw < 0.85) {
      cluster.kill(primary, true);
      const dead = primary;
      cluster.add(nextMember);
      [primary, backup, spare] = [backup, spare, nextMember];
      nextMember += 1;
      expect(dead).not.toBe(primary);
      cluster.install({ members: [primary, backup, spare], owners: [primary], phase: 'COPY', target: [primary, backup] });
      cluster.deliver();
      cluster.install({ members: [primary, backup, spare], owners: [primary], phase: 'SWITCH', target: [primary, backup] });
      cluster.deliver();
      view([primary, backup], 'STABLE');
    } else
      rebalance(
        random.pick([
          [backup, primary],
          [primary, spare],
          [backup, spare],
          [spare, backup],
        ]),
      );
  }
}
