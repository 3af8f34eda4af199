import { describe, expect, it } from 'vitest';
import { createLogger } from '../observability/create-logger.ts';
import { createMetrics } from '../observability/create-metrics.ts';
import { checkNames, type HealthCheck } from './health.ts';
import { createManagementServer, type ManagementOptions } from './management-server.ts';

const logger = createLogger('test', { thresholds: { of: () => 0 }, outputs: [], nowMs: () => 0 });
const up = (name: string): HealthCheck => ({ name, run: () => ({ up: true }) });
const down = (name: string): HealthCheck => ({ name, run: () => ({ up: false, data: { reason: 'x' } }) });
const health = { started: [], live: [], ready: [up(checkNames.shutdown), up(checkNames.initialized), up(checkNames.cluster)] };

function server(given: Partial<ManagementOptions> = {}) {
  const metrics = createMetrics({ enabled: true });
  return createManagementServer({ host: '127.0.0.1', port: 0, relativePath: '/', health, metricsServed: true, metrics, logger, ...given });
}

describe('the management interface', () => {
  it('answers readiness with the checks by name', async () => {
    const reply = await server().inject('/health/ready');
    expect(reply.statusCode).toBe(200);
    expect(reply.headers['content-type']).toBe('application/json; charset=UTF-8');
    expect(reply.headers['cache-control']).toBe('no-store');
    expect(reply.json()).toEqual({
      status: 'UP',
      checks: [
        { name: 'Graceful Shutdown', status: 'UP' },
        { name: 'Keycloak Initialized', status: 'UP' },
        { name: 'Keycloak cluster health check', status: 'UP' },
      ],
    });
    expect((await server().inject('/health')).json()).toMatchObject({ status: 'UP' });
  });

  it('lays empty checks out as observed', async () => {
    for (const path of ['/health/live', '/health/started']) {
      expect((await server().inject(path)).body).toBe('{\n    "status": "UP",\n    "checks": [\n    ]\n}');
    }
  });

  it('answers 503 where one check is down or fails', async () => {
    const broken: HealthCheck = {
      name: 'broken',
      run: () => {
        throw new Error('secret reason');
      },
    };
    for (const check of [down('a'), broken]) {
      const reply = await server({ health: { ...health, ready: [...health.ready, check] } }).inject('/health/ready');
      expect(reply.statusCode).toBe(503);
      expect(reply.json()).toMatchObject({ status: 'DOWN' });
      expect(reply.body).not.toContain('secret reason');
    }
  });

  it('serves metrics as OpenMetrics text', async () => {
    const reply = await server().inject('/metrics');
    expect(reply.headers['content-type']).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(reply.body.endsWith('# EOF\n')).toBe(true);
  });

  it('serves only what is switched on', async () => {
    const app = server({ health: undefined, metricsServed: false });
    expect((await app.inject('/health')).statusCode).toBe(404);
    expect((await app.inject('/metrics')).statusCode).toBe(404);
    expect((await app.inject('/')).body).not.toContain('/metrics');
  });

  it('serves under its relative path', async () => {
    const app = server({ relativePath: '/management' });
    expect((await app.inject('/management/health/ready')).statusCode).toBe(200);
    expect((await app.inject('/health/ready')).statusCode).toBe(404);
    expect((await app.inject('/management')).body).toContain('/management/metrics');
  });

  it('answers unknown and malformed addresses without details', async () => {
    for (const path of ['/nope', '/health/%zz', '/health/ready/more']) {
      const reply = await server().inject(path);
      expect([404, 400]).toContain(reply.statusCode);
      expect(reply.body).toBe('<html><body><h1>Resource not found</h1></body></html>');
    }
  });
});
