import type { CacheStatistics, CountedKind } from '@keygrid/grid';
import type { Metrics } from '../observability/metrics.ts';
import type { OperationHistograms } from './operation-histograms.ts';

type Labels = Readonly<Record<string, string>>;

/** What every cache of this node counts, clustered or not. */
export type CountedCache = Pick<
  CacheStatistics,
  | 'entries'
  | 'entriesUnique'
  | 'evictions'
  | 'hits'
  | 'misses'
  | 'stores'
  | 'removeHits'
  | 'removeMisses'
  | 'hitTimeMs'
  | 'missTimeMs'
  | 'storeTimeMs'
  | 'removeHitTimeMs'
  | 'removeMissTimeMs'
>;

export interface CacheMetrics {
  readonly metrics: Metrics;
  readonly name: string;
  readonly labels: Labels;
  readonly requiredNodes: () => number;
  /** Undefined: the option is off. */
  readonly histograms: OperationHistograms | undefined;
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/** How a cache places its copies. */
export interface Placement {
  readonly mode?: string | undefined;
  readonly owners?: number | undefined;
}

/** Fewest nodes that hold every entry: as many as may go without the last copy going with them, and one more. */
export function requiredNodes({ mode = 'distributed', owners = 2 }: Placement, members: number): number {
  return mode === 'distributed' ? Math.max(1, members - owners + 1) : 1;
}

const timed: readonly (readonly [name: string, kind: CountedKind, count: keyof CountedCache, timeMs: keyof CountedCache])[] = [
  ['hit', 'hit', 'hits', 'hitTimeMs'],
  ['miss', 'miss', 'misses', 'missTimeMs'],
  ['store', 'store', 'stores', 'storeTimeMs'],
  ['remove_hit', 'removeHit', 'removeHits', 'removeHitTimeMs'],
  ['remove_miss', 'removeMiss', 'removeMisses', 'removeMissTimeMs'],
];

/** The `vendor_statistics_*` samples of one cache; everything is read at the scrape. */
export function registerCache(
  { metrics, name: cacheName, labels, requiredNodes: required, histograms }: CacheMetrics,
  read: () => CountedCache,
): void {
  const openedMs = performance.now();
  const gauge = (name: string, value: (cache: CountedCache) => number): void =>
    metrics.gauge(`vendor_statistics_${name}`, labels, () => value(read()));
  gauge('approximate_entries', (cache) => cache.entries);
  gauge('approximate_entries_in_memory', (cache) => cache.entries);
  gauge('approximate_entries_unique', (cache) => cache.entriesUnique);
  gauge('number_of_entries', (cache) => cache.entries);
  gauge('evictions', (cache) => cache.evictions);
  gauge('hits', (cache) => cache.hits);
  gauge('misses', (cache) => cache.misses);
  gauge('stores', (cache) => cache.stores);
  gauge('remove_hits', (cache) => cache.removeHits);
  gauge('remove_misses', (cache) => cache.removeMisses);
  gauge('hit_ratio', ({ hits, misses }) => ratio(hits, hits + misses));
  gauge('read_write_ratio', ({ hits, misses, stores }) => ratio(hits + misses, stores));
  gauge('required_minimum_number_of_nodes', required);
  for (const name of ['time_since_reset', 'time_since_start']) gauge(name, () => Math.floor((performance.now() - openedMs) / 1_000));
  const average = (name: string, meanMs: (cache: CountedCache) => number): void => {
    gauge(`average_${name}_time`, (cache) => Math.round(meanMs(cache)));
    gauge(`average_${name}_time_nanos`, (cache) => Math.round(meanMs(cache) * 1e6));
  };
  average('read', ({ hits, misses, hitTimeMs, missTimeMs }) => ratio(hitTimeMs + missTimeMs, hits + misses));
  average('write', ({ stores, storeTimeMs }) => ratio(storeTimeMs, stores));
  average('remove', (cache) => ratio(cache.removeHitTimeMs + cache.removeMissTimeMs, cache.removeHits + cache.removeMisses));
  for (const [name, kind, count, timeMs] of timed) {
    const histogram = histograms?.operation(cacheName, kind);
    metrics.summary(`vendor_statistics_${name}_times_seconds`, labels, {
      count: () => histogram?.count() ?? read()[count],
      sum: () => histogram?.sum() ?? read()[timeMs] / 1_000,
      histogram: histogram && { bounds: histogram.bounds, counts: () => histogram.counts() },
    });
  }
}

/** What only clustered caches have: copies on other nodes. */
export function registerClusteredCache({ metrics, labels }: CacheMetrics, read: () => CacheStatistics): void {
  const gauge = (name: string, value: (cache: CacheStatistics) => number): void =>
    metrics.gauge(`vendor_${name}`, labels, () => value(read()));
  gauge('statistics_number_of_entries_in_memory', (cache) => cache.entries);
  gauge('lock_manager_number_of_locks_held', (cache) => cache.writesPending);
  gauge('state_transfer_manager_inflight_segment_transfer_count', (cache) => cache.segmentsAwaited);
  gauge('rpc_manager_replication_count', (cache) => cache.remoteCalls);
  gauge('rpc_manager_replication_failures', (cache) => cache.remoteFailures);
  gauge('rpc_manager_average_replication_time', (cache) => Math.round(ratio(cache.remoteTimeMs, cache.remoteCalls)));
  gauge('rpc_manager_success_ratio_floating_point', ({ remoteCalls, remoteFailures }) =>
    remoteCalls + remoteFailures === 0 ? 1 : remoteCalls / (remoteCalls + remoteFailures),
  );
}
