import { counter, gauge, type MetricDeclaration, summary } from './metric-declaration.ts';

const cache = ['cache', 'cache_manager', 'node'] as const;
const manager = ['cache_manager', 'node'] as const;
const transport = ['cache_manager', 'cluster', 'node'] as const;
const peer = [...transport, 'target_node'] as const;

/** Of each cache. Times are those that callers on this node waited, the way to the primary included. */
const cacheMetrics: Readonly<Record<string, MetricDeclaration>> = {
  vendor_statistics_approximate_entries: gauge('Entries that this node holds, backups included.', cache),
  vendor_statistics_approximate_entries_in_memory: gauge('The same: entries are held in memory only.', cache),
  vendor_statistics_approximate_entries_unique: gauge('Entries of which this node is the primary owner.', cache),
  vendor_statistics_number_of_entries: gauge('Entries that this node holds, backups included.', cache),
  vendor_statistics_number_of_entries_in_memory: gauge('The same, for clustered caches.', cache),
  vendor_statistics_current_number_of_entries_in_memory: gauge('The same, for local caches.', cache),
  vendor_statistics_evictions: gauge('Entries evicted because of the bound.', cache),
  vendor_statistics_hits: gauge('Reads that found an entry.', cache),
  vendor_statistics_misses: gauge('Reads that found nothing.', cache),
  vendor_statistics_stores: gauge('Writes.', cache),
  vendor_statistics_remove_hits: gauge('Removals of an entry that was there; in local caches invalidations.', cache),
  vendor_statistics_remove_misses: gauge('Removals that found nothing.', cache),
  vendor_statistics_hit_times_seconds: summary('Time of reads that found an entry.', cache),
  vendor_statistics_miss_times_seconds: summary('Time of reads that found nothing.', cache),
  vendor_statistics_store_times_seconds: summary('Time of writes.', cache),
  vendor_statistics_remove_hit_times_seconds: summary('Time of removals of an entry that was there.', cache),
  vendor_statistics_remove_miss_times_seconds: summary('Time of removals that found nothing.', cache),
  vendor_statistics_average_read_time: gauge('Mean time of a read, whole milliseconds.', cache),
  vendor_statistics_average_read_time_nanos: gauge('Mean time of a read, nanoseconds.', cache),
  vendor_statistics_average_write_time: gauge('Mean time of a write, whole milliseconds.', cache),
  vendor_statistics_average_write_time_nanos: gauge('Mean time of a write, nanoseconds.', cache),
  vendor_statistics_average_remove_time: gauge('Mean time of a removal, whole milliseconds.', cache),
  vendor_statistics_average_remove_time_nanos: gauge('Mean time of a removal, nanoseconds.', cache),
  vendor_statistics_hit_ratio: gauge('Share of reads that found an entry, 0 to 1.', cache),
  vendor_statistics_read_write_ratio: gauge('Reads for each write.', cache),
  vendor_statistics_required_minimum_number_of_nodes: gauge(
    'Fewest nodes that still hold a copy of every entry, at the owners of now.',
    cache,
  ),
  vendor_statistics_time_since_reset: gauge('Seconds since the counters began at 0.', cache),
  vendor_statistics_time_since_start: gauge('Seconds since the cache was opened.', cache),
  vendor_configuration_eviction_size: gauge('Bound of the cache on this node; -1 is none.', cache),
  vendor_lock_manager_number_of_locks_held: gauge(
    'Writes of which this node is the primary and that the backups have not acknowledged yet.',
    cache,
  ),
  vendor_state_transfer_manager_inflight_segment_transfer_count: gauge('Segments that are being copied to this node.', cache),
  vendor_rpc_manager_replication_count: gauge(
    'Answers of other nodes: to operations sent to their primaries, and to replicated writes.',
    cache,
  ),
  vendor_rpc_manager_replication_failures: gauge(
    'Operations on other nodes that ended without an answer, and writes undone for a new owner.',
    cache,
  ),
  vendor_rpc_manager_average_replication_time: gauge('Mean time until such an answer, whole milliseconds.', cache),
  vendor_rpc_manager_success_ratio_floating_point: gauge('Share of them that succeeded, 0 to 1.', cache),
};

