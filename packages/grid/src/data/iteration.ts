import type { ScanOptions } from '../api.ts';
import { GridError } from '../errors.ts';
import { SEGMENTS } from '../protocol/types.ts';
import { limits } from './limits.ts';
import type { OperationResult } from './messages.ts';
import { readScan, scanCursor } from './scan.ts';

/** Asks the primary of a segment for the keys behind `hash` (-1 = from its beginning). */
export type ScanSegment = (segment: number, cursor: Uint8Array | null, batchSize: number) => Promise<OperationResult>;

type Row = readonly [string, Uint8Array];

export interface Batch {
  readonly rows: readonly Row[];
  /** Where the iteration goes on behind these rows; undefined = they are the last. */
  readonly next: Position | undefined;
}

export interface Position {
  readonly segment: number;
  /** Last hash seen in the segment; -1 = none. */
  readonly hash: number;
}

export const beginning: Position = { segment: 0, hash: -1 };
const defaultBatchSize = 200;

/**
 * All batches behind `from`, segment by segment. Segments that turn out nearly empty are asked for several at a time, so that a small cache
 * does not cost a round trip for each of its 256 segments.
 */
export async function* batches(scan: ScanSegment, from: Position, batchSize: number): AsyncGenerator<Batch> {
  const ahead: Promise<OperationResult>[] = [];
  let wide = 1;
  let asked = from.segment;
  for (let segment = from.segment; segment < SEGMENTS; segment++) {
    while (asked < Math.min(segment + wide, SEGMENTS)) {
      const first = scan(asked, asked === from.segment ? scanCursor(from.hash) : null, batchSize);
      // Whoever leaves the iteration early does not wait for it any more.
      first.catch(() => {});
      ahead.push(first);
      asked += 1;
    }
    let result = (await ahead.shift()) as OperationResult;
    for (;;) {
      const rows = result.value === null ? [] : readScan(result.value);
      if (rows.length * 2 < batchSize) wide = Math.min(wide * 2, limits.scanAhead);
      const next = result.found
        ? { segment, hash: result.sequence }
        : segment + 1 < SEGMENTS
          ? { segment: segment + 1, hash: -1 }
          : undefined;
      yield { rows, next };
      if (!result.found) break;
      result = await scan(segment, scanCursor(result.sequence), batchSize);
    }
  }
}

/** Rows of one page and the cursor behind it. Of a batch that does not fit nothing is taken; the page ends before it. */
export async function page(scan: ScanSegment, options: ScanOptions | undefined): Promise<{ rows: Row[]; cursor: string | undefined }> {
  const limit = checkedBatchSize(options?.limit);
  const rows: Row[] = [];
  let next: Position | undefined = positionOf(options?.cursor);
  for await (const batch of batches(scan, next, limit)) {
    if (rows.length > 0 && rows.length + batch.rows.length > limit) break;
    rows.push(...batch.rows);
    next = batch.next;
    if (rows.length >= limit) break;
  }
  return { rows, cursor: next === undefined ? undefined : `${next.segment}.${next.hash + 1}` };
}

export function checkedBatchSize(batchSize: number = defaultBatchSize): number {
  if (!Number.isInteger(batchSize) || batchSize < 1 || batchSize > limits.maxScan)
    throw new GridError('GRID_BAD_ARGUMENT', `${batchSize} entries in one go, allowed are 1 to ${limits.maxScan}`);
  return batchSize;
}

function positionOf(cursor: string | undefined): Position {
  if (cursor === undefined) return beginning;
  const [, segment, after] = /^(\d{1,3})\.(\d{1,10})$/.exec(cursor) ?? [];
  if (segment === undefined || after === undefined || Number(segment) >= SEGMENTS || Number(after) > 2 ** 32)
    throw new GridError('GRID_BAD_ARGUMENT', `'${cursor.slice(0, 40)}' is no cursor of a page`);
  return { segment: Number(segment), hash: Number(after) - 1 };
}
