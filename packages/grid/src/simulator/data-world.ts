import type { CacheState, EncodedUpdate } from '../data/cache-state.ts';
import { DataCore } from '../data/core.ts';
import type { CacheShape, DataMessage } from '../data/messages.ts';
import type { PlantedFault } from '../data/node.ts';
import { decodeDataMessage, encodeDataMessage } from '../data/wire-messages.ts';
import type { MemberId, MemberRecord, ViewBody } from '../protocol/types.ts';
import { ViewOracle } from './data-oracle.ts';

/** Small, fast, seeded; one for each concern, so that a further draw in one leaves the others as they were. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface DataWorldOptions {
  readonly seed: number;
  readonly members: number;
  readonly shape: CacheShape;
  readonly faults: readonly PlantedFault[];
  readonly updates: ReadonlyMap<string, EncodedUpdate>;
}

export interface SimulatedMember {
  readonly record: MemberRecord;
  readonly core: DataCore;
  readonly cache: CacheState;
  alive: boolean;
  /** Cut off from everyone; it does not know it until its lease ends. */
  isolated: boolean;
  leaseEndsAtMs: number;
  fenced: boolean;
  /** Topic messages that it handled, and senders of whom it knows that it missed some, with the time. */
  readonly heard: Set<string>;
  readonly gaps: Map<MemberId, number>;
}

interface Event {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

const leaseMs = 4_000;
const tickMs = 50;

/** Members with real data cores on a simulated network, under a view oracle, with a clock that jumps from event to event. */
export class DataWorld {
  nowMs = 0;
  readonly members = new Map<MemberId, SimulatedMember>();
  readonly oracle: ViewOracle;
  readonly trace: string[] = [];
  /** Probability that a frame is lost without a reset; by kind of message, or for all others. */
  lossRate = 0;
  readonly lossOf = new Map<DataMessage['kind'], number>();
  readonly #options: DataWorldOptions;
  readonly #network: () => number;
  readonly #queue: Event[] = [];
  readonly #lastArrival = new Map<string, number>();
  readonly #connection = new Map<string, number>();
  #order = 0;
  #nextId = 1;

  constructor(options: DataWorldOptions) {
    this.#options = options;
    this.#network = randomOf(options.seed * 7 + 1);
    const records: MemberRecord[] = [];
    for (let index = 0; index < options.members; index++) records.push(this.#create().record);
    this.oracle = new ViewOracle(records, randomOf(options.seed * 7 + 2));
    this.spread(this.oracle.view);
  }

  get live(): SimulatedMember[] {
    return [...this.members.values()].filter((member) => member.alive && !member.isolated && !member.fenced);
  }

  at(delayMs: number, run: () => void): void {
    this.#order += 1;
    push(this.#queue, { atMs: this.nowMs + delayMs, order: this.#order, run });
  }

  /** Runs events until `untilMs`. */
  run(untilMs: number): void {
    for (;;) {
      const next = this.#queue[0];
      if (next === undefined || next.atMs > untilMs) break;
      pop(this.#queue);
      this.nowMs = next.atMs;
      next.run();
    }
    this.nowMs = untilMs;
  }

  kill(member: SimulatedMember): void {
    this.trace.push(`${this.nowMs} kill ${member.record.id}`);
    member.alive = false;
    // What it sent may still arrive; its lease must run out before the others go on without it.
    this.#evictAfter(member, leaseMs);
  }

  /** All its links fall silent; it goes on believing until its lease ends, and is evicted after that. */
  isolate(member: SimulatedMember): void {
    this.trace.push(`${this.nowMs} isolate ${member.record.id}`);
    member.isolated = true;
    member.leaseEndsAtMs = this.nowMs + leaseMs;
    this.at(leaseMs + 200, () => {
      member.fenced = true;
      member.core.end('lease lost', this.nowMs);
    });
    this.#evictAfter(member, leaseMs);
  }

  /** Its links work again while others may have gone on: what it sends now comes from an old epoch. */
  heal(member: SimulatedMember): void {
    this.trace.push(`${this.nowMs} heal ${member.record.id}`);
    member.isolated = false;
    for (const other of this.live) this.reset(member, other);
  }

  join(): SimulatedMember {
    const member = this.#create();
    this.trace.push(`${this.nowMs} join ${member.record.id}`);
    this.spread(this.oracle.join(member.record));
    return member;
  }

  /** Connections between the two break and stand again at once: frames under way are lost. */
  reset(a: SimulatedMember, b: SimulatedMember): void {
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      const name = `${from.record.id}>${to.record.id}`;
      this.#connection.set(name, (this.#connection.get(name) ?? 0) + 1);
      if (from.alive) from.core.connected(to.record.id, this.nowMs);
    }
  }

  /** Members learn of a view one by one, and may miss one that is followed quickly by the next. */
  spread(view: ViewBody): void {
    this.trace.push(`${this.nowMs} epoch ${view.epoch} ${view.phase} of ${view.members.map(({ id }) => id).join(',')}`);
    for (const { id } of view.members) {
      const member = this.members.get(id);
      this.at(1 + Math.floor(this.#network() ** 3 * 400), () => {
        const newest = this.oracle.view;
        const chosen = view.epoch < newest.epoch && this.#network() < 0.5 ? newest : view;
        if (member !== undefined) this.#install(member, chosen);
      });
    }
  }

  /** Everybody who lives installs the newest view: the end of a run. */
  settle(): void {
    for (const { id } of this.oracle.view.members) {
      const member = this.members.get(id);
      if (member !== undefined) this.#install(member, this.oracle.view);
    }
  }

  #install(member: SimulatedMember, view: ViewBody): void {
    if (!member.alive || member.isolated || member.fenced || view.epoch <= member.core.node.epoch) return;
    if (view.members.some(({ id }) => id === member.record.id)) member.core.install(view, this.nowMs);
  }

  #evictAfter(member: SimulatedMember, delayMs: number): void {
    this.at(delayMs + Math.floor(this.#network() * 1_000), () => {
      const { id } = member.record;
      if (this.oracle.view.members.some((other) => other.id === id)) this.spread(this.oracle.evict([id]));
    });
  }

