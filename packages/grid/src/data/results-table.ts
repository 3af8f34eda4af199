import type { MemberId } from '../protocol/types.ts';
import { assert } from './assert.ts';
import { Fifo } from './fifo.ts';
import { limits } from './limits.ts';
import type { OperationResult } from './messages.ts';
import type { PendingWrite } from './pending-write.ts';

/** What became of one operation, so that a retry gets the same answer (D3). */
export interface ResultRecord {
  readonly counter: number;
  readonly result: OperationResult;
  /** Set while the write is not committed, or while an effectless answer waits for the write that it observed. */
  pending: PendingWrite | null;
  /** False: the operation had no effect; kept at this primary only, and forgotten when it loses the segment. */
  readonly replicated: boolean;
}

interface OriginResults {
  readonly incarnation: number;
  /** Counters below it are answered for good; nothing below it is executed any more. */
  mark: number;
  /** By counter: nearly all come in that order and go from the front, for which a queue costs a third of a map. */
  readonly records: Fifo<ResultRecord>;
}

/** Result records of one segment by operation id (member, incarnation, counter). Travels with the segment. */
export class ResultsTable {
  readonly #origins = new Map<MemberId, OriginResults>();

  /** 'stale': an older life of the member, or below its low-water mark: must not run. */
  find(member: MemberId, incarnation: number, counter: number): ResultRecord | 'stale' | undefined {
    const origin = this.#origins.get(member);
    if (origin === undefined || incarnation > origin.incarnation) return undefined;
    if (incarnation < origin.incarnation || counter < origin.mark) return 'stale';
    const { records } = origin;
    if (records.length === 0) return undefined;
    const record = records.at(placeOf(records, counter));
    return record?.counter === counter ? record : undefined;
  }

  /** Raises the low-water mark and prunes what lies below it. Marks never fall. */
  raise(member: MemberId, incarnation: number, mark: number): void {
    const origin = this.#origin(member, incarnation);
    if (origin === undefined || mark <= origin.mark) return;
    origin.mark = mark;
    const { records } = origin;
    let { first } = records;
    while (first !== undefined && first.counter < mark && first.pending === null) {
      records.shift();
      first = records.first;
    }
    // Behind one that still waits: rare, and a whole walk then.
    if (first !== undefined && first.counter < mark) records.keep(({ counter, pending }) => counter >= mark || pending !== null);
  }

  /** Raises the mark of an origin that is known here already (sweep with the origin's global mark). */
  raiseKnown(member: MemberId, incarnation: number, mark: number): void {
    if (this.#origins.get(member)?.incarnation === incarnation) this.raise(member, incarnation, mark);
  }

  store(member: MemberId, incarnation: number, record: ResultRecord): void {
    const origin = this.#origin(member, incarnation);
    if (origin === undefined || (record.counter < origin.mark && record.pending === null)) return;
    const { records } = origin;
    assert(records.length < limits.maxRecordsPerOrigin, 'R1 result records of one origin');
    const place = placeOf(records, record.counter);
    if (place === records.length) records.push(record);
    else if (records.at(place)?.counter === record.counter) records.replace(place, record);
    else records.insert(place, record);
  }

  forget(member: MemberId, incarnation: number, counter: number): void {
    const origin = this.#origins.get(member);
    if (origin?.incarnation === incarnation) origin.records.keep((record) => record.counter !== counter);
  }

  /** Answers without effect hold only while this member is the primary. */
  forgetLocal(): void {
    for (const { records } of this.#origins.values()) records.keep(({ replicated }) => replicated);
  }

  /** Drops origins whose incarnation left the view: they may not retry. */
  keepOnly(isMember: (member: MemberId, incarnation: number) => boolean): void {
    for (const [member, origin] of this.#origins) if (!isMember(member, origin.incarnation)) this.#origins.delete(member);
  }

  *marks(): IterableIterator<{ member: MemberId; incarnation: number; mark: number }> {
    for (const [member, { incarnation, mark }] of this.#origins) yield { member, incarnation, mark };
  }

  /** Committed effects only: pending ones reach new owners through replication. */
  *replicated(): IterableIterator<{ member: MemberId; incarnation: number; record: ResultRecord }> {
    for (const [member, origin] of this.#origins) {
      for (const record of origin.records)
        if (record.replicated && record.pending === null) yield { member, incarnation: origin.incarnation, record };
    }
  }

  get size(): number {
    let size = 0;
    for (const origin of this.#origins.values()) size += origin.records.length;
    return size;
  }

  clear(): void {
    this.#origins.clear();
  }

  #origin(member: MemberId, incarnation: number): OriginResults | undefined {
    let origin = this.#origins.get(member);
    if (origin !== undefined && incarnation < origin.incarnation) return undefined;
    if (origin === undefined || incarnation > origin.incarnation) {
      origin = { incarnation, mark: 0, records: new Fifo() };
      this.#origins.set(member, origin);
    }
    return origin;
  }
}

/** Where a record with this counter stands, or would stand. */
function placeOf(records: Fifo<ResultRecord>, counter: number): number {
  let low = 0;
  let high = records.length;
  const { last } = records;
  if (last === undefined || last.counter < counter) return high;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((records.at(middle) as ResultRecord).counter < counter) low = middle + 1;
    else high = middle;
  }
  return low;
}
