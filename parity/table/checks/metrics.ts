import { type Check, expectSame, expectTrue, type Feature, type SetUp } from '../check.ts';
import type { Cluster } from '../cluster.ts';

export const clusteredCaches = [
  'actionTokens',
  'authenticationSessions',
  'clientSessions',
  'loginFailures',
  'offlineClientSessions',
  'offlineSessions',
  'sessions',
  'work',
] as const;
export const localCaches = ['authorization', 'crl', 'keys', 'realms', 'users'] as const;

/** Bounds that the metric tells of clustered caches with everything at its default; -1 is none. */
const bounds: Readonly<Record<string, number>> = {
  sessions: 10_000,
  clientSessions: 10_000,
  offlineSessions: 10_000,
  offlineClientSessions: 10_000,
  work: -1,
  authenticationSessions: -1,
  loginFailures: -1,
  actionTokens: -1,
};

/** Names that dashboards ask for, each with the labels cache, cache_manager and node. */
const perCache = [
  'vendor_statistics_approximate_entries',
  'vendor_statistics_approximate_entries_unique',
  'vendor_statistics_hits',
  'vendor_statistics_misses',
  'vendor_statistics_stores',
  'vendor_statistics_remove_hits',
  'vendor_statistics_remove_misses',
  'vendor_statistics_evictions',
  'vendor_statistics_hit_times_seconds_count',
  'vendor_statistics_hit_times_seconds_sum',
  'vendor_statistics_miss_times_seconds_count',
  'vendor_statistics_store_times_seconds_count',
  'vendor_statistics_store_times_seconds_sum',
  'vendor_statistics_remove_hit_times_seconds_count',
  'vendor_statistics_remove_miss_times_seconds_count',
];

/** Names of the transport, with the labels cluster and node. */
const transport = [
  'vendor_jgroups_tcp_get_num_bytes_sent',
  'vendor_jgroups_tcp_get_num_bytes_received',
  'vendor_jgroups_tcp_get_num_msgs_sent',
  'vendor_jgroups_tcp_get_num_msgs_received',
  'vendor_jgroups_ufc_get_number_of_blockings',
  'vendor_jgroups_merge3_get_num_merge_events',
  'vendor_jgroups_stats_sync_requests_seconds_count',
  'vendor_jgroups_stats_sync_requests_seconds_sum',
];

/** Names of the database pool, of HTTP and of the process. */
const others = [
  'http_server_requests_seconds_count',
  'http_server_requests_seconds_sum',
  'http_server_active_requests',
  'agroal_active_count',
  'agroal_available_count',
];

const managed = (feature: Feature, on: SetUp, name: string, run: (cluster: Cluster) => Promise<void>): Check => ({
  feature,
  way: 'management port',
  name,
  on,
  run,
});

const three: SetUp = 'three nodes';

export const metricChecks: readonly Check[] = [
  ...[...clusteredCaches, ...localCaches].map((cache) =>
    managed('the thirteen caches', three, `the metrics know the cache ${cache}, on every node`, async (cluster) => {
      for (let node = 0; node < 3; node += 1) {
        const sample = await cluster.sample(node, 'vendor_statistics_approximate_entries', { cache });
        expectSame(sample.labels['cache_manager'], 'keycloak', 'cache_manager');
        expectSame(sample.labels['node'], `n${node + 1}`, 'node');
      }
    }),
  ),
  ...Object.entries(bounds).map(([cache, bound]) =>
    managed('bounds of caches', three, `the metrics tell the default bound of ${cache}: ${bound}`, async (cluster) => {
      expectSame((await cluster.sample(0, 'vendor_configuration_eviction_size', { cache })).value, bound, cache);
    }),
  ),
  ...perCache.map((metric) =>
    managed('metrics', three, `${metric} stands there for a clustered and a local cache`, async (cluster) => {
      await cluster.sample(0, metric, { cache: 'authenticationSessions', cache_manager: 'keycloak', node: 'n1' });
      await cluster.sample(0, metric, { cache: 'users', cache_manager: 'keycloak', node: 'n1' });
    }),
  ),
  ...transport.map((metric) =>
    managed('metrics', three, `${metric} stands there with the cluster's name`, async (cluster) => {
      await cluster.sample(0, metric, { cluster: 'ISPN' });
    }),
  ),
  ...others.map((metric) =>
    managed('metrics', three, `${metric} stands there`, async (cluster) => {
      await cluster.sample(0, metric);
    }),
  ),
  managed('metrics', three, 'vendor_cluster_size is 3 on every node', async (cluster) => {
    for (let node = 0; node < 3; node += 1)
      await cluster.eventually(async () => expectSame((await cluster.sample(node, 'vendor_cluster_size')).value, 3, `n${node + 1}`));
  }),
  managed('metrics', three, 'with histograms switched on the times of caches have buckets', async (cluster) => {
    const buckets = (await cluster.samples(0, 'vendor_statistics_store_times_seconds_bucket')).filter(
      (sample) => sample.labels['cache'] === 'authenticationSessions',
    );
    expectTrue(buckets.length > 3 && buckets.some((sample) => sample.labels['le'] === '+Inf'), 'buckets', buckets.length);
  }),
  managed('metrics', 'one local node', 'without histograms the times of caches have no buckets', async (cluster) => {
    expectSame((await cluster.samples(0, 'vendor_statistics_store_times_seconds_bucket')).length, 0, 'buckets');
  }),
  managed('metrics', three, 'the exposition is OpenMetrics', async (cluster) => {
    const { headers, text } = await cluster.management(0, '/metrics');
    expectTrue(
      /^application\/openmetrics-text; *version=1\.0\.0/.test(headers['content-type'] ?? ''),
      'content type',
      headers['content-type'],
    );
    expectTrue(text.trimEnd().endsWith('# EOF'), 'the end', text.slice(-50));
  }),
  managed(
    'cache types and options',
    'one local node',
    '--cache=local keeps every cache on the node: the cluster metrics of transport are gone',
    async (cluster) => {
      expectSame((await cluster.samples(0, 'vendor_jgroups_tcp_get_num_bytes_sent')).length, 0, 'samples');
    },
  ),
  managed('bounds of caches', 'one local node', 'a bound of sessions holds with --cache=local', async (cluster) => {
    expectSame((await cluster.sample(0, 'vendor_configuration_eviction_size', { cache: 'sessions' })).value, 55, 'sessions');
  }),
];

export const healthChecks: readonly Check[] = [
  ...['/health', '/health/live', '/health/ready', '/health/started'].map((path) =>
    managed('health', three, `${path} answers 200 UP`, async (cluster) => {
      const { status, text } = await cluster.management(0, path);
      expectSame(status, 200, 'status');
      expectSame((JSON.parse(text) as { status: string }).status, 'UP', 'body');
    }),
  ),
  ...['Graceful Shutdown', 'Keycloak Initialized', 'Keycloak cluster health check', 'Keycloak database connections async health check'].map(
    (name) =>
      managed('health', three, `readiness lists "${name}"`, async (cluster) => {
        const { checks } = JSON.parse((await cluster.management(0, '/health/ready')).text) as {
          checks: { name: string; status: string }[];
        };
        expectSame(checks.find((check) => check.name === name)?.status, 'UP', name);
      }),
  ),
  managed('health', 'one local node', 'readiness of a local node has no cluster check', async (cluster) => {
    const { checks } = JSON.parse((await cluster.management(0, '/health/ready')).text) as { checks: { name: string }[] };
    expectTrue(!checks.some((check) => check.name === 'Keycloak cluster health check'), 'checks', checks);
  }),
];
