import type { CacheState, SegmentState } from './cache-state.ts';
import { deadlineOf, Entry } from './entry.ts';
import { applyEarlyTouch, applyTouch } from './idle.ts';
import type { Write } from './messages.ts';
import { compareVersions } from './version.ts';

/** Puts `entry` where the map's newest state of the key (`old`) stands; keeps the tombstone count and the expiry hint right. */
export function place(
  cache: CacheState,
  segment: SegmentState,
  key: string,
  entry: Entry,
  old: Entry | undefined = segment.entries.get(key),
): void {
  if (old !== undefined) released(cache, segment, old);
  segment.entries.set(key, entry);
  placed(cache, segment, entry);
  if (cache.eviction === undefined) return;
  if (entry.absent) {
    if (old !== undefined) cache.eviction.remove(old);
  } else if (old !== undefined && old.slot !== -1) cache.eviction.replace(old, entry);
  else cache.eviction.add(entry, key, segment.index);
}

function released(cache: CacheState, segment: SegmentState, old: Entry): void {
  cache.values.released(old);
  if (old.absent) segment.tombstones -= 1;
}

function placed(cache: CacheState, segment: SegmentState, entry: Entry): void {
  cache.values.placed(entry);
  if (entry.absent) {
    segment.tombstones += 1;
    return;
  }
  const deadline = deadlineOf(entry);
  if (deadline < segment.nextExpiry) segment.nextExpiry = deadline;
}

/**
 * The entry of a key that lives long is the same object all its life. One that came and went with each write would be copied twice by the garbage
 * collector before it is old, which costs more than the write.
 */
function rewrite(cache: CacheState, segment: SegmentState, entry: Entry, write: Write): void {
  released(cache, segment, entry);
  entry.become(write, cache.values);
  placed(cache, segment, entry);
  const order = cache.eviction;
  if (order === undefined) return;
  if (entry.absent) order.remove(entry);
  else if (entry.slot === -1) order.add(entry, write.key, segment.index);
  else order.visit(entry);
}

/** A write is committed: what stood there before becomes what it wrote, for the reason given above. */
export function settle(segment: SegmentState, key: string, entry: Entry): void {
  const { before } = entry;
  entry.pending = false;
  entry.before = undefined;
  if (before === undefined || before.pending || segment.entries.get(key) !== entry) return;
  before.takeOver(entry);
  segment.entries.set(key, before);
}

/** Takes the key out of the map altogether. */
export function unplace(cache: CacheState, segment: SegmentState, key: string, entry: Entry): void {
  if (!segment.entries.delete(key)) return;
  cache.values.released(entry);
  if (entry.absent) segment.tombstones -= 1;
  cache.eviction?.remove(entry);
}

/**
 * Applies a write that somebody else decided, if it is newer than what stands here (entry or tombstone, D4 and D6).
 * Without `keepTombstone` a removed key leaves nothing behind.
 */
export function applyWrite(cache: CacheState, segment: SegmentState, write: Write, keepTombstone: boolean): void {
  const old = segment.entries.get(write.key);
  if (write.type === 'touch') {
    applyTouch(segment, write, old, keepTombstone);
    return;
  }
  if (old !== undefined && compareVersions(write.epoch, write.sequence, old.epoch, old.sequence) <= 0) return;
  const wasThere = old !== undefined && !old.absent;
  if (write.type === 'tombstone' && !keepTombstone) {
    if (old !== undefined) unplace(cache, segment, write.key, old);
  } else if (old !== undefined && !old.pending && segment.earlyTouches === undefined) rewrite(cache, segment, old, write);
  else {
    const entry = new Entry(write, cache.values);
    if (segment.earlyTouches !== undefined) applyEarlyTouch(segment, write.key, entry);
    place(cache, segment, write.key, entry, old);
  }
  if (write.type === 'value') cache.emit('stored', write.key);
  else if (wasThere) cache.emit(write.origin === 0 ? 'expired' : 'removed', write.key);
}

/** Drops tombstones, and touches without an entry, once nothing old can arrive any more. */
export function dropTombstones(segment: SegmentState): void {
  segment.earlyTouches = undefined;
  if (segment.tombstones === 0) return;
  for (const [key, entry] of segment.entries) {
    if (!entry.absent || entry.pending) continue;
    segment.entries.delete(key);
    segment.tombstones -= 1;
  }
}
