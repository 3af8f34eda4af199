import { describe, expect, it } from 'vitest';
import { Cluster } from './cluster.ts';
import type { SimulatedNode } from './node.ts';
import { type PlantedFault, planted } from './planted.ts';
import { firstCaught } from './planted-runs.ts';

/** Under random faults, within a few seeds; the rest needs a scene of its own. */
const random: readonly PlantedFault[] = [
  'elects-itself',
  'clock-step-trusted',
  'answer-before-backups',
  'retry-without-operation-id',
  'read-from-any-owner',
  'conditional-answers-from-pending',
];

describe('a planted fault is found under random faults', () => {
  for (const fault of random) {
    it(fault, () => {
      expect(firstCaught(fault, 12)).toBeDefined();
    });
  }
});

describe('a planted fault is found in its scene', () => {
  const found = (fault: PlantedFault, scene: (cluster: Cluster) => void): string[] => {
    const cluster = new Cluster({ seed: 1, nodes: 3, faults: planted(fault) });
    for (const node of cluster.nodes) node.start();
    cluster.runFor(6_000);
    scene(cluster);
    return cluster.checkers.violations.map(({ invariant }) => invariant);
  };
  const last = (cluster: Cluster) => cluster.nodes[2] as SimulatedNode;

  it('clock-step-trusted, by M4', () => {
    const scene = (cluster: Cluster) => {
      last(cluster).wallOffsetMs -= 3_600_000;
      cluster.isolate(last(cluster), true);
      cluster.runFor(10_000);
    };
    expect(found('clock-step-trusted', scene)).toContain('M4');
  });

  it('lease-from-answer, by M4', () => {
    const scene = (cluster: Cluster) => {
      const path = cluster.database.path(last(cluster).name);
      path.slowAnswerMs = 1_300;
      cluster.runFor(4_000);
      // Cut off while the answer to a beat is still under way: the database knows of the beat long before its sender does.
      for (const other of cluster.nodes) if (other !== last(cluster)) cluster.cut(last(cluster), other);
      const beatOf = () => cluster.database.state.rows.get(last(cluster).identity?.id ?? 0)?.beat;
      const before = beatOf();
      cluster.runUntil(() => beatOf() !== before, 3_000);
      path.stopRequests = true;
      cluster.schedule.after(1_400, () => Object.assign(path, { loseAnswers: 1, reachable: false }));
      cluster.runFor(8_000);
    };
    expect(found('lease-from-answer', scene)).toContain('M4');
  });
});
