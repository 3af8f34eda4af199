import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { TlsListenerOptions } from '../config/tls-material.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import { type HealthChecks, registerHealth } from './health-routes.ts';
import { registerMetrics } from './metrics-route.ts';

export interface ManagementOptions {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** `/` or `/path`. */
  readonly relativePath: string;
  readonly tls?: TlsListenerOptions | undefined;
  /** Undefined: health is not served here. */
  readonly health?: HealthChecks | undefined;
  readonly metricsServed: boolean;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

export interface ManagementServer {
  /** The port in use. */
  readonly port: number;
  stop(): Promise<void>;
}

const REQUEST_TIMEOUT_MS = 10_000;
const MAX_BODY_BYTES = 1_024;
const NOT_FOUND = '<html><body><h1>Resource not found</h1></body></html>';

/** A path that is no path at all does not even reach the error handler. */
function answerBrokenUrl(_error: Error, _request: FastifyRequest, reply: FastifyReply): void {
  void reply.code(404).type('text/html; charset=utf-8').send(NOT_FOUND);
}

function create(options: ManagementOptions): FastifyInstance {
  const common = {
    logger: false,
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
    frameworkErrors: answerBrokenUrl,
  } as const;
  if (options.tls === undefined) return fastify(common);
  return fastify({ ...common, https: { ...options.tls } }) as unknown as FastifyInstance;
}

function indexPage(prefix: string, options: ManagementOptions): string {
  const links = [
    ...(options.health === undefined ? [] : [`<li><a href="${prefix}/health">${prefix}/health</a> - Health endpoint</li>`]),
    ...(options.metricsServed ? [`<li><a href="${prefix}/metrics">${prefix}/metrics</a> - Metrics endpoint</li>`] : []),
  ];
  return `<!doctype html>\n<html lang="en">\n<title>Keygrid Management Interface</title>\n<h2>Keygrid Management Interface</h2>\n<ul>${links.join('\n')}</ul>\n</html>\n`;
}

/** Builds the routes without listening. */
export function createManagementServer(options: ManagementOptions): FastifyInstance {
  const app = create(options);
  const prefix = options.relativePath === '/' ? '' : options.relativePath.replace(/\/+$/, '');
  if (options.health !== undefined) registerHealth(app, options.health, prefix);
  if (options.metricsServed) registerMetrics(app, options.metrics, prefix);
  app.get(prefix === '' ? '/' : prefix, (_request, reply) => reply.type('text/html; charset=utf-8').send(indexPage(prefix, options)));
  app.setNotFoundHandler((_request, reply) => reply.code(404).type('text/html; charset=utf-8').send(NOT_FOUND));
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) options.logger.error('The management interface failed to answer', { error });
    return reply.code(status).type('text/html; charset=utf-8').send(NOT_FOUND);
  });
  return app;
}

/** Opens the management listener. A taken port rejects with the system's error. */
export async function startManagementServer(options: ManagementOptions): Promise<ManagementServer> {
  const app = createManagementServer(options);
  await app.listen({ host: options.host, port: options.port });
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  const shownHost = options.host.includes(':') ? `[${options.host}]` : options.host;
  options.logger.info(`Management interface listening on ${options.tls === undefined ? 'http' : 'https'}://${shownHost}:${port}.`);
  return { port, stop: () => app.close() };
}
