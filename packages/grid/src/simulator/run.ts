import type { Violation } from './checkers.ts';
import { Cluster } from './cluster.ts';
import { DataCheckers } from './data-checkers.ts';
import { FaultInjector, type PlannedFault, planFaults } from './fault-plan.ts';
import type { FaultKind } from './faults.ts';
import { type PlantedFault, plantedFaults } from './planted/catalogue.ts';
import { Random } from './random.ts';
import type { Workload } from './workload.ts';

export interface RunOptions {
  readonly seed: number;
  readonly nodes?: number | undefined;
  /** Least virtual minutes of faults. */
  readonly minutes?: number | undefined;
  readonly fault?: PlantedFault | undefined;
  /** Without a database: the members decide by majority. */
  readonly majority?: boolean | undefined;
  /** Only these kinds of faults, in quick succession. */
  readonly focus?: readonly FaultKind[] | undefined;
  /** Instead of the plan that the seed makes. */
  readonly plan?: readonly PlannedFault[] | undefined;
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
  /** Which fault struck in the middle of what. */
  readonly encounters: ReadonlyMap<string, number>;
  readonly faults: ReadonlyMap<FaultKind, number>;
  readonly violations: readonly Violation[];
  /** Virtual time until the last fault could strike. */
  readonly faultyMs: number;
  /** How long the cluster took to agree once all faults were over. */
  readonly healedMs: number | undefined;
}

/** What a run holds at least; it goes on until it does, at most up to `maxMinutes`. */
export const least = { minutes: 1, operations: 5_000, faults: 8 } as const;
const maxMinutes = 4;
/** A cold takeover may have to wait out every lease and grant; then comes what M8 allows. */
const livenessLimitMs = 40_000;
const quietMs = 13_000;

/** The faults that a seed brings; those that would come after the end of the run never strike. */
export function planOf({ seed, nodes, focus, minutes = least.minutes }: RunOptions): PlannedFault[] {
  return planFaults({ seed, nodes: nodesOf({ seed, nodes }), untilMs: (minutes + maxMinutes) * 60_000, focus });
}

function nodesOf({ seed, nodes }: Pick<RunOptions, 'seed' | 'nodes'>): number {
  return nodes ?? 3 + Math.floor(new Random(seed, 'size').next() * 5);
}

/** One seed: a random number of nodes starts at random times, faults for some minutes, then everything heals and M8 must hold. */
export function run(options: RunOptions): RunResult {
  const { seed, minutes = least.minutes } = options;
  const start = new Random(seed, 'start');
  const plant = options.fault && plantedFaults[options.fault];
  const cluster = new Cluster({ seed, nodes: nodesOf(options), workload: true, majority: options.majority, plant, trace: options.trace });
  const workload = cluster.workload as Workload;
  const together = start.chance(0.5);
  for (const node of cluster.nodes) cluster.schedule.after(together ? 0 : start.between(0, 5_000), () => node.start());
  const injector = new FaultInjector(cluster, options.plan ?? planOf(options));
  const data = new DataCheckers(cluster, workload);
  let faultyMs = 0;
  let healedMs: number | undefined;
  try {
    cluster.runFor(minutes * 60_000);
    const enough = () => workload.operations >= least.operations && (options.plan !== undefined || injector.total >= least.faults);
    cluster.runUntil(enough, maxMinutes * 60_000);
    faultyMs = cluster.schedule.nowMs;
    injector.stop();
    healedMs = calmDown(cluster);
    if (healedMs !== undefined && cluster.settled()) data.check();
  } catch (error) {
    // An assertion in the code of a member: it would stop that member, here it ends the run.
    faultyMs ||= cluster.schedule.nowMs;
    cluster.checkers.violate('assertion', error instanceof Error ? error.message : String(error));
  }
  return {
    seed,
    events: cluster.schedule.executed,
    epochs: cluster.checkers.committedViews,
    operations: workload.operations,
    answered: workload.history.filter(({ output }) => output !== undefined).length,
    cutShort: data.cutShort,
    undecided: data.undecided,
    encounters: injector.encounters,
    faults: injector.injected,
    violations: cluster.checkers.violations,
    faultyMs,
    healedMs,
  };
}

/** Ends all faults; how long the cluster took to agree after that, undefined = too long (M8). */
function calmDown(cluster: Cluster): number | undefined {
  cluster.heal();
  for (const node of cluster.nodes) node.pausedUntilMs = 0;
  // Restarts that faults have planned still happen; afterwards everybody is up.
  cluster.runFor(25_000);
  cluster.heal();
  for (const node of cluster.nodes) node.start();
  cluster.workload?.stop();
  const healedMs = cluster.runUntil(() => cluster.settled(), livenessLimitMs);
  // Every operation ends within its budget; then the copies stand still.
  cluster.runFor(quietMs);
  const { nodes } = cluster;
  const standing = () =>
    nodes.map(({ name, membership, installed }) => `${name} ${membership?.stage} ${installed?.epoch} ${installed?.phase}`);
  if (healedMs === undefined) cluster.checkers.violate('M8', standing().join(', '));
  return healedMs;
}
