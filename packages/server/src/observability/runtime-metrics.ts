import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, getHeapStatistics } from 'node:v8';
import type { Metrics } from './metrics.ts';
import { WindowMax } from './window-max.ts';

/** Kind of a collection -> the words that Keycloak's dashboards group by. */
const collections: Readonly<Record<number, { readonly action: string; readonly cause: string }>> = {
  [constants.NODE_PERFORMANCE_GC_MINOR]: { action: 'end of minor GC', cause: 'Scavenge' },
  [constants.NODE_PERFORMANCE_GC_MAJOR]: { action: 'end of major GC', cause: 'Mark-Compact' },
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: { action: 'end of incremental step', cause: 'Incremental Marking' },
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: { action: 'end of weak callbacks', cause: 'Weak Callbacks' },
};

class Pauses {
  count = 0;
  seconds = 0;
  readonly longest = new WindowMax(() => performance.now());
}

/** Garbage collections, as they come. */
function watchCollections(metrics: Metrics): Disposable {
  const byKind = new Map<number, Pauses>();
  let overhead = { atMs: performance.now(), seconds: 0 };
  const allSeconds = () => [...byKind.values()].reduce((sum, pauses) => sum + pauses.seconds, 0);
  const pausesOf = (kind: number): Pauses | undefined => {
    const labels = collections[kind];
    const known = byKind.get(kind);
    if (known !== undefined || labels === undefined) return known;
    const pauses = new Pauses();
    byKind.set(kind, pauses);
    const named = { ...labels, gc: 'V8' };
    metrics.summary('jvm_gc_pause_seconds', named, { count: () => pauses.count, sum: () => pauses.seconds });
    metrics.gauge('jvm_gc_pause_seconds_max', named, () => pauses.longest.read());
    return pauses;
  };
  // Present from the start, so that rates have a beginning.
  pausesOf(constants.NODE_PERFORMANCE_GC_MINOR);
  pausesOf(constants.NODE_PERFORMANCE_GC_MAJOR);
  metrics.gauge('jvm_gc_overhead', {}, () => {
    const now = { atMs: performance.now(), seconds: allSeconds() };
    const share = ((now.seconds - overhead.seconds) * 1_000) / Math.max(now.atMs - overhead.atMs, 1);
    overhead = now;
    return Math.min(share, 1);
  });
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & { readonly detail?: { readonly kind?: number } })[]) {
      const { detail, duration } = entry;
      const pauses = pausesOf(detail?.kind ?? 0);
      if (pauses === undefined) continue;
      pauses.count += 1;
      pauses.seconds += duration / 1_000;
      pauses.longest.record(duration / 1_000);
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  return { [Symbol.dispose]: () => observer.disconnect() };
}

function registerMemory(metrics: Metrics): void {
  for (const { space_name: id } of getHeapSpaceStatistics()) {
    const space = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === id);
    const labels = { area: 'heap', id };
    metrics.gauge('jvm_memory_used_bytes', labels, () => space()?.space_used_size ?? 0);
    metrics.gauge('jvm_memory_committed_bytes', labels, () => space()?.space_size ?? 0);
    metrics.gauge('jvm_memory_max_bytes', labels, () => (id === 'old_space' ? getHeapStatistics().heap_size_limit : -1));
  }
  const external = { area: 'nonheap', id: 'external' };
  metrics.gauge('jvm_memory_used_bytes', external, () => process.memoryUsage().external);
  metrics.gauge('jvm_memory_committed_bytes', external, () => process.memoryUsage().external);
  metrics.gauge('jvm_memory_max_bytes', external, () => -1);
}

function mostOpenFiles(): number {
  try {
    return Number(/^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? Number.NaN);
  } catch {
    return Number.NaN;
  }
}

/** Milliseconds that all processors were busy, and that passed on them, since the machine's start. */
function machineTimes(): { readonly busyMs: number; readonly allMs: number } {
  let [busyMs, allMs] = [0, 0];
  for (const { times } of cpus()) {
    const sum = times.user + times.nice + times.sys + times.idle + times.irq;
    allMs += sum;
    busyMs += sum - times.idle;
  }
  return { busyMs, allMs };
}

/** What Keycloak's dashboards show of the runtime, told of Node. The returned handle stops the measuring. */
export function registerRuntimeMetrics(metrics: Metrics): Disposable {
  registerMemory(metrics);
  metrics.gauge('jvm_info', { runtime: 'Node.js', vendor: 'OpenJS Foundation', version: process.version }, () => 1);
  metrics.gauge('process_files_max_files', {}, mostOpenFiles);
  let last = machineTimes();
  metrics.gauge('system_cpu_usage', {}, () => {
    const now = machineTimes();
    const share = (now.busyMs - last.busyMs) / Math.max(now.allMs - last.allMs, 1);
    last = now;
    return Math.min(share, 1);
  });
  return watchCollections(metrics);
}
