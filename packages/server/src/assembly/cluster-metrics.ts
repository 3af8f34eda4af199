import type { Cache, GridNode } from '@keygrid/grid';
import type { EffectiveCache } from '../cache/cache-configuration.ts';
import { type CacheName, clusteredCacheNames } from '../cache/cache-names.ts';
import type { LocalCaches } from '../cache/changes.ts';
import type { Metrics } from '../observability/metrics.ts';

/** Name of the cache container in Keycloak's labels. */
const CONTAINER = 'keycloak';

export interface ClusterMetricsOptions {
  readonly metrics: Metrics;
  readonly grid: GridNode;
  readonly clusterName: string;
  readonly caches: Readonly<Record<CacheName, EffectiveCache>>;
  readonly local: LocalCaches;
}

/** Caches whose bound shows in vendor_configuration_eviction_size; the simple local ones have no such sample, as with the original. */
const SHOWN_BOUNDS: readonly CacheName[] = [...clusteredCacheNames, 'work'];

/** Binds what the grid and the caches know to the metric names that operators watch. Everything is read at the scrape. */
export function registerClusterMetrics({ metrics, grid, clusterName, caches, local }: ClusterMetricsOptions): void {
  if (!metrics.enabled) return;
  const node = grid.name;
  const manager = { cache_manager: CONTAINER, node };
  metrics.gauge('vendor_cluster_size', manager, () => grid.view.members.length);
  for (const name of clusteredCacheNames) registerGridCache(metrics, grid.cache(name), { ...manager, cache: name });
  for (const [name, cache] of local.byName) registerLocalCache(metrics, cache, { ...manager, cache: name });
  for (const name of SHOWN_BOUNDS)
    metrics.gauge('vendor_configuration_eviction_size', { ...manager, cache: name }, () => caches[name].maxCount ?? -1);
  const transport = { ...manager, cluster: clusterName };
  metrics.gauge('vendor_jgroups_tcp_get_num_bytes_received', transport, () => grid.figures().get('bytesReceived') ?? 0);
  metrics.gauge('vendor_jgroups_tcp_get_num_bytes_sent', transport, () => grid.figures().get('bytesSent') ?? 0);
  for (const figure of grid.figures().keys())
    metrics.gauge('keygrid_grid_figure', { ...manager, figure }, () => grid.figures().get(figure) ?? 0);
}

type Labels = Readonly<Record<string, string>>;

function summary(metrics: Metrics, name: string, labels: Labels, count: () => number, sumMs: () => number): void {
  metrics.gauge(`${name}_count`, labels, count);
  metrics.gauge(`${name}_sum`, labels, () => sumMs() / 1000);
}

function registerGridCache(metrics: Metrics, cache: Cache<unknown>, labels: Labels): void {
  const read = (pick: keyof Cache<unknown>['statistics']) => () => cache.statistics[pick];
  metrics.gauge('vendor_statistics_approximate_entries', labels, read('entries'));
  metrics.gauge('vendor_statistics_approximate_entries_unique', labels, read('entriesUnique'));
  metrics.gauge('vendor_statistics_evictions', labels, read('evictions'));
  metrics.gauge('vendor_statistics_hits', labels, read('hits'));
  metrics.gauge('vendor_statistics_misses', labels, read('misses'));
  metrics.gauge('vendor_statistics_stores', labels, read('stores'));
  metrics.gauge('vendor_statistics_remove_hits', labels, read('removeHits'));
  metrics.gauge('vendor_statistics_remove_misses', labels, read('removeMisses'));
  summary(metrics, 'vendor_statistics_hit_times_seconds', labels, read('hits'), read('hitTimeMs'));
  summary(metrics, 'vendor_statistics_miss_times_seconds', labels, read('misses'), read('missTimeMs'));
  summary(metrics, 'vendor_statistics_store_times_seconds', labels, read('stores'), read('storeTimeMs'));
  summary(metrics, 'vendor_statistics_remove_hit_times_seconds', labels, read('removeHits'), read('removeHitTimeMs'));
  summary(metrics, 'vendor_statistics_remove_miss_times_seconds', labels, read('removeMisses'), read('removeMissTimeMs'));
}

function registerLocalCache(
  metrics: Metrics,
  cache: LocalCaches['byName'] extends ReadonlyMap<string, infer C> ? C : never,
  labels: Labels,
): void {
  metrics.gauge('vendor_statistics_approximate_entries', labels, () => cache.statistics.entries);
  metrics.gauge('vendor_statistics_approximate_entries_unique', labels, () => cache.statistics.entries);
  metrics.gauge('vendor_statistics_evictions', labels, () => cache.statistics.evictions);
  metrics.gauge('vendor_statistics_hits', labels, () => cache.statistics.hits);
  metrics.gauge('vendor_statistics_misses', labels, () => cache.statistics.misses);
  metrics.gauge('vendor_statistics_stores', labels, () => cache.statistics.stores);
  metrics.gauge('vendor_statistics_remove_hits', labels, () => cache.statistics.invalidations);
  summary(
    metrics,
    'vendor_statistics_miss_times_seconds',
    labels,
    () => cache.statistics.misses,
    () => cache.statistics.missTimeMs,
  );
}
