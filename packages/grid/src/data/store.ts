import type { CacheState, SegmentState } from './cache-state.ts';
import { deadlineOf, type Entry } from './entry.ts';
import type { Write } from './messages.ts';
import { compareVersions } from './version.ts';

/** A new entry as the write says. */
export function entryOf(write: Write): Entry {
  return {
    value: write.type === 'tombstone' ? null : write.value,
    epoch: write.epoch,
    sequence: write.sequence,
    expiresAt: write.expiresAt,
    maxIdleMs: write.maxIdleMs,
    lastUsed: write.lastUsed,
    usedTold: write.lastUsed,
    pending: false,
    before: undefined,
    slot: -1,
  };
}

/** Puts `entry` where the map's newest state of the key stands; keeps the tombstone count and the expiry hint right. */
export function place(cache: CacheState, segment: SegmentState, key: string, entry: Entry): void {
  const old = segment.entries.get(key);
  if (old !== undefined && old.value === null) segment.tombstones -= 1;
  if (entry.value === null) segment.tombstones += 1;
  segment.entries.set(key, entry);
  const deadline = deadlineOf(entry);
  if (entry.value !== null && deadline < segment.nextExpiry) segment.nextExpiry = deadline;
  if (cache.eviction === undefined) return;
  if (entry.value === null) {
    if (old !== undefined) cache.eviction.remove(old);
  } else if (old !== undefined && old.slot !== -1) cache.eviction.replace(old, entry);
  else cache.eviction.add(entry, key, segment.index);
}

/** Takes the key out of the map altogether. */
export function unplace(cache: CacheState, segment: SegmentState, key: string, entry: Entry): void {
  if (!segment.entries.delete(key)) return;
  if (entry.value === null) segment.tombstones -= 1;
  cache.eviction?.remove(entry);
}

/**
 * Applies a write that somebody else decided, if it is newer than what stands here (entry or tombstone, D4 and D6).
 * Without `keepTombstone` a removed key leaves nothing behind.
 */
export function applyWrite(cache: CacheState, segment: SegmentState, write: Write, keepTombstone: boolean): void {
  const old = segment.entries.get(write.key);
  if (write.type === 'touch') {
    if (old !== undefined && write.lastUsed > old.lastUsed) old.lastUsed = write.lastUsed;
    return;
  }
  if (old !== undefined && compareVersions(write.epoch, write.sequence, old.epoch, old.sequence) <= 0) return;
  if (write.type === 'tombstone' && !keepTombstone) {
    if (old !== undefined) unplace(cache, segment, write.key, old);
  } else place(cache, segment, write.key, entryOf(write));
  if (write.type === 'value') cache.emit('stored', write.key);
  else if (old !== undefined && old.value !== null) cache.emit(write.origin === 0 ? 'expired' : 'removed', write.key);
}

/** Drops tombstones once nothing old can arrive any more. */
export function dropTombstones(segment: SegmentState): void {
  if (segment.tombstones === 0) return;
  for (const [key, entry] of segment.entries) {
    if (entry.value !== null || entry.pending) continue;
    segment.entries.delete(key);
    segment.tombstones -= 1;
  }
}
