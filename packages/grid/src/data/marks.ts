import type { MemberId } from '../protocol/types.ts';
import type { DataNode } from './node.ts';

const sweepMs = 2_000;

/**
 * The smallest counter that each origin still waits for in any segment, as its requests tell. Requests raise the mark of their own segment
 * at once; this sweep reaches the segments that the origin does not touch any more, so that their records do not stay for ever.
 */
export class Marks {
  readonly #node: DataNode;
  readonly #marks = new Map<MemberId, { incarnation: number; mark: number }>();
  #sweptMs = 0;

  constructor(node: DataNode) {
    this.#node = node;
  }

  note(member: MemberId, incarnation: number, mark: number): void {
    const known = this.#marks.get(member);
    if (known === undefined || incarnation > known.incarnation) this.#marks.set(member, { incarnation, mark });
    else if (incarnation === known.incarnation && mark > known.mark) known.mark = mark;
  }

  tick(nowMs: number): void {
    if (nowMs - this.#sweptMs < sweepMs) return;
    this.#sweptMs = nowMs;
    for (const cache of this.#node.caches.values()) {
      for (const segment of cache.segments) {
        if (segment === undefined) continue;
        for (const [member, { incarnation, mark }] of this.#marks) segment.results.raiseKnown(member, incarnation, mark);
      }
    }
  }

  reset(): void {
    this.#marks.clear();
  }
}
