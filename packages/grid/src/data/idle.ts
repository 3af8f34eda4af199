import type { CacheState, SegmentState } from './cache-state.ts';
import type { Entry } from './entry.ts';
import { limits } from './limits.ts';
import type { Write } from './messages.ts';
import type { DataNode } from './node.ts';
import { internalWrite, type PendingWrite } from './pending-write.ts';
import { compareVersions } from './version.ts';

/** A touch on its way to the backups; uses up to `safeUntil` (grid time) they assume already. */
export interface Told {
  readonly pending: PendingWrite;
  readonly safeUntil: number;
}

/** What backups assume after a use now: a tenth of the idle time ahead, so that few uses have to be told, and none is forgotten. */
export function assumedUse(gridNowMs: number, maxIdleMs: number): number {
  return maxIdleMs > 0 ? gridNowMs + maxIdleMs / 10 : gridNowMs;
}

/**
 * Uses of entries with an idle time, at their primary. The primary knows them exactly; the backups assume a use that is never earlier and at
 * most a tenth of the idle time later, so after a fail-over an entry is never early and at most that tenth late (D9).
 */
export class Uses {
  readonly #node: DataNode;
  readonly #enqueue: (pending: PendingWrite, nowMs: number) => void;

  constructor(node: DataNode, enqueue: (pending: PendingWrite, nowMs: number) => void) {
    this.#node = node;
    this.#enqueue = enqueue;
  }

  /**
   * Notes a use. Returns the touch for which the answer must wait, because until then a fail-over would forget the use; undefined = none.
   * Hot entries never wait: they are told again when half of what the backups assume is used up.
   */
  note(cache: CacheState, segment: SegmentState, key: string, entry: Entry, gridNowMs: number, nowMs: number): PendingWrite | undefined {
    if (entry.maxIdleMs === 0) return undefined;
    if (gridNowMs > entry.lastUsed) entry.lastUsed = gridNowMs;
    segment.usedHere = true;
    const node = this.#node;
    if (cache.local || node.backups(cache.shape, segment.index).length === 0) return undefined;
    let told = segment.told?.get(key);
    const room = node.figures.pendingWrites < limits.maxPendingWrites;
    if (gridNowMs + entry.maxIdleMs / 20 > entry.usedTold && room) {
      segment.sequence += 1;
      const lastUsed = assumedUse(gridNowMs, entry.maxIdleMs);
      const write: Write = { ...internalWrite('touch', key, node.epoch, segment.sequence), lastUsed };
      const pending: PendingWrite = {
        cache,
        segment,
        write,
        entry: undefined,
        inherited: false,
        record: undefined,
        sinceMs: 0,
        remaining: 0,
        waiters: [],
      };
      told = { pending, safeUntil: told?.safeUntil ?? entry.usedTold };
      segment.told ??= new Map();
      segment.told.set(key, told);
      entry.usedTold = lastUsed;
      this.#enqueue(pending, nowMs);
      if (segment.told?.get(key) !== told) return undefined;
    }
    return told !== undefined && gridNowMs > told.safeUntil ? told.pending : undefined;
  }
}

/** The touch is committed: all backups assume it. */
export function toldCommitted(segment: SegmentState, pending: PendingWrite): void {
  if (pending.write.type === 'touch' && segment.told?.get(pending.write.key)?.pending === pending) segment.told.delete(pending.write.key);
}

/**
 * This member is no longer primary and assumes what the others may. What it told last may not have reached them, so if it becomes primary
 * again the next use is told at once.
 */
export function assumeUses(segment: SegmentState): void {
  segment.told = undefined;
  if (!segment.usedHere) return;
  segment.usedHere = false;
  for (const entry of segment.entries.values()) {
    if (entry.maxIdleMs === 0) continue;
    entry.lastUsed = Math.max(entry.lastUsed, entry.usedTold);
    entry.usedTold = 0;
  }
}

/** A touch from the primary. While a segment moves it may come before its entry, and is kept for that. */
export function applyTouch(segment: SegmentState, write: Write, entry: Entry | undefined, moving: boolean): void {
  if (entry !== undefined) {
    if (write.lastUsed > entry.lastUsed) entry.lastUsed = entry.usedTold = write.lastUsed;
  } else if (moving) {
    segment.earlyTouches ??= new Map();
    // Enough for every entry of a segment of a million; beyond it the oldest entries may be early after a fail-over, by a tenth.
    const oldest = segment.earlyTouches.size < limits.maxEarlyTouches ? undefined : segment.earlyTouches.keys().next().value;
    if (oldest !== undefined) segment.earlyTouches.delete(oldest);
    segment.earlyTouches.set(write.key, write);
  }
}

/** The entry has come: a touch that overtook it counts, one of an older value does not. */
export function applyEarlyTouch(segment: SegmentState, key: string, entry: Entry): void {
  const touch = segment.earlyTouches?.get(key);
  if (touch === undefined || compareVersions(touch.epoch, touch.sequence, entry.epoch, entry.sequence) < 0) return;
  if (touch.lastUsed > entry.lastUsed) entry.lastUsed = entry.usedTold = touch.lastUsed;
}
