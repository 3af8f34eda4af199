import { SEGMENTS } from '../protocol/types.ts';
import type { Entry } from './entry.ts';
import type { CacheShape, Write } from './messages.ts';
import { everyMember, thisMember } from './messages.ts';
import type { PendingWrite } from './pending-write.ts';
import { ResultsTable } from './results-table.ts';
import type { SieveOrder } from './sieve.ts';
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
  readonly pending: PendingWrite[] = [];
  /** As backup: applied, but not known to be committed, oldest first. A new primary collects these. */
  tail: Write[] = [];
  /** Tombstones in `entries`, to be dropped when the segment stands still. */
  tombstones = 0;
  /** Grid time before which nothing here can expire. */
  nextExpiry = Number.POSITIVE_INFINITY;
  scannedAtMs = Number.NEGATIVE_INFINITY;

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

/** One cache on this member: bytes only. Exists without a name when other members opened it first. */
export class CacheState {
  readonly id: number;
  readonly shape: CacheShape;
  updates: ReadonlyMap<string, EncodedUpdate> | undefined;
  listener: ((event: CopyEvent, key: string) => void) | undefined;
  eviction: SieveOrder | undefined;
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
    if (this.eviction !== undefined) for (const entry of segment.entries.values()) this.eviction.remove(entry);
    this.segments[index] = undefined;
  }

  emit(event: CopyEvent, key: string): void {
    this.listener?.(event, key);
  }
}
