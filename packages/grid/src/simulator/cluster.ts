import type { MemberId } from '../protocol/types.ts';
import { Checkers } from './checkers.ts';
import { Database } from './database.ts';
import { Exposure } from './exposure.ts';
import { Network } from './network.ts';
import { SimulatedNode } from './node.ts';
import type { PlantedFaults } from './planted.ts';
import { Random } from './random.ts';
import { Schedule } from './schedule.ts';
import { Workload } from './workload.ts';

export interface ClusterOptions {
  readonly seed: number;
  readonly nodes: number;
  /** Without: nobody uses the caches. */
  readonly workload?: boolean | undefined;
  readonly faults?: PlantedFaults | undefined;
  /** Called with one line for each thing that happened. */
  readonly trace?: ((line: string) => void) | undefined;
}

/** A whole cluster in one process on virtual time: nodes, network, database, checkers. */
export class Cluster {
  readonly options: ClusterOptions;
  readonly schedule = new Schedule();
  readonly network: Network;
  readonly database: Database;
  readonly checkers: Checkers;
  readonly exposure: Exposure;
  readonly workload: Workload | undefined;
  readonly nodes: readonly SimulatedNode[];
  readonly identities = new Map<MemberId, SimulatedNode>();

  constructor(options: ClusterOptions) {
    this.options = options;
    const clocks = new Random(options.seed, 'clocks');
    this.network = new Network(this.schedule, new Random(options.seed, 'network'));
    this.nodes = Array.from({ length: options.nodes }, (_, index) => new SimulatedNode(this, index + 1, clocks.between(0.955, 1.045)));
    this.checkers = new Checkers(this);
    this.exposure = new Exposure(this);
    this.workload = options.workload === true ? new Workload(new Random(options.seed, 'workload')) : undefined;
    const checksEpochs = options.faults?.database.has('epoch-unchecked') !== true;
    this.database = new Database(this.schedule, new Random(options.seed, 'database'), checksEpochs, (committed) => {
      this.checkers.committed(committed);
      const { view, gone } = committed.request;
      this.exposure.committed(
        view,
        gone.map(({ id }) => id),
      );
    });
  }

  trace(node: SimulatedNode, what: string, detail: string): void {
    this.options.trace?.(`${this.schedule.nowMs.toFixed(1).padStart(9)} ${node.name}/${node.identity?.id ?? '-'} ${what} ${detail}`);
  }

  runFor(durationMs: number): void {
    this.schedule.run(this.schedule.nowMs + durationMs, () => this.checkers.afterEvent());
  }

  /** Runs until `condition` holds, looking every 50 ms; the time that took, or undefined after `limitMs`. */
  runUntil(condition: () => boolean, limitMs: number): number | undefined {
    const startMs = this.schedule.nowMs;
    while (!condition()) {
      if (this.schedule.nowMs - startMs >= limitMs) return undefined;
      this.runFor(50);
    }
    return this.schedule.nowMs - startMs;
  }

  /** M8: all living nodes are active members of one STABLE epoch that holds nobody else, and all may serve. */
  settled(): boolean {
    const alive = this.nodes.filter((node) => node.alive);
    const [first] = alive;
    const view = first?.installed;
    if (view === undefined) return alive.length === 0;
    return (
      view.phase === 'STABLE' &&
      view.members.length === alive.length &&
      view.members.every(({ state }) => state === 'active') &&
      alive.every((node) => node.installed?.epoch === view.epoch && node.mayServe())
    );
  }

  cut(left: SimulatedNode, right: SimulatedNode, oneWay = false): void {
    this.network.link(left.name, right.name).blackHole = true;
    if (!oneWay) this.network.link(right.name, left.name).blackHole = true;
  }

  /** From all other nodes, and from the database if asked. */
  isolate(node: SimulatedNode, fromDatabase: boolean): void {
    for (const other of this.nodes) if (other !== node) this.cut(node, other);
    if (fromDatabase) this.database.path(node.name).reachable = false;
  }

  heal(): void {
    this.network.heal();
    this.database.heal();
  }
}
