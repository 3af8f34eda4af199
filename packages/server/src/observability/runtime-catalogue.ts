import { counter, gauge, type MetricDeclaration, summary } from './metric-declaration.ts';

const memory = ['area', 'id'] as const;
const pause = ['action', 'cause', 'gc'] as const;

/**
 * The process and its runtime. The `jvm_*` names are those that Keycloak's own dashboards ask for; they tell the same of Node: the heap's
 * spaces, collections, the version.
 */
export const runtimeMetrics: Readonly<Record<string, MetricDeclaration>> = {
  process_cpu_time_ns: counter('Processor time of the process in nanoseconds.'),
  process_cpu_usage: gauge('Share of the processors that the process used since the scrape before, 0 to 1.'),
  process_start_time_seconds: gauge('Start of the process, seconds since 1970.'),
  process_uptime_seconds: gauge('Age of the process.'),
  process_files_open_files: gauge('Open file descriptors.'),
  process_files_max_files: gauge('File descriptors that the process may open.'),
  process_resident_memory_bytes: gauge('Resident memory.'),
  nodejs_heap_size_used_bytes: gauge('Heap in use.'),
  nodejs_heap_size_total_bytes: gauge('Heap reserved.'),
  nodejs_external_memory_bytes: gauge('Memory of buffers outside the heap.'),
  nodejs_eventloop_delay_seconds: gauge('Delay of the event loop since the scrape before.', ['quantile']),
  nodejs_eventloop_utilization: gauge('Share of time the event loop was busy since the scrape before, 0 to 1.'),
  nodejs_info: gauge('Always 1; the label is the version.', ['version']),
  jvm_info: counter('Always 1; the labels name the runtime.', ['runtime', 'vendor', 'version']),
  jvm_memory_used_bytes: gauge('Memory in use: of each space of the heap, and of buffers outside it.', memory),
  jvm_memory_committed_bytes: gauge('Memory reserved, likewise.', memory),
  jvm_memory_max_bytes: gauge('Most memory that the heap may take; -1 where a space has no limit of its own.', memory),
  jvm_gc_pause_seconds: summary('Garbage collections and the time that they took.', pause),
  jvm_gc_pause_seconds_max: gauge('Longest garbage collection of the last minutes.', pause),
  jvm_gc_overhead: gauge('Share of time spent on garbage collection since the scrape before, 0 to 1.'),
  system_cpu_count: gauge('Processors.'),
  system_cpu_usage: gauge('Share of all processors that the machine used since the scrape before, 0 to 1.'),
  system_load_average_1m: gauge('Load average of one minute.'),
};
