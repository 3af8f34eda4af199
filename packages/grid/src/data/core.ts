import { GridError } from '../errors.ts';
import type { DataPort, Identity } from '../membership/data-port.ts';
import type { MemberId, ViewBody } from '../protocol/types.ts';
import { Backup } from './backup.ts';
import type { CacheDefinition, CacheState } from './cache-state.ts';
import { Commits } from './commit.ts';
import { Compaction } from './compaction.ts';
import { Expiry } from './expiry.ts';
import { Marks } from './marks.ts';
import type { DataMessage, OperationFields, Request } from './messages.ts';
import { isSameShape, noResult, operation, status } from './messages.ts';
import { type DataEnvironment, DataNode } from './node.ts';
import { type Done, Origin } from './origin.ts';
import { OwnReads } from './own-reads.ts';
import { Parking } from './parking.ts';
import { settlePending, undoPending } from './pending-undo.ts';
import { Primary } from './primary.ts';
import { Promotion } from './promotion.ts';
import { Replicator } from './replicate.ts';
import { murmur3 } from './segment-hash.ts';
import { SieveOrder } from './sieve.ts';
import { StatePull } from './state-pull.ts';
import { dropTombstones } from './store.ts';
import { Topics } from './topics.ts';
import { TransferSource } from './transfer-source.ts';

/**
 * The data of one member: synchronous, event and monotonic `nowMs` in, calls on the environment out. This file only says who handles what.
 * The shell calls `receive` for every message, `flush` after each batch of them and after local submissions, and `tick` every 50 ms or so.
 */
export class DataCore implements DataPort {
  readonly node: DataNode;
  readonly topics: Topics;
  readonly ownReads: OwnReads;
  readonly #commits: Commits;
  readonly #replicator: Replicator;
  readonly #backup: Backup;
  readonly #primary: Primary;
  readonly #promotion: Promotion;
  readonly #origin: Origin;
  readonly #pull: StatePull;
  readonly #source: TransferSource;
  /** What wants to know that time passes, in this order. */
  readonly #ticking: readonly { tick(nowMs: number): void }[];
  readonly #marks: Marks;
  readonly #parking = new Parking();
  #confirmed = 0;
  #served = false;

