import type { Violation } from './checkers.ts';
import { Cluster } from './cluster.ts';
import { confirmingData } from './confirming-data.ts';
import { type FaultKind, FaultSwarm } from './faults.ts';
import type { DataFactory, PlantedBug } from './node.ts';
import { Random } from './random.ts';

export interface RunOptions {
  readonly seed: number;
  readonly nodes?: number | undefined;
  /** Virtual minutes of faults. */
  readonly minutes?: number | undefined;
  readonly data?: DataFactory | undefined;
  readonly bug?: PlantedBug | undefined;
  readonly trace?: ((line: string) => void) | undefined;
}

export interface RunResult {
  readonly seed: number;
  readonly events: number;
  readonly epochs: number;
  readonly faults: ReadonlyMap<FaultKind, number>;
  readonly violations: readonly Violation[];
  /** How long the cluster took to agree once all faults were over. */
  readonly healedMs: number | undefined;
}

/** A cold takeover may have to wait out every lease and grant; then comes what M8 allows. */
const livenessLimitMs = 40_000;

/** One seed: a random number of nodes starts at random times, faults for some minutes, then everything heals and M8 must hold. */
export function run(options: RunOptions): RunResult {
  const { seed } = options;
  const start = new Random(seed, 'start');
  const nodes = options.nodes ?? 2 + Math.floor(start.next() * 5);
  const cluster = new Cluster({ seed, nodes, data: options.data ?? confirmingData(seed), bug: options.bug, trace: options.trace });
  const together = start.chance(0.5);
  for (const node of cluster.nodes) cluster.schedule.after(together ? 0 : start.between(0, 5_000), () => node.start());
  const swarm = new FaultSwarm(cluster, seed);
  swarm.start();
  cluster.runFor((options.minutes ?? 1) * 60_000);
  swarm.stop();
  cluster.heal();
  for (const node of cluster.nodes) node.pausedUntilMs = 0;
  // Restarts that faults have planned still happen; afterwards everybody is up.
  cluster.runFor(21_000);
  cluster.heal();
  for (const node of cluster.nodes) node.start();
  const healedMs = cluster.runUntil(() => cluster.settled(), livenessLimitMs);
  if (healedMs === undefined) {
    cluster.checkers.violate(
      'M8',
      cluster.nodes.map((node) => `${node.name} ${node.membership?.stage} ${node.installed?.epoch} ${node.installed?.phase}`).join(', '),
    );
  }
  return {
    seed,
    events: cluster.schedule.executed,
    epochs: cluster.database.state.view?.epoch ?? 0,
    faults: swarm.injected,
    violations: cluster.checkers.violations,
    healedMs,
  };
}
