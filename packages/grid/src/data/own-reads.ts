import type { CacheState } from './cache-state.ts';
import { committedOf, isLive } from './entry.ts';
import { noResult, type OperationResult } from './messages.ts';
import type { DataNode } from './node.ts';
import { withValue } from './operations/decision.ts';
import type { Promotion } from './promotion.ts';
import type { StatePull } from './state-pull.ts';

/** Reads that this member may answer to itself without a request: what its own entries say in this moment, under the same rules as for others. */
export class OwnReads {
  readonly #node: DataNode;
  readonly #pull: Pick<StatePull, 'holdsReplicated'>;
  readonly #promotion: Pick<Promotion, 'serves'>;

  constructor(node: DataNode, pull: Pick<StatePull, 'holdsReplicated'>, promotion: Pick<Promotion, 'serves'>) {
    this.#node = node;
    this.#pull = pull;
    this.#promotion = promotion;
  }

  /** Of this member's copy of a replicated cache (sequential, not linearizable); undefined = ask the primary, who must know of uses. */
  copy(cache: CacheState, segment: number, key: string, nowMs: number): OperationResult | undefined {
    if (!cache.replicated || !this.#pull.holdsReplicated(segment) || !this.#node.environment.mayServe(nowMs)) return undefined;
    return this.#read(cache, segment, key, nowMs, false);
  }

  /** Of a segment that this member serves as its primary; undefined = it does not serve it now, or the read counts as a use that others are told of. */
  served(cache: CacheState, segment: number, key: string, nowMs: number): OperationResult | undefined {
    const node = this.#node;
    if (!cache.local && !(node.isPrimary(cache, segment) && this.#promotion.serves(segment) && node.environment.mayServe(nowMs)))
      return undefined;
    return this.#read(cache, segment, key, nowMs, true);
  }

  #read(cache: CacheState, segment: number, key: string, nowMs: number, visits: boolean): OperationResult | undefined {
    const entry = committedOf(cache.segments[segment]?.entries.get(key));
    if (!isLive(entry, this.#node.environment.gridTimeMs(nowMs))) return noResult;
    if (entry.maxIdleMs !== 0) return undefined;
    if (visits) cache.eviction?.visit(entry);
    return withValue(entry);
  }
}
