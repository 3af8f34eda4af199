import type { ObservedBeat } from '../authority/authority.ts';
import type { ChangeOf } from '../authority/majority/messages.ts';
import type { MemberId, ViewBody } from '../protocol/types.ts';
import { Checkers } from './checkers.ts';
import { Database } from './database.ts';
import { Exposure } from './exposure.ts';
import { NearCacheChecker } from './near-cache-checker.ts';
import { Network } from './network.ts';
import { SimulatedNode } from './node.ts';
import { ownersOf } from './node-data.ts';
import type { Plant } from './planted/plant.ts';
import { Random } from './random.ts';
import { Schedule } from './schedule.ts';
import { Truth } from './truth.ts';
import { type Host, Workload } from './workload.ts';

export interface ClusterOptions {
  readonly seed: number;
  readonly nodes: number;
  /** Without: nobody uses the caches. */
  readonly workload?: boolean | undefined;
  /** Further clients on every process. */
  readonly clients?: { client(host: Host): void } | undefined;
  /** Greatest error of the monotonic clocks, default 0.045. */
  readonly clockError?: number | undefined;
  /** The members decide by majority, without a database. */
  readonly majority?: boolean | undefined;
  /** A fault that the checkers must find. */
  readonly plant?: Plant | undefined;
  /** Called with one line for each thing that happened. */
  readonly trace?: ((line: string) => void) | undefined;
}

/** A whole cluster in one process on virtual time: nodes, network, database, checkers. */
export class Cluster {
  readonly options: ClusterOptions;
  /** Of each cache of its members. */
  readonly owners: readonly number[];
  readonly schedule = new Schedule();
  readonly network: Network;
  readonly database: Database;
  readonly checkers: Checkers;
  readonly exposure: Exposure;
  readonly workload: Workload | undefined;
  readonly truth: Truth;
  readonly nearChecker: NearCacheChecker;
  readonly nodes: readonly SimulatedNode[];
  readonly identities = new Map<MemberId, SimulatedNode>();
  readonly #decided = new Map<string, string>();
  #ids = 0;
  /** As committed last. */
  view: ViewBody | null = null;

  constructor(options: ClusterOptions) {
    this.options = options;
    this.owners = ownersOf(options.seed);
    const clocks = new Random(options.seed, 'clocks');
    this.network = new Network(this.schedule, new Random(options.seed, 'network'));
    const { clockError = 0.045 } = options;
    const rate = (): number => clocks.between(1 - clockError, 1 + clockError);
    this.nodes = Array.from({ length: options.nodes }, (_, index) => new SimulatedNode(this, index + 1, rate()));
    this.checkers = new Checkers(this);
    this.exposure = new Exposure(this);
    this.truth = new Truth(this, new Random(options.seed, 'truth'));
    this.nearChecker = new NearCacheChecker(this, this.truth);
    this.workload = options.workload === true ? new Workload(new Random(options.seed, 'workload')) : undefined;
    const Store = options.plant?.database ?? Database;
    this.database = new Store(this.schedule, new Random(options.seed, 'database'), ({ request }) => this.committed(request));
    this.database.isFrozen = (client) => this.nodes.some(({ name, paused }) => name === client && paused);
    this.database.onBlocked = (client) => this.checkers.violate('M12', `a statement of ${client} waits for a lock that a member holds`);
  }

  /** A change of the view was committed, by whichever authority. */
  committed(change: Pick<ChangeOf, 'view' | 'gone' | 'expectedEpoch'>): void {
    this.view = change.view;
    this.checkers.committed(change);
    this.exposure.committed(
      change.view,
      change.gone.map(({ id }) => id),
    );
  }

  /** A voter has seen that a view is decided; others may see the same. */
  decided(view: ViewBody, gone: readonly ObservedBeat[]): void {
    const known = this.#decided.get(`${view.timeline}/${view.epoch}`);
    if (known === JSON.stringify(view)) return;
    this.#decided.set(`${view.timeline}/${view.epoch}`, JSON.stringify(view));
    this.committed({ view, gone, expectedEpoch: view.epoch === 1 ? 0 : view.epoch - 1 });
  }

  newId(): MemberId {
    this.#ids += 1;
    return this.#ids;
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
