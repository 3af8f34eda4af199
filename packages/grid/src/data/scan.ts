import { ByteReader, ByteWriter } from '../protocol/wire.ts';
import type { SegmentState } from './cache-state.ts';
import { committedOf, isLive } from './entry.ts';
import { limits } from './limits.ts';
import type { OperationFields, OperationResult } from './messages.ts';
import { noAnswer, noResult } from './messages.ts';
import type { ScanOrders } from './scan-orders.ts';
import { readKey, writeKey } from './wire-parts.ts';

/**
 * One batch of a segment in the order of key hashes. The cursor is the last hash given out, so that it survives removals, growth and a
 * change of primary: each key that stays is seen at least once. Keys of one hash are never split over two batches. `ifEpoch` 1 = keys only.
 */
export function scan(segment: SegmentState, orders: ScanOrders, fields: OperationFields, gridNowMs: number): OperationResult {
  const cursor = fields.value === null ? -1 : new ByteReader(fields.value).f64();
  const wanted = Math.min(Math.max(fields.ifSequence, 1), limits.maxScan);
  const { keys, hashes } = orders.of(segment, cursor < 0);
  const writer = new ByteWriter(1_024);
  writer.u32(0);
  let count = 0;
  let last = cursor;
  let index = firstAbove(hashes, cursor);
  for (; index < keys.length; index++) {
    const key = keys[index] as string;
    const entry = committedOf(segment.entries.get(key));
    if (!isLive(entry, gridNowMs)) continue;
    const hash = hashes[index] as number;
    const value = fields.ifEpoch === 1 ? noAnswer : entry.value;
    const full = count >= wanted || writer.length >= limits.scanBytes || (count > 0 && writer.length + value.length > limits.maxValueBytes);
    if (full && hash !== last) break;
    writeKey(writer, key);
    writer.bytes(value);
    last = hash;
    count += 1;
  }
  writer.patchU32(0, count);
  const more = index < keys.length;
  if (!more) orders.forget(segment);
  // `found` = more to come after `sequence`.
  return { found: more, value: writer.take(), epoch: 0, sequence: Math.max(last, 0) };
}

function firstAbove(hashes: Uint32Array, cursor: number): number {
  let [low, high] = [0, hashes.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((hashes[middle] as number) > cursor) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Reads what `scan` wrote. */
export function readScan(bytes: Uint8Array): (readonly [string, Uint8Array])[] {
  const reader = new ByteReader(bytes);
  const count = reader.u32();
  const rows: (readonly [string, Uint8Array])[] = [];
  for (let index = 0; index < count; index++) rows.push([readKey(reader), reader.bytes(limits.maxValueBytes)]);
  reader.end();
  return rows;
}

export function scanCursor(hash: number): Uint8Array {
  return new ByteWriter(8).f64(hash).take();
}

/** Live committed entries of the segment, as `sequence` of the result. */
export function count(segment: SegmentState, gridNowMs: number): OperationResult {
  let live = 0;
  for (const head of segment.entries.values()) if (isLive(committedOf(head), gridNowMs)) live += 1;
  return { ...noResult, found: true, sequence: live };
}
