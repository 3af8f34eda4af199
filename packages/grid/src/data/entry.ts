import type { Write } from './messages.ts';
import type { Slab, ValuePlace, ValueStore } from './value-store.ts';

/** One copy of one entry; `before` is the undo chain of writes that are not committed yet. */
export class Entry implements ValuePlace {
  slab: Slab | undefined = undefined;
  offset = 0;
  length = 0;
  epoch: number;
  sequence: number;
  /** Grid time; Infinity = never. */
  expiresAt: number;
  /** 0 = none. */
  maxIdleMs: number;
  /** Grid time of the last use as this copy knows it. */
  lastUsed: number;
  /** The last use as the backups assume it: never before a real one that was answered. */
  usedTold: number;
  /** True until every write owner has acknowledged; only ever true at the primary. */
  pending = false;
  /** What stood here before this pending write. */
  before: Entry | undefined = undefined;
  /** Place in the eviction order, -1 = none. */
  slot = -1;

  /** As the write says; its value is copied into `values`. */
  constructor(write: Write, values: ValueStore) {
    this.epoch = write.epoch;
    this.sequence = write.sequence;
    this.expiresAt = write.expiresAt;
    this.maxIdleMs = write.maxIdleMs;
    this.lastUsed = write.lastUsed;
    this.usedTold = write.lastUsed;
    if (write.type === 'value' && write.value !== null) values.keep(this, write.value);
  }

  /** Becomes what the write says, as a new one would be, but for its place in the eviction order. */
  become(write: Write, values: ValueStore): void {
    this.epoch = write.epoch;
    this.sequence = write.sequence;
    this.expiresAt = write.expiresAt;
    this.maxIdleMs = write.maxIdleMs;
    this.lastUsed = write.lastUsed;
    this.usedTold = write.lastUsed;
    if (write.type === 'value' && write.value !== null) values.keep(this, write.value);
    else this.slab = undefined;
  }

  /** Takes over all that the other one, which is given up, says. */
  takeOver(other: Entry): void {
    this.slab = other.slab;
    this.offset = other.offset;
    this.length = other.length;
    this.epoch = other.epoch;
    this.sequence = other.sequence;
    this.expiresAt = other.expiresAt;
    this.maxIdleMs = other.maxIdleMs;
    this.lastUsed = other.lastUsed;
    this.usedTold = other.usedTold;
    this.slot = other.slot;
  }

  /** It is a tombstone. */
  get absent(): boolean {
    return this.slab === undefined;
  }

  /** A view, made at each call: keep it no longer than needed, and do not write to it. null = tombstone. */
  get value(): Uint8Array | null {
    const { slab, offset } = this;
    return slab === undefined ? null : slab.bytes.subarray(offset, offset + this.length);
  }
}

/** Grid time at which the entry is gone: lifespan or idle time, whichever comes first. */
export function deadlineOf(entry: Entry): number {
  return entry.maxIdleMs === 0 ? entry.expiresAt : Math.min(entry.expiresAt, entry.lastUsed + entry.maxIdleMs);
}

/** Whether the entry holds a value at grid time `gridNowMs` (D9). */
export function isLive(entry: Entry | undefined, gridNowMs: number): entry is Entry & { value: Uint8Array } {
  return entry !== undefined && !entry.absent && deadlineOf(entry) > gridNowMs;
}

/** The newest committed state of the key: what reads may show. */
export function committedOf(entry: Entry | undefined): Entry | undefined {
  while (entry?.pending) entry = entry.before;
  return entry;
}
