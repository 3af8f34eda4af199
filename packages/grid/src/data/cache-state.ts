import { SEGMENTS } from '../protocol/types.ts';
import type { Entry } from './entry.ts';
import { Fifo } from './fifo.ts';
import type { Told } from './idle.ts';
import type { CacheShape, Write } from './messages.ts';
import { everyMember, thisMember } from './messages.ts';
import type { PendingWrite } from './pending-write.ts';
import { ResultsTable } from './results-table.ts';
import type { SieveOrder } from './sieve.ts';
import { ValueStore } from './value-store.ts';
import { compareVersions } from './version.ts';

/** What this member holds of one segment of one cache, as primary or as backup. */
export class SegmentState {
  readonly index: number;
  readonly entries = new Map<string, Entry>();
  readonly results = new ResultsTable();
  /** Last sequence given out or seen; a new primary continues above it. */
  sequence = 0;
  /** Highest version applied from a primary's stream (or made here): what lies at or below it is not applied again. */
  appliedEpoch = 0;
  appliedSequence = 0;
  committedEpoch = 0;
  committedSequence = 0;
  /** As primary: not acknowledged by all, oldest first. */
  readonly pending = new Fifo<PendingWrite>();
  /** As backup: applied, but not known to be committed, oldest first. A new primary collects these. */
  readonly tail = new Fifo<Write>();
  /** Tombstones in `entries`, to be dropped when the segment stands still. */
  tombstones = 0;
  /** Grid time before which nothing here can expire. */
  nextExpiry = Number.POSITIVE_INFINITY;
  scannedAtMs = Number.NEGATIVE_INFINITY;
  /** As primary: uses of entries were noted here that the backups know only roughly. */
  usedHere = false;
  /** As primary: the touch of each key that is not committed. */
  told: Map<string, Told> | undefined;
  /** As receiver: touches that came before their entries. */
  earlyTouches: Map<string, Write> | undefined;

  constructor(index: number) {
    this.index = index;
  }

  isApplied(epoch: number, sequence: number): boolean {
    return compareVersions(epoch, sequence, this.appliedEpoch, this.appliedSequence) <= 0;
  }

  noteApplied(epoch: number, sequence: number): void {
    if (this.isApplied(epoch, sequence)) return;
    this.appliedEpoch = epoch;
    this.appliedSequence = sequence;
    if (sequence > this.sequence) this.sequence = sequence;
  }

  noteCommitted(epoch: number, sequence: number): void {
    if (compareVersions(epoch, sequence, this.committedEpoch, this.committedSequence) <= 0) return;
    this.committedEpoch = epoch;
    this.committedSequence = sequence;
  }
}

/** What the primary needs to run an update function on bytes; made by the client layer from the cache's codec. */
export type EncodedUpdate = (current: Uint8Array | null, argument: Uint8Array | null, gridNowMs: number) => EncodedUpdateResult;

export interface EncodedUpdateResult {
  readonly action: 'keep' | 'remove' | 'put';
  readonly value: Uint8Array | null;
  readonly result: Uint8Array;
  /** undefined = as the operation says. */
  readonly lifespanMs?: number | undefined;
}

export type CopyEvent = 'stored' | 'removed' | 'expired' | 'evicted';

/** How a member opens a cache. */
export interface CacheDefinition {
  readonly name: string;
  readonly shape: CacheShape;
  readonly updates?: ReadonlyMap<string, EncodedUpdate> | undefined;
  readonly maxCount?: number | undefined;
  readonly listener?: ((event: CopyEvent, key: string) => void) | undefined;
}

/** Exchanges of this member with others on behalf of one cache: operations it sent to their primaries, writes it replicated. */
export interface RemoteCalls {
  count: number;
  failures: number;
  timeMs: number;
}

/** One cache on this member: bytes only. Exists without a name when other members opened it first. */
export class CacheState {
  readonly id: number;
  readonly shape: CacheShape;
  /** Undefined until it is opened here. */
  name: string | undefined;
  updates: ReadonlyMap<string, EncodedUpdate> | undefined;
  listener: ((event: CopyEvent, key: string) => void) | undefined;
  eviction: SieveOrder | undefined;
  readonly values = new ValueStore();
  readonly remote: RemoteCalls = { count: 0, failures: 0, timeMs: 0 };
  readonly segments: (SegmentState | undefined)[] = new Array<SegmentState | undefined>(SEGMENTS).fill(undefined);

  constructor(id: number, shape: CacheShape) {
    this.id = id;
    this.shape = shape;
  }

  get local(): boolean {
    return this.shape.owners === thisMember;
  }

  get replicated(): boolean {
    return this.shape.owners === everyMember;
  }

  segment(index: number): SegmentState {
    let segment = this.segments[index];
    if (segment === undefined) {
      segment = new SegmentState(index);
      this.segments[index] = segment;
    }
    return segment;
  }

  drop(index: number): void {
    const segment = this.segments[index];
    if (segment === undefined) return;
    for (const entry of segment.entries.values()) {
      this.eviction?.remove(entry);
      this.values.released(entry);
    }
    this.segments[index] = undefined;
  }

  dropAll(): void {
    if (this.eviction === undefined) this.segments.fill(undefined);
    else for (let index = 0; index < SEGMENTS; index++) this.drop(index);
    this.values.reset();
  }

  emit(event: CopyEvent, key: string): void {
    this.listener?.(event, key);
  }
}
