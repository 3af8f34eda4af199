import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import type { FastifyInstance } from 'fastify';
import type { Metrics } from '../observability/metrics.ts';
import { uriTemplate } from './uri-template.ts';

const OUTCOMES = ['INFORMATIONAL', 'SUCCESS', 'REDIRECTION', 'CLIENT_ERROR', 'SERVER_ERROR'];

export function outcomeOf(status: number): string {
  return OUTCOMES[Math.floor(status / 100) - 1] ?? 'UNKNOWN';
}

interface Bytes {
  messages: number;
  bytes: number;
}

/** Bodies that went one way on the listeners of one port. */
function countBytes(metrics: Metrics, name: string, labels: Readonly<Record<string, string>>): Bytes {
  const counted: Bytes = { messages: 0, bytes: 0 };
  metrics.summary(name, labels, { count: () => counted.messages, sum: () => counted.bytes });
  return counted;
}

/** Counts requests, their times and their bodies, under Keycloak's names. `active` tells how many are being served. */
export function measureRequests(app: FastifyInstance, metrics: Metrics, active: () => number): void {
  const requests = metrics.timer('http_server_requests_seconds');
  let connections = 0;
  app.server.on('connection', (socket: Socket) => {
    connections += 1;
    socket.once('close', () => {
      connections -= 1;
    });
  });
  let port: { read: Bytes; written: Bytes } | undefined;
  app.addHook('onListen', async () => {
    const address = app.server.address();
    const labels = { server_port: String(typeof address === 'object' && address !== null ? address.port : address) };
    const scheme = app.server instanceof TlsServer ? 'https' : 'http';
    metrics.gauge('http_server_active_requests', { ...labels, url_scheme: scheme }, active);
    metrics.gauge('http_server_active_connections', labels, () => connections);
    port = {
      read: countBytes(metrics, 'http_server_bytes_read', labels),
      written: countBytes(metrics, 'http_server_bytes_written', labels),
    };
  });
  app.addHook('onResponse', async (request, reply) => {
    requests.observe(reply.elapsedTime / 1000, {
      method: request.method,
      outcome: outcomeOf(reply.statusCode),
      status: String(reply.statusCode),
      uri: uriTemplate(request.routeOptions.url),
    });
    if (port === undefined) return;
    port.read.messages += 1;
    port.read.bytes += Number(request.headers['content-length'] ?? 0) || 0;
    port.written.messages += 1;
    port.written.bytes += Number(reply.getHeader('content-length') ?? 0) || 0;
  });
}
