/** counter: counts since start. gauge: read at each scrape. timer: observed durations, count and sum (and buckets). summary: count and sum read at each scrape. */
export type MetricKind = 'counter' | 'gauge' | 'timer' | 'summary';

export interface MetricDeclaration {
  readonly kind: MetricKind;
  readonly help: string;
  readonly labels: readonly string[];
}

const cache = ['cache', 'cache_manager', 'node'] as const;
const manager = ['cache_manager', 'node'] as const;
const transport = ['cache_manager', 'cluster', 'node'] as const;
const gauge = (help: string, labels: readonly string[] = []): MetricDeclaration => ({ kind: 'gauge', help, labels });
const counter = (help: string, labels: readonly string[] = []): MetricDeclaration => ({ kind: 'counter', help, labels });
const timer = (help: string, labels: readonly string[] = []): MetricDeclaration => ({ kind: 'timer', help, labels });
const summary = (help: string, labels: readonly string[]): MetricDeclaration => ({ kind: 'summary', help, labels });

/**
 * Every metric, with Keycloak's names and labels. Counters stand without the `_total` that the text form adds; summaries are read through
 * gauges named `<name>_count` and `<name>_sum`.
 */
export const metricCatalogue: Readonly<Record<string, MetricDeclaration>> = {
  vendor_cluster_size: gauge('Nodes in the view of this node.', manager),
  vendor_statistics_approximate_entries: gauge('Entries that this node holds, backups included.', cache),
  vendor_statistics_approximate_entries_unique: gauge('Entries of which this node is the primary owner.', cache),
  vendor_statistics_evictions: gauge('Entries evicted because of the bound.', cache),
  vendor_statistics_hits: gauge('Reads that found an entry.', cache),
  vendor_statistics_misses: gauge('Reads that found nothing.', cache),
  vendor_statistics_stores: gauge('Writes.', cache),
  vendor_statistics_remove_hits: gauge('Removals of an entry that was there.', cache),
  vendor_statistics_remove_misses: gauge('Removals that found nothing.', cache),
  vendor_statistics_hit_times_seconds: summary('Time of reads that found an entry.', cache),
  vendor_statistics_miss_times_seconds: summary('Time of reads that found nothing.', cache),
  vendor_statistics_store_times_seconds: summary('Time of writes.', cache),
  vendor_statistics_remove_hit_times_seconds: summary('Time of removals of an entry that was there.', cache),
  vendor_statistics_remove_miss_times_seconds: summary('Time of removals that found nothing.', cache),
  vendor_configuration_eviction_size: gauge('Bound of the cache on this node; -1 is none.', cache),
  vendor_state_transfer_manager_inflight_segment_transfer_count: gauge('Segments that are being copied to this node.', cache),
  vendor_rpc_manager_replication_count: gauge('Operations sent to other nodes.', cache),
  vendor_rpc_manager_replication_failures: gauge('Operations to other nodes that failed.', cache),
  vendor_jgroups_stats_sync_requests_seconds: summary('Requests to another node and the time until its answer.', [
    ...transport,
    'target_node',
  ]),
  vendor_jgroups_tcp_get_num_bytes_received: gauge('Bytes received from other nodes.', transport),
  vendor_jgroups_tcp_get_num_bytes_sent: gauge('Bytes sent to other nodes.', transport),
  keygrid_grid_figure: gauge('Internal figures of the grid, by name.', [...manager, 'figure']),
  http_server_requests_seconds: timer('Requests to this node and the time until the answer.', ['method', 'outcome', 'status', 'uri']),
  http_server_active_requests: gauge('Requests that are being served.'),
  keycloak_user_events: counter('User events.', ['realm', 'event', 'error', 'idp', 'client_id']),
  keycloak_credentials_password_hashing_validations: counter('Password checks.', ['realm', 'algorithm', 'hashing_strength', 'outcome']),
  keygrid_password_queue_length: gauge('Password checks that wait for a thread.'),
  keygrid_sql_statements_seconds: timer('Statements sent to the database and the time until their answer, by the name of the statement.', [
    'statement',
  ]),
  agroal_active_count: gauge('Database connections in use.', ['datasource']),
  agroal_available_count: gauge('Database connections that are open and idle.', ['datasource']),
  agroal_awaiting_count: gauge('Operations that wait for a database connection.', ['datasource']),
  agroal_max_used_count: gauge('Most database connections in use at once.', ['datasource']),
  keygrid_metrics_dropped_series: counter('Samples left out because their metric has too many label values.', ['metric']),
  process_cpu_time_ns: counter('Processor time of the process in nanoseconds.'),
  process_cpu_usage: gauge('Share of the processors that the process used since the scrape before, 0 to 1.'),
  process_start_time_seconds: gauge('Start of the process, seconds since 1970.'),
  process_uptime_seconds: gauge('Age of the process.'),
  process_files_open_files: gauge('Open file descriptors.'),
  process_resident_memory_bytes: gauge('Resident memory.'),
  nodejs_heap_size_used_bytes: gauge('Heap in use.'),
  nodejs_heap_size_total_bytes: gauge('Heap reserved.'),
  nodejs_external_memory_bytes: gauge('Memory of buffers outside the heap.'),
  nodejs_eventloop_delay_seconds: gauge('Delay of the event loop since the scrape before.', ['quantile']),
  nodejs_eventloop_utilization: gauge('Share of time the event loop was busy since the scrape before, 0 to 1.'),
  nodejs_info: gauge('Always 1; the label is the version.', ['version']),
  system_cpu_count: gauge('Processors.'),
  system_load_average_1m: gauge('Load average of one minute.'),
};
