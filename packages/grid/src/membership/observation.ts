import type { MemberRow } from '../authority/authority.ts';
import type { MemberId } from '../protocol/types.ts';
import type { Timing } from './timing.ts';

/** How long each beat has stood still, over an unbroken run of successful reads and from the first one on. */
export class Observation {
  readonly #timing: Timing;
  readonly #since = new Map<MemberId, { beat: number; sinceMs: number }>();
  #rows = new Map<MemberId, MemberRow>();
  #readMs = Number.NEGATIVE_INFINITY;

  constructor(timing: Timing) {
    this.#timing = timing;
  }

  get rows(): ReadonlyMap<MemberId, MemberRow> {
    return this.#rows;
  }

  /** Time of the last successful read. */
  get readMs(): number {
    return this.#readMs;
  }

  /** Rows as an answer that arrived at `nowMs` shows them: whatever beat it shows was sent before. */
  update(rows: readonly MemberRow[], nowMs: number): void {
    const broken = this.broken(nowMs);
    this.#readMs = nowMs;
    this.#rows = new Map(rows.map((row) => [row.id, row]));
    for (const id of this.#since.keys()) if (!this.#rows.has(id)) this.#since.delete(id);
    for (const row of rows) {
      const known = this.#since.get(row.id);
      if (broken || known === undefined || known.beat !== row.beat) this.#since.set(row.id, { beat: row.beat, sinceMs: nowMs });
    }
  }

  /** Starts every count anew, for example at the own admission. */
  restart(): void {
    this.#readMs = Number.NEGATIVE_INFINITY;
  }

  /** 0 if there is no such row or the run of reads is broken. */
  frozenMs(id: MemberId, nowMs: number): number {
    const known = this.#since.get(id);
    return known === undefined || this.broken(nowMs) ? 0 : nowMs - known.sinceMs;
  }

  /** Whether the last read, not long ago, showed no row of that id. */
  missing(id: MemberId, nowMs: number): boolean {
    return !this.broken(nowMs) && !this.#rows.has(id);
  }

  /** Whether the run of reads is broken: what was not looked at for so long may have changed and come back. */
  protected broken(nowMs: number): boolean {
    return nowMs - this.#readMs > this.#timing.observationGapMs;
  }
}
