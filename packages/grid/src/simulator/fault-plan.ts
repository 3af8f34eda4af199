import { coordinatorOf } from '../membership/rebalance.ts';
import type { Cluster } from './cluster.ts';
import { type FaultKind, faultKinds, faults } from './faults.ts';
import type { SimulatedNode } from './node.ts';
import { Random } from './random.ts';
import { encounters, type Situation, situationOf, situations } from './situations.ts';

/** One fault of a run. It draws from a generator of its own, so that it does the same whatever other faults are left out. */
export interface PlannedFault {
  readonly atMs: number;
  readonly kind: FaultKind;
  /** Index of the node that it strikes. */
  readonly node: number;
  readonly draw: number;
  /** The fault waits until the cluster is in this situation, having provoked it. */
  readonly during?: Situation | undefined;
}

export interface PlanOptions {
  readonly seed: number;
  readonly nodes: number;
  readonly untilMs: number;
  /** These kinds only, and in quick succession. */
  readonly focus?: readonly FaultKind[] | undefined;
}

/** The first encounter finds a cluster that formed just now, so thirty seeds in a row meet all of them; the second one what other faults have left. */
const firstEncounterMs = 6_500;
/** Other faults stay away so long from the first encounter. */
const quietMs = { revocation: 12_000, coldTakeover: 3_000, databaseAway: 2_000, COPY: 1_000, SWITCH: 1_000, STABLE: 0 };
const maxWaitMs = 25_000;
const pollMs = 1;

/** A random choice of kinds and a random pace per seed, so that some seeds see few kinds and others everything together. */
export function planFaults({ seed, nodes, untilMs, focus }: PlanOptions): PlannedFault[] {
  const random = new Random(seed, 'faults');
  const share = random.between(0.1, 0.8);
  const chosen = faultKinds.filter(() => random.chance(share));
  const kinds = focus ?? (chosen.length > 0 ? chosen : [random.pick(faultKinds)]);
  const meanMs = random.between(800, focus === undefined ? 7_000 : 4_000);
  const plan: PlannedFault[] = [];
  const draw = () => Math.floor(random.next() * 2 ** 32);
  const node = () => Math.floor(random.next() * nodes);
  const meet = (atMs: number, number: number): Situation => {
    const [during, kind] = encounters[number % encounters.length] as (typeof encounters)[number];
    plan.push({ atMs, kind, node: node(), draw: draw(), during });
    return during;
  };
  const first = meet(firstEncounterMs, seed);
  meet(Math.round(random.between(20_000, 40_000)), seed * 7 + 3);
  for (let atMs = firstEncounterMs + quietMs[first] + random.about(meanMs); atMs < untilMs; atMs += random.about(meanMs))
    plan.push({ atMs: Math.round(atMs * 10) / 10, kind: random.pick(kinds), node: node(), draw: draw() });
  return plan.sort((left, right) => left.atMs - right.atMs);
}

/** Carries a plan out and counts what struck. */
export class FaultInjector {
  readonly injected = new Map<FaultKind, number>();
  /** `situation kind` -> how often. */
  readonly encounters = new Map<string, number>();
  readonly #cluster: Cluster;
  #stopped = false;

  constructor(cluster: Cluster, plan: readonly PlannedFault[]) {
    this.#cluster = cluster;
    for (const planned of plan) cluster.schedule.at(planned.atMs, () => this.#begin(planned));
  }

  get total(): number {
    return [...this.injected.values()].reduce((sum, count) => sum + count, 0);
  }

  stop(): void {
    this.#stopped = true;
  }

  #begin(planned: PlannedFault): void {
    if (this.#stopped) return;
    const random = new Random(planned.draw, planned.kind);
    const { during } = planned;
    const node = this.#cluster.nodes[planned.node] as SimulatedNode;
    if (during === undefined) {
      this.#strike(planned.kind, node, random);
      return;
    }
    this.#cluster.trace(node, 'provoked', during);
    situations[during].provoke(this.#cluster, node, random);
    this.#await(during, this.#cluster.schedule.nowMs + maxWaitMs, () => {
      // COPY and SWITCH last milliseconds here, a revocation a part of a second.
      const longestMs = { COPY: 2, SWITCH: 2, revocation: 150 }[during as string] ?? 1_500;
      this.#cluster.schedule.after(random.between(0, longestMs), () => this.#strike(planned.kind, this.#victim(random), random));
    });
  }

  #await(situation: Situation, untilMs: number, then: () => void): void {
    if (this.#stopped || this.#cluster.schedule.nowMs > untilMs) return;
    if (situationOf(this.#cluster) === situation) then();
    else this.#cluster.schedule.after(pollMs, () => this.#await(situation, untilMs, then));
  }

  /** Often the coordinator, whose work somebody else must then finish; always somebody who is up. */
  #victim(random: Random): SimulatedNode {
    const { view } = this.#cluster;
    const coordinator = this.#cluster.nodes.find((node) => view !== null && node.identity?.id === coordinatorOf(view));
    const alive = this.#cluster.nodes.filter((node) => node.alive);
    if (coordinator !== undefined && random.chance(0.5)) return coordinator;
    return random.pick(alive.length > 0 ? alive : this.#cluster.nodes);
  }

  #strike(kind: FaultKind, node: SimulatedNode, random: Random): void {
    if (this.#stopped) return;
    this.injected.set(kind, (this.injected.get(kind) ?? 0) + 1);
    const encounter = `${situationOf(this.#cluster) ?? 'empty'} ${kind}`;
    this.encounters.set(encounter, (this.encounters.get(encounter) ?? 0) + 1);
    this.#cluster.trace(node, 'fault', kind);
    faults[kind](this.#cluster, node, random);
  }
}
