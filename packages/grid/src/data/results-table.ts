import type { MemberId } from '../protocol/types.ts';
import { assert } from './assert.ts';
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
  readonly records: Map<number, ResultRecord>;
}

/** Result records of one segment by operation id (member, incarnation, counter). Travels with the segment. */
export class ResultsTable {
  readonly #origins = new Map<MemberId, OriginResults>();

  /** 'stale': an older life of the member, or below its low-water mark: must not run. */
  find(member: MemberId, incarnation: number, counter: number): ResultRecord | 'stale' | undefined {
    const origin = this.#origins.get(member);
    if (origin === undefined || incarnation > origin.incarnation) return undefined;
    if (incarnation < origin.incarnation || counter < origin.mark) return 'stale';
    return origin.records.get(counter);
  }

  /** Raises the low-water mark and prunes what lies below it. Marks never fall. */
  raise(member: MemberId, incarnation: number, mark: number): void {
    const origin = this.#origin(member, incarnation);
    if (origin === undefined || mark <= origin.mark) return;
    origin.mark = mark;
    for (const [counter, record] of origin.records) if (counter < mark && record.pending === null) origin.records.delete(counter);
  }

  /** Raises the mark of an origin that is known here already (sweep with the origin's global mark). */
  raiseKnown(member: MemberId, incarnation: number, mark: number): void {
    if (this.#origins.get(member)?.incarnation === incarnation) this.raise(member, incarnation, mark);
  }

  store(member: MemberId, incarnation: number, record: ResultRecord): void {
    const origin = this.#origin(member, incarnation);
    if (origin === undefined || (record.counter < origin.mark && record.pending === null)) return;
    assert(origin.records.size < limits.maxRecordsPerOrigin, 'R1 result records of one origin');
    origin.records.set(record.counter, record);
  }

  forget(member: MemberId, incarnation: number, counter: number): void {
    const origin = this.#origins.get(member);
    if (origin?.incarnation === incarnation) origin.records.delete(counter);
  }

  /** Answers without effect hold only while this member is the primary. */
  forgetLocal(): void {
    for (const origin of this.#origins.values()) {
      for (const [counter, record] of origin.records) if (!record.replicated) origin.records.delete(counter);
    }
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
      for (const record of origin.records.values())
        if (record.replicated && record.pending === null) yield { member, incarnation: origin.incarnation, record };
    }
  }

  get size(): number {
    let size = 0;
    for (const origin of this.#origins.values()) size += origin.records.size;
    return size;
  }

  clear(): void {
    this.#origins.clear();
  }

  #origin(member: MemberId, incarnation: number): OriginResults | undefined {
    let origin = this.#origins.get(member);
    if (origin !== undefined && incarnation < origin.incarnation) return undefined;
    if (origin === undefined || incarnation > origin.incarnation) {
      origin = { incarnation, mark: 0, records: new Map() };
      this.#origins.set(member, origin);
    }
    return origin;
  }
}