  #create(): SimulatedMember {
    const id = this.#nextId;
    this.#nextId += 1;
    const record: MemberRecord = {
      id,
      incarnation: id,
      name: `n${id}`,
      address: { host: 'simulated', port: id },
      labels: {},
      state: 'active',
    };
    const core = new DataCore(
      {
        send: (to, lane, message) => this.#send(id, to, lane, message),
        mayServe: (nowMs) => nowMs < (this.members.get(id)?.leaseEndsAtMs ?? 0),
        gridTimeMs: (nowMs) => nowMs,
        confirm: (epoch) => this.at(1 + Math.floor(this.#network() * 20), () => this.oracle.confirm(id, epoch)),
        lost: (segments) => void this.trace.push(`${this.nowMs} ${id} lost ${segments.length} segments`),
        topicMessage: (_topic, _sender, payload, acknowledge) => {
          this.members.get(id)?.heard.add(new TextDecoder().decode(payload));
          this.at(Math.floor(this.#network() * 20), acknowledge);
        },
        topicGap: (_topic, sender) => void this.members.get(id)?.gaps.set(sender, this.nowMs),
      },
      this.#options.faults,
    );
    core.begin({ id, incarnation: id }, this.nowMs);
    const cache = core.open({ name: 'simulated', shape: this.#options.shape, updates: this.#options.updates });
    const member: SimulatedMember = {
      record,
      core,
      cache,
      alive: true,
      isolated: false,
      leaseEndsAtMs: Number.POSITIVE_INFINITY,
      fenced: false,
      heard: new Set(),
      gaps: new Map(),
    };
    this.members.set(id, member);
    const tick = (): void => {
      if (!member.alive || member.fenced) return;
      core.tick(this.nowMs);
      this.at(tickMs, tick);
    };
    this.at(Math.floor(this.#network() * tickMs), tick);
    return member;
  }

  #send(from: MemberId, to: MemberId, lane: string, message: DataMessage): void {
    const sender = this.members.get(from);
    if (sender === undefined || !sender.alive || sender.isolated || this.#network() < (this.lossOf.get(message.kind) ?? this.lossRate))
      return;
    const link = `${from}>${to}`;
    const name = `${link}${lane}`;
    const connection = this.#connection.get(link) ?? 0;
    const delayMs = 0.2 + this.#network() ** 4 * 30;
    const arrival = Math.max(this.nowMs + delayMs, (this.#lastArrival.get(name) ?? 0) + 0.001);
    this.#lastArrival.set(name, arrival);
    const bytes = encodeDataMessage(message);
    this.at(arrival - this.nowMs, () => {
      const receiver = this.members.get(to);
      if (
        receiver === undefined ||
        !receiver.alive ||
        receiver.isolated ||
        receiver.fenced ||
        (this.#connection.get(link) ?? 0) !== connection
      )
        return;
      receiver.core.receive(from, decodeDataMessage(bytes), this.nowMs);
      receiver.core.flush();
    });
  }
}

function before(a: Event, b: Event): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

function push(heap: Event[], event: Event): void {
  let index = heap.push(event) - 1;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = heap[parent] as Event;
    if (before(above, event)) break;
    heap[index] = above;
    heap[parent] = event;
    index = parent;
  }
}

function pop(heap: Event[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let index = 0;
  for (;;) {
    let child = index * 2 + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1] as Event, heap[child] as Event)) child += 1;
    if (before(last, heap[child] as Event)) break;
    heap[index] = heap[child] as Event;
    index = child;
  }
  heap[index] = last;
}
