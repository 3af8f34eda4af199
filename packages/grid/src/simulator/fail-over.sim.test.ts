import { describe, expect, it } from 'vitest';
import { Cluster } from './cluster.ts';
import type { SimulatedNode } from './node.ts';

function formed(count: number): Cluster {
  const cluster = new Cluster({ seed: 3, nodes: count });
  for (const node of cluster.nodes) node.start();
  expect(cluster.runUntil(() => cluster.settled(), 8_000)).toBeDefined();
  return cluster;
}
const last = (cluster: Cluster) => cluster.nodes.at(-1) as SimulatedNode;

describe('a fail-over of the database that forgets commits', () => {
  it('gives back the greatest view that the members know, on the new timeline, with everybody in it', () => {
    const cluster = formed(3);
    const before = last(cluster).installed;
    expect(cluster.database.failOver(6)).toBe(true);
    expect(cluster.runUntil(() => last(cluster).installed?.timeline === 2 && cluster.settled(), 5_000)).toBeDefined();
    expect(last(cluster).installed?.members).toEqual(before?.members);
    expect(last(cluster).installed?.table).toEqual(before?.table);
    expect(cluster.checkers.violations).toEqual([]);
  });

  it('renews no beat before that', () => {
    const cluster = formed(3);
    cluster.isolate(last(cluster), false);
    cluster.database.failOver(2);
    cluster.runFor(6_000);
    expect(cluster.nodes.map((node) => node.mayServe())).toEqual([false, false, false]);
    expect(cluster.database.state.view?.timeline).toBe(1);
  });

  it('lets a majority go on once every lease of the old timeline has ended', () => {
    const cluster = formed(3);
    cluster.isolate(last(cluster), true);
    cluster.database.failOver(2);
    const serving = () => cluster.nodes.slice(0, 2).every((node) => node.installed?.timeline === 2 && node.mayServe());
    const passed = cluster.runUntil(serving, 30_000) ?? Number.POSITIVE_INFINITY;
    expect(passed).toBeGreaterThan(14_000);
    expect(passed).toBeLessThan(20_000);
    cluster.heal();
    expect(cluster.runUntil(() => cluster.settled(), 15_000)).toBeDefined();
    expect(cluster.checkers.violations).toEqual([]);
  });

  it('lets a starter take over when nobody is left', () => {
    const cluster = formed(3);
    for (const node of cluster.nodes) node.stop();
    cluster.database.failOver(3);
    cluster.nodes[0]?.start();
    expect(cluster.runUntil(() => cluster.settled(), 60_000)).toBeDefined();
    expect(cluster.checkers.violations).toEqual([]);
  });
});
