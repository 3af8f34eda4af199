import { afterEach, describe, expect, it } from 'vitest';
import { createLogger } from '../observability/create-logger.ts';
import { createMetrics } from '../observability/create-metrics.ts';
import { registerProcessMetrics } from '../observability/process-metrics.ts';
import { type ManagementServer, startManagementServer } from './management-server.ts';

const logger = createLogger('test', { thresholds: { of: () => 0 }, outputs: [], nowMs: () => 0 });
let server: ManagementServer | undefined;
afterEach(() => server?.stop());

describe('the management listener', () => {
  it('answers over a real socket, process figures included, and frees its port at the end', async () => {
    const metrics = createMetrics({ enabled: true });
    using _figures = registerProcessMetrics(metrics);
    const options = {
      host: '127.0.0.1',
      relativePath: '/',
      health: { started: [], live: [], ready: [] },
      metricsServed: true,
      metrics,
      logger,
    };
    server = await startManagementServer({ ...options, port: 0 });
    const { port } = server;
    const reply = await fetch(`http://127.0.0.1:${port}/metrics`);
    expect(reply.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    const text = await reply.text();
    for (const name of ['process_cpu_time_ns_total', 'process_resident_memory_bytes', 'nodejs_eventloop_utilization', 'system_cpu_count']) {
      expect(text).toMatch(new RegExp(`^${name} \\d`, 'm'));
    }
    expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200);
    await expect(startManagementServer({ ...options, port })).rejects.toThrow('EADDRINUSE');
    await server.stop();
    server = await startManagementServer({ ...options, port });
    expect(server.port).toBe(port);
  });
});