  constructor(environment: DataEnvironment) {
    const node = new DataNode(environment);
    this.node = node;
    this.topics = new Topics(node);
    this.#commits = new Commits(node);
    this.#replicator = new Replicator(node, this.#commits);
    this.#backup = new Backup(node, this.#commits);
    this.#primary = new Primary(node, this.#replicator);
    this.#promotion = new Promotion(node, this.#commits, this.#primary);
    this.#origin = new Origin(node, (from, request, nowMs) => this.#request(from, request, nowMs));
    this.#pull = new StatePull(node);
    this.#source = new TransferSource(node);
    this.ownReads = new OwnReads(node, this.#pull, this.#promotion);
    const expiry = new Expiry(node, this.#primary, (segment) => this.#promotion.serves(segment));
    this.#marks = new Marks(node);
    const own = [this.#commits, this.#replicator, this.#promotion, this.#pull, expiry, new Compaction(node), this.#marks];
    this.#ticking = [...own, this.topics, this.#origin];
    this.#promotion.onServing = (segment, nowMs) => {
      for (const { from, message } of this.#parking.takeSegment(segment)) this.#request(from, message, nowMs);
    };
  }

  /** Opens a cache, or gives a name and its functions to one that other members opened first. Idempotent. */
  open(definition: CacheDefinition): CacheState {
    const { name, shape } = definition;
    const cache = this.node.cache(murmur3(name), shape);
    if (cache.name !== undefined && cache.name !== name)
      throw new GridError('GRID_BAD_CONFIGURATION', `caches ${cache.name} and ${name} have the same hash: give one of them another name`);
    cache.name = name;
    if (!isSameShape(cache.shape, shape))
      throw new GridError('GRID_BAD_CONFIGURATION', `cache ${name}: its mode, owners or state transfer differ from what other members use`);
    cache.updates = definition.updates;
    cache.listener = definition.listener;
    if (definition.maxCount !== undefined && cache.eviction === undefined) {
      cache.eviction = new SieveOrder(definition.maxCount);
      for (const segment of cache.segments) {
        for (const [key, entry] of segment?.entries ?? []) if (!entry.absent) cache.eviction.add(entry, key, segment?.index ?? 0);
      }
    }
    return cache;
  }

  submit(cache: CacheState, segment: number, fields: OperationFields, nowMs: number, done: Done, waitMs?: number): number {
    this.node.nowMs = nowMs;
    const own = fields.operation === operation.get ? this.ownReads.served(cache, segment, fields.key, nowMs) : undefined;
    if (own !== undefined) {
      done.ended(undefined, own);
      return 0;
    }
    return this.#origin.submit(cache, segment, fields, nowMs, done, waitMs);
  }

  /** The caller of the operation no longer waits. */
  abandon(counter: number): void {
    this.#origin.abandon(counter);
  }

  begin(identity: Identity, nowMs: number): void {
    this.node.nowMs = nowMs;
    this.#forget();
    for (const cache of this.node.caches.values()) cache.dropAll();
    this.node.begin(identity.id, identity.incarnation);
  }

  install(view: ViewBody, nowMs: number): void {
    const { node } = this;
    node.nowMs = nowMs;
    const before = node.view;
    node.setView(view);
    this.#replicator.reset();
    this.#backup.reset();
    this.#source.reset();
    this.#parking.dropSegments();
    settlePending(node, (segment) => this.#promotion.serves(segment));
    node.moving = true;
    this.#pull.install(before, view, nowMs);
    this.#beginPendingAgain(nowMs);
    this.#promotion.install(nowMs);
    node.keepResultsOf(view);
    this.topics.install();
    this.#origin.install(nowMs);
    for (const { from, message } of this.#parking.takeEpoch(view.epoch)) this.receive(from, message, nowMs);
    this.#settle(nowMs);
    this.flush();
  }

  /** Whether this member may answer now. */
  serving(nowMs: number): boolean {
    return this.node.view !== undefined && this.node.environment.mayServe(nowMs);
  }

  /** Membership is over; what callers wait for ends here. */
  end(_reason: string, nowMs: number): void {
    this.node.nowMs = nowMs;
    this.node.forgetView();
    this.#origin.revoke('GRID_FENCED');
    this.#forget();
  }

  /** The grid stops: every operation under way ends now (R4). */
  stop(nowMs: number): void {
    this.end('stopped', nowMs);
    this.#origin.revoke('GRID_STOPPED');
  }

  receive(from: MemberId, message: DataMessage, nowMs: number): void {
    this.node.nowMs = nowMs;
    // Replies are matched by attempt, topics by number: epochs do not matter to them.
    if (message.kind === 'reply') this.#origin.replied(message);
    else if (message.kind === 'topic') this.topics.message(from, message);
    else if (message.kind === 'topicAcknowledge') this.topics.acknowledged(from, message);
    else if (this.#isOfThisEpoch(from, message)) this.#dispatch(from, message, nowMs);
  }

  #isOfThisEpoch(from: MemberId, message: DataMessage): boolean {
    if (message.epoch > this.node.epoch) {
      // State is pulled in the epoch at hand, so that none of a later one was asked for; its values are not this member's to keep.
      if (message.kind !== 'transfer' && this.#parking.parkEpoch(from, message)) this.node.figures.parked += 1;
      return false;
    }
    if (message.epoch < this.node.epoch) {
      this.node.figures.staleRefusals += 1;
      if (message.kind === 'request') this.node.answer(from, message.counter, message.attempt, status.moved, noResult);
      return false;
    }
    return true;
  }

  #dispatch(from: MemberId, message: DataMessage, nowMs: number): void {
    if (message.kind === 'request') this.#request(from, message, nowMs);
    else if (message.kind === 'replicate') this.#backup.replicate(from, message);
    else if (message.kind === 'acknowledge') this.#replicator.acknowledged(from, message, nowMs);
    else if (message.kind === 'tailAsk') this.#promotion.asked(from, message);
    else if (message.kind === 'pull') this.#source.pulled(from, message);
    else if (message.kind === 'tailAnswer') {
      this.#promotion.answered(from, message, nowMs);
      this.#settle(nowMs);
    } else if (message.kind === 'transfer') {
      this.#pull.received(from, message, nowMs);
      this.#settle(nowMs);
    }
  }

  /** A connection to the member stands (again), of either lane: frames on the old one may be gone. */
  connected(member: MemberId, nowMs: number): void {
    this.#replicator.resend(member, nowMs);
    this.#origin.resend(member, nowMs);
    this.#pull.restart(member, nowMs);
  }

  /** Sends the acknowledgements that a batch of frames made due. */
  flush(): void {
    this.#backup.flush();
  }

  tick(nowMs: number): void {
    this.node.nowMs = nowMs;
    const serves = this.serving(nowMs);
    if (this.#served && !serves) this.node.environment.lapsed();
    this.#served = serves;
    for (const part of this.#ticking) part.tick(nowMs);
    this.#settle(nowMs);
    this.flush();
  }

  /** Name -> value for the facade's figures. */
  figures(): Record<string, number> {
    return {
      ...this.node.figures,
      pendingOperations: this.#origin.pending,
      segmentsToPull: this.#pull.segmentsLeft,
      parkedNow: this.#parking.size,
    };
  }

  /** Everything that the view makes this member hold is here and served. */
  get settled(): boolean {
    return this.node.view !== undefined && this.#pull.done && !this.#promotion.busy;
  }

  /** Segments of the cache that this member is still copying. */
  segmentsAwaited(cache: CacheState): number {
    return this.#pull.segmentsLeftOf(cache.shape);
  }

  serves(cache: CacheState, segment: number): boolean {
    return cache.local || this.#promotion.serves(segment);
  }

  #request(from: MemberId, request: Request, nowMs: number): void {
    const cache = this.node.cache(request.cache, request.shape);
    const alike = isSameShape(cache.shape, request.shape);
    if (!alike || !this.node.isPrimary(cache, request.segment)) {
      this.node.answer(from, request.counter, request.attempt, alike ? status.moved : status.misconfigured, noResult);
      return;
    }
    if (!this.serves(cache, request.segment)) {
      if (!this.#parking.parkSegment(from, request)) this.node.answer(from, request.counter, request.attempt, status.overloaded, noResult);
      return;
    }
    this.#marks.note(from, request.incarnation, request.globalMark);
    this.#primary.handle(from, request, cache, nowMs);
  }

  #beginPendingAgain(nowMs: number): void {
    for (const cache of this.node.caches.values()) {
      if (cache.local) continue;
      for (const segment of cache.segments) {
        for (const pending of segment === undefined ? [] : [...segment.pending]) this.#replicator.begin(pending, nowMs);
      }
    }
  }

  /** Notices that the phase's work is done: tombstones go, and the epoch is confirmed, once. */
  #settle(nowMs: number): void {
    const { view } = this.node;
    if (view === undefined || !this.#pull.done) return;
    if (view.phase === 'STABLE' && this.node.moving) {
      this.node.moving = false;
      for (const cache of this.node.caches.values())
        for (const segment of cache.segments) if (segment !== undefined) dropTombstones(segment);
    }
    if (this.#confirmed >= view.epoch || (view.phase === 'SWITCH' && this.#promotion.busy)) return;
    this.#confirmed = view.epoch;
    this.node.environment.confirm(view.epoch, nowMs);
  }

  /** Forgets everything that belongs to one life as a member; copies stay until the next one begins. */
  #forget(): void {
    for (const cache of this.node.caches.values()) {
      if (cache.local) continue;
      for (const segment of cache.segments) if (segment !== undefined) undoPending(this.node, segment);
    }
    this.#commits.reset();
    this.#replicator.reset();
    this.#backup.reset();
    this.#promotion.reset();
    this.#pull.reset();
    this.#source.reset();
    this.#marks.reset();
    this.#parking.reset();
    this.topics.reset();
    this.#confirmed = 0;
    this.#served = false;
    this.node.moving = false;
    this.node.environment.lapsed();
  }
}