/** Of the caches together, and of the view. */
const containerMetrics: Readonly<Record<string, MetricDeclaration>> = {
  vendor_cluster_size: gauge('Nodes in the view of this node.', manager),
  vendor_cache_container_health_number_of_nodes: gauge('The same.', manager),
  vendor_cache_container_health_number_of_cpus: gauge('Processors of the machine.', manager),
  vendor_cache_container_health_free_memory_kb: gauge('Free memory of the machine.', manager),
  vendor_cache_container_health_total_memory_kb: gauge('Memory of the machine.', manager),
  vendor_cache_container_stats_required_minimum_number_of_nodes: gauge(
    'Fewest nodes that still hold a copy of every entry of every cache.',
    manager,
  ),
  vendor_local_container_stats_memory_available: gauge('Bytes that the heap may still grow by.', manager),
  vendor_local_container_stats_memory_max: gauge('Most bytes that the heap may take.', manager),
  vendor_local_container_stats_memory_total: gauge('Bytes reserved for the heap.', manager),
  vendor_local_container_stats_memory_used: gauge('Bytes of the heap in use.', manager),
  vendor_local_container_stats_time_since_reset: gauge('Seconds since the counters began at 0.', manager),
  vendor_number_of_cache_configurations: gauge('Caches that are declared.', manager),
  vendor_number_of_created_caches: gauge('Caches that were opened.', manager),
  vendor_number_of_running_caches: gauge('Caches that answer now.', manager),
};

/** Under the name of the transport protocol in use; all messages go to one node. */
const protocolMetrics: Readonly<Record<string, string>> = {
  get_num_bytes_received: 'Bytes received from other nodes.',
  get_num_bytes_sent: 'Bytes sent to other nodes.',
  get_num_ucast_bytes_received: 'The same: all messages go to one node.',
  get_num_ucast_bytes_sent: 'The same: all messages go to one node.',
  get_num_msgs_received: 'Messages received from other nodes.',
  get_num_msgs_sent: 'Messages sent to other nodes.',
  get_num_ucast_msgs_received: 'The same: all messages go to one node.',
  get_num_ucast_msgs_sent: 'The same: all messages go to one node.',
  get_open_connections: 'Connections to other nodes, two for each.',
};

/** Of the connections between nodes. The node's name carries version, site, rack and machine here, as in the log. */
const transportMetrics: Readonly<Record<string, MetricDeclaration>> = {
  vendor_jgroups_fd_sock2_get_actual_bind_port: gauge('Port of failure detection; 0 where it is off.', transport),
  vendor_jgroups_fd_sock2_get_num_suspected_members: gauge('Nodes of the view that were not heard of lately.', transport),
  vendor_jgroups_merge3_get_num_merge_events: gauge(
    'How often this node lost its membership and came back. The view itself cannot split.',
    transport,
  ),
  vendor_jgroups_red_get_total_messages: gauge('Messages that were to be sent.', transport),
  vendor_jgroups_red_get_dropped_messages: gauge(
    'Of those, the ones dropped because a full window of bytes was unread by the other side.',
    transport,
  ),
  vendor_jgroups_red_get_drop_rate: gauge('Share of messages dropped, 0 to 1.', transport),
  ...Object.fromEntries(
    ['tcp', 'udp'].flatMap((protocol) =>
      Object.entries(protocolMetrics).map(([name, help]) => [`vendor_jgroups_${protocol}_${name}`, gauge(help, transport)] as const),
    ),
  ),
  vendor_jgroups_ufc_get_number_of_blockings: gauge('How often messages were held back because a node did not take them.', transport),
  vendor_jgroups_ufc_get_average_time_blocked: gauge('Mean time that they were held back, milliseconds.', transport),
  vendor_jgroups_unicast3_get_num_connections: gauge('Connections to other nodes, two for each.', transport),
  vendor_jgroups_unicast3_get_num_messages_received: gauge('Messages received from other nodes.', transport),
  vendor_jgroups_unicast3_get_num_messages_sent: gauge('Messages sent to other nodes.', transport),
  vendor_jgroups_unicast3_get_num_unacked_messages: gauge('Writes that the backups have not acknowledged yet.', transport),
  vendor_jgroups_unicast3_get_num_xmits: gauge('Operations and writes sent again, under their old id.', transport),
  vendor_jgroups_stats_sync_requests_seconds: summary('Operations that another node answered, and the time until its answer.', peer),
  vendor_jgroups_stats_async_requests: counter('Messages to another node that have no answer of their own.', peer),
  vendor_jgroups_stats_bytes_sent: counter('Bytes sent to another node.', peer),
  vendor_jgroups_stats_timed_out_requests: counter('Operations that another node did not answer within 3 s.', peer),
  keygrid_grid_figure: gauge('Internal figures of the grid, by name.', [...manager, 'figure']),
  keygrid_member_info: gauge('Always 1, for every member of the view: who it is and where it stands.', [
    ...manager,
    'member',
    'address',
    'coordinator',
    'site',
    'rack',
    'machine',
  ]),
};

/** Everything that one node knows of the cluster. */
export const clusterMetrics: Readonly<Record<string, MetricDeclaration>> = { ...containerMetrics, ...cacheMetrics, ...transportMetrics };
