import type { CacheState } from '../data/cache-state.ts';
import { segmentOf } from '../data/segment-hash.ts';
import type { ViewBody } from '../protocol/types.ts';
import type { Cluster } from './cluster.ts';
import { DataCheckers } from './data-checkers.ts';
import type { SimulatedNode } from './node.ts';
import { Random } from './random.ts';
import { appendFields, Workload, type WorkloadKey } from './workload.ts';

const textDecoder = new TextDecoder();

/** Counters of the cache with two owners that a scene counts up step by step, judged like those of a random workload. */
export class ScriptedIncrements {
  readonly #cluster: Cluster;
  readonly #workload: Workload;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#workload = new Workload(new Random(cluster.options.seed, 'scripted'));
  }

  /** `cache`: 0 = two owners, 1 = three. */
  key(number: number, cache = 0): WorkloadKey {
    const name = `count-scene-${number}`;
    return { name, cache, segment: segmentOf(name), bornMs: this.#cluster.schedule.nowMs };
  }

  /** The first key whose owners satisfy `wanted`. */
  keyWhere(view: ViewBody, wanted: (primary: number, backup: number) => boolean, cache = 0): WorkloadKey {
    for (let number = 0; number < 10_000; number += 1) {
      const key = this.key(number, cache);
      const [primary, backup] = view.table[key.segment] ?? [];
      if (primary !== undefined && backup !== undefined && wanted(primary, backup)) return key;
    }
    throw new Error('no key has such owners');
  }

  /** One try from `node`; what it returns lets the caller wait no longer. */
  begin(node: SimulatedNode, key: WorkloadKey): () => void {
    const { data } = node;
    if (data === undefined) throw new Error(`${node.name} is not up`);
    const increment = this.#workload.newIncrement(key, this.#cluster.schedule.nowMs);
    const fields = appendFields(increment);
    const counter = data.core.submit(data.caches[key.cache] as CacheState, key.segment, fields, node.nowMs, {
      ended: (failure, result) => {
        if (failure !== undefined || result.value === null) return;
        increment.answer = Number(textDecoder.decode(result.value));
        increment.returnedAt = this.#cluster.schedule.nowMs;
      },
    });
    data.core.flush();
    return () => data.core.abandon(counter);
  }

  /** D2, D3, D5 and D7 over everything that was counted; members must be alive, agreed and quiet. */
  judge(): void {
    new DataCheckers(this.#cluster, this.#workload).check();
  }
}
