import { availableParallelism, freemem, totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import type { CacheOptions, GridNode } from '@keygrid/grid';
import type { EffectiveCache } from '../cache/cache-configuration.ts';
import { type CacheName, cacheNames, clusteredCacheNames } from '../cache/cache-names.ts';
import type { LocalCaches } from '../cache/changes.ts';
import type { BusCounts } from '../cache/counted-bus.ts';
import type { LocalCacheStatistics } from '../cache/local-cache.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Membership } from '../state/membership.ts';
import {
  type CacheMetrics,
  type CountedCache,
  type Placement,
  registerCache,
  registerClusteredCache,
  requiredNodes,
} from './cache-metrics.ts';
import type { OperationHistograms } from './operation-histograms.ts';
import { version } from './server-facts.ts';
import { registerTransport } from './transport-metrics.ts';

/** Name of the cache container in Keycloak's labels. */
const CONTAINER = 'keycloak';

export interface ClusterMetricsOptions {
  readonly metrics: Metrics;
  readonly grid: GridNode;
  readonly clusterName: string;
  /** Undefined: this node talks to no other. */
  readonly protocol: 'tcp' | 'udp' | undefined;
  readonly membership: Membership;
  readonly caches: Readonly<Record<CacheName, EffectiveCache>>;
  readonly local: LocalCaches;
  readonly invalidations: BusCounts;
  /** Caches of the cache configuration file that are none of the server's. */
  readonly own: Readonly<Record<string, Pick<CacheOptions<never>, 'mode' | 'owners'>>>;
  /** Undefined: option `cache-metrics-histograms-enabled` is off. */
  readonly histograms: OperationHistograms | undefined;
}

/** Caches whose bound shows in vendor_configuration_eviction_size; the simple local ones have no such sample, as with the original. */
const SHOWN_BOUNDS: readonly CacheName[] = [...clusteredCacheNames, 'work'];

/** Binds what the grid and the caches know to the metric names that operators watch. Everything is read at the scrape. */
export function registerClusterMetrics(options: ClusterMetricsOptions): void {
  const { metrics, grid, clusterName, protocol, membership, caches, local, invalidations, own, histograms } = options;
  if (!metrics.enabled) return;
  const labels = { cache_manager: CONTAINER, node: grid.name };
  const members = () => membership.size;
  const of = (name: string, { mode, owners }: Placement): CacheMetrics => ({
    metrics,
    name,
    labels: { ...labels, cache: name },
    requiredNodes: () => requiredNodes({ mode, owners }, members()),
    histograms,
  });
  const clustered = clusteredCacheNames.map((name): [string, Placement] => [name, caches[name]]);
  for (const [name, placement] of [...clustered, ...Object.entries(own)]) {
    const cache = grid.cache(name);
    registerCache(of(name, placement), () => cache.statistics);
    registerClusteredCache(of(name, placement), () => cache.statistics);
  }
  for (const [name, cache] of local.byName) {
    registerCache(of(name, { mode: 'local' }), () => countedOf(cache.statistics));
    metrics.gauge('vendor_statistics_current_number_of_entries_in_memory', { ...labels, cache: name }, () => cache.statistics.entries);
  }
  for (const name of SHOWN_BOUNDS)
    metrics.gauge('vendor_configuration_eviction_size', { ...labels, cache: name }, () => caches[name].maxCount ?? -1);
  registerContainer(metrics, labels, { members, caches, answers: () => membership.ready });
  registerCache(of('work', caches.work), () => ({
    ...NOTHING_KEPT,
    stores: invalidations.published,
    storeTimeMs: invalidations.publishTimeMs,
  }));
  if (protocol !== undefined) registerTransport({ metrics, grid, labels, clusterName, protocol, version, histograms });
}

/** Messages of the channel `work` are acknowledged and gone; the original keeps them as entries for two minutes. */
const NOTHING_KEPT: CountedCache = {
  entries: 0,
  entriesUnique: 0,
  evictions: 0,
  hits: 0,
  misses: 0,
  stores: 0,
  removeHits: 0,
  removeMisses: 0,
  hitTimeMs: 0,
  missTimeMs: 0,
  storeTimeMs: 0,
  removeHitTimeMs: 0,
  removeMissTimeMs: 0,
};

/** A local cache counts invalidations as removals; lookups and stores are operations on a map, below what the clock resolves. */
function countedOf(statistics: LocalCacheStatistics): CountedCache {
  return {
    ...statistics,
    entriesUnique: statistics.entries,
    removeHits: statistics.invalidations,
    removeMisses: statistics.invalidationMisses,
    storeTimeMs: 0,
    removeHitTimeMs: 0,
    removeMissTimeMs: 0,
  };
}

interface Container {
  readonly members: () => number;
  readonly caches: Readonly<Record<CacheName, EffectiveCache>>;
  readonly answers: () => boolean;
}

function registerContainer(metrics: Metrics, labels: Readonly<Record<string, string>>, { members, caches, answers }: Container): void {
  const startedMs = performance.now();
  const gauge = (name: string, read: () => number): void => metrics.gauge(`vendor_${name}`, labels, read);
  gauge('cluster_size', members);
  gauge('cache_container_health_number_of_nodes', members);
  gauge('cache_container_health_number_of_cpus', availableParallelism);
  gauge('cache_container_health_free_memory_kb', () => Math.floor(freemem() / 1_024));
  gauge('cache_container_health_total_memory_kb', () => Math.floor(totalmem() / 1_024));
  gauge('cache_container_stats_required_minimum_number_of_nodes', () =>
    Math.max(...Object.values(caches).map((cache) => requiredNodes(cache, members()))),
  );
  gauge('local_container_stats_memory_available', () => getHeapStatistics().heap_size_limit - getHeapStatistics().used_heap_size);
  gauge('local_container_stats_memory_max', () => getHeapStatistics().heap_size_limit);
  gauge('local_container_stats_memory_total', () => getHeapStatistics().total_heap_size);
  gauge('local_container_stats_memory_used', () => getHeapStatistics().used_heap_size);
  gauge('local_container_stats_time_since_reset', () => Math.floor((performance.now() - startedMs) / 1_000));
  gauge('number_of_cache_configurations', () => cacheNames.length);
  gauge('number_of_created_caches', () => cacheNames.length);
  gauge('number_of_running_caches', () => (answers() ? cacheNames.length : cacheNames.length - SHOWN_BOUNDS.length));
}
