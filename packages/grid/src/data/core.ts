import { GridError } from '../errors.ts';
import type { DataPort, Identity } from '../membership/data-port.ts';
import type { MemberId, ViewBody } from '../protocol/types.ts';
import { SEGMENTS } from '../protocol/types.ts';
import { Backup } from './backup.ts';
import type { CacheDefinition, CacheState } from './cache-state.ts';
import { Commits } from './commit.ts';
import { committedOf, isLive } from './entry.ts';
import { Expiry } from './expiry.ts';
import { Marks } from './marks.ts';
import type { DataMessage, OperationFields, OperationResult, Request } from './messages.ts';
import { noResult, operation, status } from './messages.ts';
import { type DataEnvironment, DataNode, type PlantedFault } from './node.ts';
import { type Done, Origin } from './origin.ts';
import { Parking } from './parking.ts';
import { backToTail, undoPending } from './pending-undo.ts';
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
  readonly #commits: Commits;
  readonly #replicator: Replicator;
  readonly #backup: Backup;
  readonly #primary: Primary;
  readonly #promotion: Promotion;
  readonly #origin: Origin;
  readonly #pull: StatePull;
  readonly #source: TransferSource;
  readonly #expiry: Expiry;
  readonly #marks: Marks;
  readonly #parking = new Parking();
  #confirmed = 0;

  constructor(environment: DataEnvironment, faults: Iterable<PlantedFault> = []) {
    const node = new DataNode(environment, faults);
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
    this.#expiry = new Expiry(node, this.#primary, (segment) => this.#promotion.serves(segment));
    this.#marks = new Marks(node);
    this.#promotion.onServing = (segment, nowMs) => {
      for (const { from, message } of this.#parking.takeSegment(segment)) this.#request(from, message, nowMs);
    };
  }

  /** Opens a cache, or gives a name and its functions to one that other members opened first. Idempotent. */
  open(definition: CacheDefinition): CacheState {
    const { name, shape } = definition;
    const cache = this.node.cache(murmur3(name), shape);
    if (cache.shape.owners !== shape.owners || cache.shape.stateTransfer !== shape.stateTransfer) {
      throw new GridError('GRID_BAD_CONFIGURATION', `cache ${name}: its mode, owners or state transfer differ from what other members use`);
    }
    cache.updates = definition.updates;
    cache.listener = definition.listener;
    if (definition.maxCount !== undefined && cache.eviction === undefined) {
      cache.eviction = new SieveOrder(definition.maxCount);
      for (const segment of cache.segments) {
        for (const [key, entry] of segment?.entries ?? []) if (entry.value !== null) cache.eviction.add(entry, key, segment?.index ?? 0);
      }
    }
    return cache;
  }

  submit(cache: CacheState, segment: number, fields: OperationFields, nowMs: number, done: Done, waitMs?: number): number {
    this.node.nowMs = nowMs;
    return this.#origin.submit(cache, segment, fields, nowMs, done, waitMs);
  }

  /** The caller of the operation no longer waits. */
  abandon(counter: number): void {
    this.#origin.abandon(counter);
  }

  /** A read of this member's own copy of a replicated cache (sequential, not linearizable); undefined = ask the primary. */
  readOwnCopy(cache: CacheState, segment: number, key: string, nowMs: number): OperationResult | undefined {
    if (!cache.replicated || !this.#pull.holdsReplicated(segment) || !this.node.environment.mayServe(nowMs)) return undefined;
    const entry = committedOf(cache.segments[segment]?.entries.get(key));
    if (!isLive(entry, this.node.environment.gridTimeMs(nowMs))) return noResult;
    return { found: true, value: entry.value, epoch: entry.epoch, sequence: entry.sequence };
  }

  begin(identity: Identity, nowMs: number): void {
    this.node.nowMs = nowMs;
    this.#forget();
    for (const cache of this.node.caches.values()) for (let segment = 0; segment < SEGMENTS; segment++) cache.drop(segment);
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
    this.#settlePending();
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
      if (this.#parking.parkEpoch(from, message)) this.node.figures.parked += 1;
      return false;
    }
    if (message.epoch < this.node.epoch) {
      this.node.figures.staleRefusals += 1;
      if (message.kind === 'request') this.node.answer(from, message.counter, message.attempt, status.moved, noResult);
      return message.kind === 'replicate' && this.node.faults.has('no-epoch-check-on-replicate');
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

  /** A connection to the member stands (again): frames on the old one may be gone. */
  connected(member: MemberId, nowMs: number): void {
    this.#replicator.resend(member, nowMs);
  }

  /** Sends the acknowledgements that a batch of frames made due. */
  flush(): void {
    this.#backup.flush();
  }

  tick(nowMs: number): void {
    this.node.nowMs = nowMs;
    this.#commits.tick(nowMs);
    this.#replicator.tick(nowMs);
    this.#promotion.tick(nowMs);
    this.#pull.tick(nowMs);
    this.#expiry.tick(nowMs);
    this.#marks.tick(nowMs);
    this.topics.tick(nowMs);
    this.#origin.tick(nowMs);
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

  serves(cache: CacheState, segment: number): boolean {
    return cache.local || this.#promotion.serves(segment);
  }

  #request(from: MemberId, request: Request, nowMs: number): void {
    const cache = this.node.cache(request.cache, request.shape);
    if (!this.node.isPrimary(cache, request.segment)) {
      if (!(this.node.faults.has('read-from-any-owner') && request.operation === operation.get)) {
        this.node.answer(from, request.counter, request.attempt, status.moved, noResult);
        return;
      }
    } else if (!this.serves(cache, request.segment)) {
      if (!this.#parking.parkSegment(from, request)) this.node.answer(from, request.counter, request.attempt, status.overloaded, noResult);
      return;
    }
    this.#marks.note(from, request.incarnation, request.globalMark);
    this.#primary.handle(from, request, nowMs);
  }

  /** Before anything of the new epoch is done: a primary that lost its segment goes back to what it committed. */
  #settlePending(): void {
    for (const cache of this.node.caches.values()) {
      for (const segment of cache.segments) {
        if (segment === undefined || cache.local) continue;
        const stays = this.node.primaryOf(segment.index) === this.node.self;
        if (!stays) undoPending(this.node, segment);
        else if (!this.#promotion.serves(segment.index)) backToTail(this.node, segment);
      }
    }
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
    this.node.moving = false;
  }
}
