import { primaryOf, writeOwners } from '../protocol/owners.ts';
import type { Lane, MemberId, ViewBody } from '../protocol/types.ts';
import { SEGMENTS } from '../protocol/types.ts';
import { assert } from './assert.ts';
import { CacheState } from './cache-state.ts';
import { limits } from './limits.ts';
import type { CacheShape, DataMessage, OperationResult, StatusCode } from './messages.ts';
import { everyMember, thisMember } from './messages.ts';
import { Traffic } from './traffic.ts';

/** Ends the handling of a topic's message. */
export type Acknowledge = (answer?: Uint8Array) => void;

/** All that the data core asks of the world. */
export interface DataEnvironment {
  /** May lose the message; never throws, never delivers to this member itself. */
  send(to: MemberId, lane: Lane, message: DataMessage): void;
  /** The lease, asked after the work and before an answer leaves (serve rule). */
  mayServe(nowMs: number): boolean;
  /** Own monotonic clock plus the slewed offset to the database clock. */
  gridTimeMs(nowMs: number): number;
  /** This member has done what the phase of `epoch` asks of it. Once an epoch. */
  confirm(epoch: number, nowMs: number): void;
  /** Segments that had no surviving source and start empty. */
  lost(segments: readonly number[]): void;
  /** A message of a topic; `acknowledge` is called once all handlers have run, with what the sender is to be answered. */
  topicMessage(topic: string, sender: MemberId, payload: Uint8Array, acknowledge: Acknowledge): void;
  /** A member answered an operation that was sent to it `tookMs` ago. */
  answered?(member: MemberId, tookMs: number): void;
  /** A message of that sender was missed. */
  topicGap(topic: string, sender: MemberId): void;
  /** The lease has ended, or membership: what was derived from messages of others may be old (L3). */
  lapsed(): void;
}

/** What the parts of the data core share: who we are, the view with its owners, the caches, the way out. */
export class DataNode {
  self: MemberId = 0;
  incarnation = 0;
  view: ViewBody | undefined;
  readonly environment: DataEnvironment;
  readonly caches = new Map<number, CacheState>();
  /** Answers to this member's own requests; set by the origin side. */
  answerLocally: (counter: number, attempt: number, status: StatusCode, result: OperationResult) => void = () => {};
  readonly traffic = new Traffic();
  readonly figures = {
    staleRefusals: 0,
    retriesAnswered: 0,
    pendingWrites: 0,
    parked: 0,
    transferredRecords: 0,
    expired: 0,
    evicted: 0,
    undone: 0,
    operationsResent: 0,
    writesResent: 0,
  };
  readonly #owners = new Map<number, (readonly MemberId[] | undefined)[]>();
  readonly #others = new Map<number, (readonly MemberId[] | undefined)[]>();
  readonly #primaries: (MemberId | undefined)[] = new Array<MemberId | undefined>(SEGMENTS).fill(undefined);
  #memberIds: readonly MemberId[] = [];
  /** Data may be under way somewhere: the phase is not STABLE, or this member still pulls. Tombstones are kept meanwhile. */
  moving = false;
  /** Monotonic time of the event being handled. */
  nowMs = 0;

  constructor(environment: DataEnvironment) {
    this.environment = environment;
  }

  get epoch(): number {
    return this.view?.epoch ?? 0;
  }

  get memberIds(): readonly MemberId[] {
    return this.#memberIds;
  }

  /** M1: epochs only grow. */
  setView(view: ViewBody): void {
    assert(this.view === undefined || view.epoch > this.view.epoch, 'M1 epochs strictly increase');
    this.view = view;
    this.#memberIds = view.members.map((member) => member.id);
    this.traffic.follow(this.#memberIds.filter((id) => id !== this.self));
    this.#owners.clear();
    this.#others.clear();
    for (let segment = 0; segment < SEGMENTS; segment++) this.#primaries[segment] = primaryOf(view, segment);
  }

  /** A new life: no view yet. */
  begin(self: MemberId, incarnation: number): void {
    this.self = self;
    this.incarnation = incarnation;
    this.forgetView();
  }

  forgetView(): void {
    this.view = undefined;
    this.#memberIds = [];
    this.traffic.follow([]);
    this.#owners.clear();
    this.#others.clear();
    this.#primaries.fill(undefined);
  }

  primaryOf(segment: number): MemberId | undefined {
    return this.#primaries[segment];
  }

  isPrimary(cache: CacheState, segment: number): boolean {
    return cache.local || this.#primaries[segment] === this.self;
  }

  /** Everyone who must acknowledge a write, this member included. */
  writeOwners(shape: CacheShape, segment: number): readonly MemberId[] {
    if (shape.owners === thisMember) return [this.self];
    let row = this.#owners.get(shape.owners);
    if (row === undefined) {
      row = new Array<readonly MemberId[] | undefined>(SEGMENTS).fill(undefined);
      this.#owners.set(shape.owners, row);
    }
    let owners = row[segment];
    if (owners === undefined) {
      owners = this.view === undefined ? [] : writeOwnersIn(this.view, shape.owners, segment);
      row[segment] = owners;
    }
    return owners;
  }

  /** The write owners without this member. */
  backups(shape: CacheShape, segment: number): readonly MemberId[] {
    let row = this.#others.get(shape.owners);
    if (row === undefined) {
      row = new Array<readonly MemberId[] | undefined>(SEGMENTS).fill(undefined);
      this.#others.set(shape.owners, row);
    }
    let others = row[segment];
    if (others === undefined) {
      others = this.writeOwners(shape, segment).filter((member) => member !== this.self);
      row[segment] = others;
    }
    return others;
  }

  cache(id: number, shape: CacheShape): CacheState {
    let cache = this.caches.get(id);
    if (cache === undefined) {
      assert(this.caches.size < limits.maxCaches, 'R1 number of caches');
      cache = new CacheState(id, shape);
      this.caches.set(id, cache);
    }
    return cache;
  }

  /** Results of origins that left the view go: they may not retry. */
  keepResultsOf(view: ViewBody): void {
    const incarnations = new Map(view.members.map((member) => [member.id, member.incarnation]));
    for (const cache of this.caches.values()) {
      if (cache.local) continue;
      for (const segment of cache.segments) segment?.results.keepOnly((member, incarnation) => incarnations.get(member) === incarnation);
    }
  }

  answer(member: MemberId, counter: number, attempt: number, status: StatusCode, result: OperationResult): void {
    if (member === this.self) this.answerLocally(counter, attempt, status, result);
    else this.environment.send(member, 'control', { kind: 'reply', epoch: this.epoch, counter, attempt, status, result });
  }
}

/** Write owners of a segment under any view; `owners` as in CacheShape. */
export function writeOwnersIn(view: ViewBody, owners: number, segment: number): readonly MemberId[] {
  if (owners !== everyMember) return writeOwners(view, segment, owners);
  const primary = primaryOf(view, segment);
  const all = view.members.map((member) => member.id);
  return primary === undefined ? all : [primary, ...all.filter((id) => id !== primary)];
}
