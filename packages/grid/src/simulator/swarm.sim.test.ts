import { describe, expect, it } from 'vitest';
import { Cluster } from './cluster.ts';
import type { SimulatedNode } from './node.ts';
import { type PlantedFault, planted } from './planted.ts';
import { run } from './run.ts';

describe('random faults', () => {
  it('break no invariant of membership, and the cluster agrees again afterwards, for 60 seeds', () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const { violations } = run({ seed });
      expect(violations, `seed ${seed}`).toEqual([]);
    }
  }, 60_000);

  it('repeat exactly for the same seed', () => {
    const trace = (seed: number) => {
      const lines: string[] = [];
      run({ seed, trace: (line) => lines.push(line) });
      return lines;
    };
    expect(trace(7)).toEqual(trace(7));
  });
});

describe('a planted bug', () => {
  const found = (fault: PlantedFault, scenario: (cluster: Cluster) => void): string[] => {
    const cluster = new Cluster({ seed: 1, nodes: 3, workload: true, faults: planted(fault) });
    for (const node of cluster.nodes) node.start();
    cluster.runFor(6_000);
    scenario(cluster);
    return cluster.checkers.violations.map(({ invariant }) => invariant);
  };
  const last = (cluster: Cluster) => cluster.nodes[2] as SimulatedNode;

  it('of a starter that elects itself is found by M2 or M5', () => {
    expect(found('elects-itself', () => {}).some((id) => id === 'M2' || id === 'M5')).toBe(true);
  });

  it('of a lease that trusts the wall clock is found by M4', () => {
    const scenario = (cluster: Cluster) => {
      last(cluster).wallOffsetMs -= 3_600_000;
      cluster.isolate(last(cluster), true);
      cluster.runFor(10_000);
    };
    expect(found('clock-step-trusted', scenario)).toContain('M4');
  });

  it('of a lease that is counted from the answer is found by M4', () => {
    const scenario = (cluster: Cluster) => {
      cluster.database.path(last(cluster).name).slowAnswerMs = 1_300;
      cluster.runFor(4_000);
      // Cut off while the answer to a beat is still under way: the database knows of the beat long before its sender does.
      for (const other of cluster.nodes) if (other !== last(cluster)) cluster.cut(last(cluster), other);
      cluster.database.path(last(cluster).name).slowAnswerMs = 1_300;
      const beatOf = () => cluster.database.state.rows.get(last(cluster).identity?.id ?? 0)?.beat;
      const before = beatOf();
      cluster.runUntil(() => beatOf() !== before, 3_000);
      cluster.schedule.after(1_400, () => Object.assign(cluster.database.path(last(cluster).name), { loseAnswers: 1, reachable: false }));
      cluster.database.path(last(cluster).name).stopRequests = true;
      cluster.runFor(8_000);
    };
    expect(found('lease-from-answer', scenario)).toContain('M4');
  });

  it('of a change that ignores the epoch is found by M2', () => {
    expect(found('epoch-unchecked', () => {})).toContain('M2');
  });
});
