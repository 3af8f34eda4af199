import { ByteReader, ByteWriter } from '../protocol/wire.ts';
import type { SegmentState } from './cache-state.ts';
import { committedOf, isLive } from './entry.ts';
import { limits } from './limits.ts';
import type { OperationFields, OperationResult } from './messages.ts';
import { noResult } from './messages.ts';
import { murmur3 } from './segment-hash.ts';
import { readKey, writeKey } from './wire-parts.ts';

/**
 * One batch of a segment in the order of key hashes. The cursor is the last hash given out, so that it survives removals, growth and a
 * change of primary: each key that stays is seen at least once. Keys of one hash are never split over two batches.
 */
export function scan(segment: SegmentState, fields: OperationFields, gridNowMs: number): OperationResult {
  const cursor = fields.value === null ? -1 : new ByteReader(fields.value).f64();
  const wanted = Math.min(Math.max(fields.ifSequence, 1), limits.maxScan);
  const found: { hash: number; key: string; value: Uint8Array }[] = [];
  for (const [key, head] of segment.entries) {
    const entry = committedOf(head);
    if (!isLive(entry, gridNowMs)) continue;
    const hash = murmur3(key);
    if (hash > cursor) found.push({ hash, key, value: entry.value });
  }
  found.sort((a, b) => a.hash - b.hash);
  const writer = new ByteWriter(1_024);
  writer.u32(0);
  let count = 0;
  let last = cursor;
  for (const { hash, key, value } of found) {
    if (
      hash !== last &&
      (count >= wanted || writer.length >= limits.scanBytes || (count > 0 && writer.length + value.length > limits.maxValueBytes))
    )
      break;
    writeKey(writer, key);
    writer.bytes(value);
    last = hash;
    count += 1;
  }
  writer.patchU32(0, count);
  // `found` = more to come after `sequence`.
  return { found: count < found.length, value: writer.take(), epoch: 0, sequence: Math.max(last, 0) };
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
