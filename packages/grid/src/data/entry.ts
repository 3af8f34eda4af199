/** One copy of one entry. Plain fields, one object; `before` is the undo chain of writes that are not committed yet. */
export interface Entry {
  /** null = tombstone. */
  value: Uint8Array | null;
  epoch: number;
  sequence: number;
  /** Grid time; Infinity = never. */
  expiresAt: number;
  /** 0 = none. */
  maxIdleMs: number;
  /** Grid time of the last use as this copy knows it. */
  lastUsed: number;
  /** When the last use was told to the backups. */
  usedTold: number;
  /** True until every write owner has acknowledged; only ever true at the primary. */
  pending: boolean;
  /** What stood here before this pending write. */
  before: Entry | undefined;
  /** Place in the eviction order, -1 = none. */
  slot: number;
}

/** Grid time at which the entry is gone: lifespan or idle time, whichever comes first. */
export function deadlineOf(entry: Entry): number {
  return entry.maxIdleMs === 0 ? entry.expiresAt : Math.min(entry.expiresAt, entry.lastUsed + entry.maxIdleMs);
}

/** Whether the entry holds a value at grid time `gridNowMs` (D9). */
export function isLive(entry: Entry | undefined, gridNowMs: number): entry is Entry & { value: Uint8Array } {
  return entry !== undefined && entry.value !== null && deadlineOf(entry) > gridNowMs;
}

/** The newest committed state of the key: what reads may show. */
export function committedOf(entry: Entry | undefined): Entry | undefined {
  while (entry?.pending) entry = entry.before;
  return entry;
}
