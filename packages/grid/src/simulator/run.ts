import type { Violation } from './checkers.ts';
import { Cluster } from './cluster.ts';
import { DataCheckers } from './data-checkers.ts';
import { type FaultKind, FaultSwarm } from './faults.ts';
import { type PlantedFault, planted } from './planted.ts';
import { Random } from './random.ts';
import type { Workload } from './workload.ts';

export interface RunOptions {
  readonly seed: number;
  readonly nodes?: number | undefined;
  /** Virtual minutes of faults. */
  readonly minutes?: number | undefined;
  readonly fault?: PlantedFault | undefined;
  /** Only these kinds of faults, in quick succession. */
  readonly focus?: readonly FaultKind[] | undefined;
  readonly trace?: ((line: string) => void) | undefined;
}

export interface RunResult {
  readonly seed: number;
  readonly events: number;
  readonly epochs: number;
  readonly operations: number;
  readonly answered: number;
  /** Keys judged up to a moment only, because all owners of their segment failed. */
  readonly cutShort: number;
  /** Keys whose history the search gave up on. */
  readonly undecided: number;
  /** Faults that struck in each phase of a rebalance. */
  readonly phases: ReadonlyMap<string, number>;
  readonly faults: ReadonlyMap<FaultKind, number>;
  readonly violations: readonly Violation[];
  /** How long the cluster took to agree once all faults were over. */
  readonly healedMs: number | undefined;
}

/** A cold takeover may have to wait out every lease and grant; then comes what M8 allows. */
const livenessLimitMs = 40_000;
const quietMs = 13_000;

/** One seed: a random number of nodes starts at random times, faults for some minutes, then everything heals and M8 must hold. */
export function run(options: RunOptions): RunResult {
  const { seed } = options;
  const start = new Random(seed, 'start');
  const nodes = options.nodes ?? 2 + Math.floor(start.next() * 5);
  const cluster = new Cluster({ seed, nodes, workload: true, faults: planted(options.fault), trace: options.trace });
  const workload = cluster.workload as Workload;
  const together = start.chance(0.5);
  for (const node of cluster.nodes) cluster.schedule.after(together ? 0 : start.between(0, 5_000), () => node.start());
  const swarm = new FaultSwarm(cluster, seed, options.focus);
  swarm.start();
  cluster.runFor((options.minutes ?? 1) * 60_000);
  swarm.stop();
  cluster.heal();
  for (const node of cluster.nodes) node.pausedUntilMs = 0;
  // Restarts that faults have planned still happen; afterwards everybody is up.
  cluster.runFor(21_000);
  cluster.heal();
  for (const node of cluster.nodes) node.start();
  cluster.workload?.stop();
  const healedMs = cluster.runUntil(() => cluster.settled(), livenessLimitMs);
  // Every operation ends within its budget; then the copies stand still.
  cluster.runFor(quietMs);
  const data = new DataCheckers(cluster, workload);
  if (healedMs !== undefined && cluster.settled()) data.check();
  if (healedMs === undefined) {
    cluster.checkers.violate(
      'M8',
      cluster.nodes.map((node) => `${node.name} ${node.membership?.stage} ${node.installed?.epoch} ${node.installed?.phase}`).join(', '),
    );
  }
  return {
    seed,
    events: cluster.schedule.executed,
    epochs: cluster.checkers.committedViews,
    operations: workload.history.length + workload.increments.length,
    answered: workload.history.filter(({ output }) => output !== undefined).length,
    cutShort: data.cutShort,
    undecided: data.undecided,
    phases: swarm.phases,
    faults: swarm.injected,
    violations: cluster.checkers.violations,
    healedMs,
  };
}
