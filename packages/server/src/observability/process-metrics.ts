import { readdirSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { Metrics } from './metrics.ts';

function openFiles(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return Number.NaN;
  }
}

/** The figures that every process has: processor, memory, event loop. The returned handle stops the measuring. */
export function registerProcessMetrics(metrics: Metrics): Disposable {
  if (!metrics.enabled) return { [Symbol.dispose]() {} };
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  let lastLoop = performance.eventLoopUtilization();
  let lastCpu = { atMs: performance.now(), micros: 0 };
  const micros = (): number => {
    const usage = process.cpuUsage();
    return usage.user + usage.system;
  };
  metrics.gauge('process_cpu_time_ns', {}, () => micros() * 1_000);
  metrics.gauge('process_cpu_usage', {}, () => {
    const now = { atMs: performance.now(), micros: micros() };
    const share = (now.micros - lastCpu.micros) / 1_000 / Math.max(now.atMs - lastCpu.atMs, 1) / availableParallelism();
    lastCpu = now;
    return Math.min(share, 1);
  });
  metrics.gauge('process_start_time_seconds', {}, () => performance.timeOrigin / 1_000);
  metrics.gauge('process_uptime_seconds', {}, () => process.uptime());
  metrics.gauge('process_files_open_files', {}, openFiles);
  metrics.gauge('process_resident_memory_bytes', {}, () => process.memoryUsage.rss());
  metrics.gauge('nodejs_heap_size_used_bytes', {}, () => process.memoryUsage().heapUsed);
  metrics.gauge('nodejs_heap_size_total_bytes', {}, () => process.memoryUsage().heapTotal);
  metrics.gauge('nodejs_external_memory_bytes', {}, () => process.memoryUsage().external);
  for (const quantile of [50, 99]) {
    metrics.gauge('nodejs_eventloop_delay_seconds', { quantile: String(quantile / 100) }, () => delay.percentile(quantile) / 1e9);
  }
  metrics.gauge('nodejs_eventloop_delay_seconds', { quantile: '1' }, () => {
    const longest = delay.max / 1e9;
    delay.reset();
    return longest;
  });
  metrics.gauge('nodejs_eventloop_utilization', {}, () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, lastLoop);
    lastLoop = now;
    return utilization;
  });
  metrics.gauge('nodejs_info', { version: process.version }, () => 1);
  metrics.gauge('system_cpu_count', {}, () => availableParallelism());
  metrics.gauge('system_load_average_1m', {}, () => loadavg()[0] ?? 0);
  return { [Symbol.dispose]: () => delay.disable() };
}
