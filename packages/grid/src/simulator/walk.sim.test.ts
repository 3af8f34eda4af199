import { describe, expect, it } from 'vitest';
import { Cluster } from './cluster.ts';
import type { SimulatedNode } from './node.ts';

function started(count: number, seed = 1): Cluster {
  const cluster = new Cluster({
    seed,
    nodes: count,
    ...(process.env['TRACE'] !== undefined && { trace: console.log }),
  });
  for (const node of cluster.nodes) node.start();
  expect(
    cluster.runUntil(() => cluster.settled(), 8_000),
    'time to form',
  ).toBeDefined();
  return cluster;
}
const node = (cluster: Cluster, index: number) => cluster.nodes[index] as SimulatedNode;
const took = (cluster: Cluster, condition: () => boolean, limitMs = 20_000) =>
  cluster.runUntil(condition, limitMs) ?? Number.POSITIVE_INFINITY;

describe('a cluster in the simulator', () => {
  it('forms one view when all nodes start at once on an empty table', () => {
    for (let seed = 1; seed <= 10; seed += 1) {
      const cluster = started(5, seed);
      expect(cluster.checkers.violations).toEqual([]);
      expect(new Set(cluster.nodes.map((each) => each.installed?.epoch)).size).toBe(1);
    }
  });

  it('shrinks when a node dies and takes it in again when it comes back', () => {
    const cluster = started(3);
    node(cluster, 1).stop();
    expect(took(cluster, () => cluster.settled())).toBeLessThan(7_000);
    expect(node(cluster, 0).installed?.members.map(({ name }) => name)).not.toContain('node-2');
    node(cluster, 1).start();
    expect(took(cluster, () => cluster.settled())).toBeLessThan(3_000);
    expect(node(cluster, 0).installed?.members).toHaveLength(3);
    expect(cluster.checkers.violations).toEqual([]);
  });

  it('goes on after its coordinator dies', () => {
    const cluster = started(3);
    const first = cluster.identities.get(node(cluster, 0).installed?.members[0]?.id ?? 0) as SimulatedNode;
    first.stop();
    expect(took(cluster, () => cluster.settled())).toBeLessThan(8_000);
    expect(cluster.checkers.violations).toEqual([]);
  });

  it('moves a frozen node out within seven seconds, and the node comes back by itself', () => {
    const cluster = started(3);
    node(cluster, 2).pausedUntilMs = cluster.schedule.nowMs + 12_000;
    expect(took(cluster, () => node(cluster, 0).installed?.members.length === 2)).toBeLessThan(7_000);
    cluster.runFor(12_000);
    expect(took(cluster, () => cluster.settled())).toBeLessThan(5_000);
    expect(cluster.checkers.violations).toEqual([]);
  });

  it('removes the smaller side when links are cut although everybody reaches the database', () => {
    const cluster = started(4);
    cluster.isolate(node(cluster, 3), false);
    expect(took(cluster, () => node(cluster, 0).installed?.members.length === 3)).toBeLessThan(14_000);
    expect(node(cluster, 3).mayServe()).toBe(false);
    cluster.heal();
    expect(took(cluster, () => cluster.settled())).toBeLessThan(10_000);
    expect(cluster.checkers.violations).toEqual([]);
  });

  it('puts out nobody but the member that lost all its links, whichever it is and whenever that happens', () => {
    for (let seed = 1; seed <= 12; seed += 1)
      for (const victim of [0, 1, 2]) {
        const cluster = started(3, seed);
        const survivors = cluster.nodes.filter((each) => each !== node(cluster, victim));
        const ids = survivors.map((each) => each.identity?.id);
        cluster.runFor(50 * seed);
        cluster.isolate(node(cluster, victim), false);
        expect(took(cluster, () => survivors.every((each) => each.installed?.members.length === 2))).toBeLessThan(14_000);
        cluster.runFor(4_000);
        expect(
          survivors.map((each) => each.identity?.id),
          `seed ${seed}, node-${victim + 1} cut off`,
        ).toEqual(ids);
        expect(cluster.checkers.violations).toEqual([]);
      }
  });

  it('serves on for ten seconds without a database while all hear each other, fences then, and resumes in the same epoch', () => {
    const cluster = started(3);
    const epoch = node(cluster, 0).installed?.epoch;
    cluster.database.downUntilMs = cluster.schedule.nowMs + 20_000;
    cluster.runFor(8_000);
    expect(cluster.nodes.map((each) => each.mayServe())).toEqual([true, true, true]);
    cluster.runFor(5_000);
    expect(cluster.nodes.map((each) => each.mayServe())).toEqual([false, false, false]);
    cluster.runFor(9_500);
    expect(cluster.nodes.map((each) => each.mayServe())).toEqual([true, true, true]);
    expect(node(cluster, 1).installed?.epoch).toBe(epoch);
    expect(cluster.checkers.violations).toEqual([]);
  });

  it('hands a member over that lost the database alone, before its grants end', () => {
    const cluster = started(3);
    cluster.database.path('node-2').reachable = false;
    expect(took(cluster, () => node(cluster, 0).installed?.members.length === 2)).toBeLessThan(9_500);
    cluster.heal();
    expect(took(cluster, () => cluster.settled())).toBeLessThan(8_000);
    expect(cluster.checkers.violations).toEqual([]);
  });

  it('lets several members leave at once with one hand-over', () => {
    const cluster = started(5);
    const epoch = node(cluster, 0).installed?.epoch ?? 0;
    for (const leaver of [1, 2, 3]) node(cluster, leaver).membership?.leave(node(cluster, leaver).nowMs);
    expect(took(cluster, () => cluster.nodes.filter((each) => each.left).length === 3 && cluster.settled())).toBeLessThan(3_000);
    // COPY, SWITCH, STABLE; a leaver that is seen a moment later redirects the COPY instead of starting a hand-over of its own.
    expect((node(cluster, 0).installed?.epoch ?? 0) - epoch).toBeLessThanOrEqual(4);
    expect(cluster.checkers.violations).toEqual([]);
  });

  it('ends when all members leave at once, and starts anew at once', () => {
    const cluster = started(3);
    for (const each of cluster.nodes) each.membership?.leave(each.nowMs);
    expect(took(cluster, () => cluster.nodes.every((each) => !each.alive))).toBeLessThan(3_000);
    node(cluster, 0).start();
    expect(took(cluster, () => cluster.settled())).toBeLessThan(3_000);
    expect(cluster.checkers.violations).toEqual([]);
  });

  it('takes over after everybody died on other hosts, but only when every lease must have ended', () => {
    const cluster = started(3);
    for (const each of cluster.nodes) each.stop();
    node(cluster, 0).start();
    const passed = took(cluster, () => cluster.settled(), 40_000);
    expect(passed).toBeGreaterThan(14_000);
    expect(passed).toBeLessThan(18_000);
    expect(cluster.checkers.violations).toEqual([]);
  });
});
