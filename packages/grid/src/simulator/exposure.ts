import type { MemberId, OwnerTable, ViewBody } from '../protocol/types.ts';
import { MAX_OWNERS, SEGMENTS } from '../protocol/types.ts';
import type { Cluster } from './cluster.ts';

const spansPerSegment = MAX_OWNERS + 1;

interface Span {
  readonly fromMs: number;
  toMs: number;
}

/**
 * D2 promises survival while fewer than `owners` owners of a segment fail between two whole tables. This keeps count from outside, with true
 * time: from when to when a segment was beyond that promise. What was answered before must hold all the same. What a SWITCH leaves when it falls is
 * a whole table, too: each of its owners stood at that place or before in one of the two, and whoever is not among them drops its copy.
 */
export class Exposure {
  readonly #cluster: Cluster;
  readonly #failed = new Set<MemberId>();
  readonly #spans = new Map<number, Span[]>();
  /** The last whole table, and the one of a SWITCH that fell since. */
  #whole: readonly OwnerTable[] = [[]];
  #last: ViewBody | undefined;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** A life ended: crashed, evicted, or fenced itself for good. */
  failed(id: MemberId): void {
    if (this.#failed.has(id)) return;
    this.#failed.add(id);
    this.#open();
  }

  committed(view: ViewBody, gone: readonly MemberId[]): void {
    const before = this.#last;
    this.#last = view;
    for (const id of gone) this.#failed.add(id);
    const ids = new Set(view.members.map(({ id }) => id));
    const anew = before === undefined || !before.members.some(({ id }) => ids.has(id));
    if (anew) for (const { id } of before?.members ?? []) this.#failed.add(id);
    if (before?.phase === 'SWITCH' && view.phase === 'COPY') this.#whole = [...this.#whole.slice(0, 1), view.table];
    this.#open();
    if (view.phase !== 'STABLE' || !(anew || before.phase === 'SWITCH')) return;
    this.#whole = [view.table];
    for (const id of this.#failed) if (!ids.has(id)) this.#failed.delete(id);
    for (const spans of this.#spans.values()) {
      const span = spans.at(-1);
      if (span?.toMs === Number.POSITIVE_INFINITY) span.toMs = this.#cluster.schedule.nowMs;
    }
    this.#open();
  }

  /** The first moment from `sinceMs` on at which a cache with so many owners may have lost the segment; Infinity = never. */
  cutoff(segment: number, owners: number, sinceMs: number): number {
    const span = this.#spans.get(segment * spansPerSegment + owners)?.find(({ toMs }) => toMs >= sinceMs);
    return span === undefined ? Number.POSITIVE_INFINITY : Math.max(span.fromMs, sinceMs);
  }

  #open(): void {
    const { nowMs } = this.#cluster.schedule;
    for (let segment = 0; segment < SEGMENTS; segment += 1) {
      for (let owners = 2; owners <= MAX_OWNERS; owners += 1) {
        if (!this.#whole.some((table) => (table[segment] ?? []).slice(0, owners).every((id) => this.#failed.has(id)))) continue;
        const spans = this.#spans.get(segment * spansPerSegment + owners) ?? [];
        this.#spans.set(segment * spansPerSegment + owners, spans);
        if (spans.at(-1)?.toMs !== Number.POSITIVE_INFINITY) spans.push({ fromMs: nowMs, toMs: Number.POSITIVE_INFINITY });
      }
    }
  }
}
