import { constants } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import fastifyCookie from '@fastify/cookie';
import fastifyFormbody from '@fastify/formbody';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import { ReplyError, ServerError } from './errors.ts';
import { createFrontendUrls, type FrontendUrlOptions } from './frontend-urls.ts';
import { measureRequests } from './request-metrics.ts';
import { isWellEncoded, parseStrictForm } from './strict-form.ts';
import { answerUnmatched } from './unmatched.ts';

/** Largest request body where a route sets no limit of its own. */
export const DEFAULT_BODY_LIMIT_BYTES = 1_048_576;
/** Largest form; token and login forms need a few kilobytes, and Keycloak refuses those beyond this, too. */
export const FORM_LIMIT_BYTES = 262_144;

const REQUEST_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
const MAX_HEADER_BYTES = 65_536;

export interface HttpServerOptions {
  readonly frontend: FrontendUrlOptions;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Options of node:tls (certificate, key, client authentication, versions); undefined = plain http. */
  readonly tls?: (Readonly<object> & { readonly requestCert?: boolean }) | undefined;
  /** Requests served at once beyond which new ones get 503 (option `http-max-queued-requests`); undefined = no limit. */
  readonly maxConcurrentRequests?: number | undefined;
  /** Asked before each request; a ServerError refuses it (a fenced node, a server that is stopping). */
  readonly gate?: ((path: string) => Promise<ServerError | undefined> | undefined) | undefined;
  /** Other words for a path that nothing serves. */
  readonly explainUnmatched?: ((path: string) => string | undefined) | undefined;
}

/** A session that is resumed knows the certificate of the client, but not those that it was sent with. */
const WITHOUT_TICKETS = { secureOptions: constants.SSL_OP_NO_TICKET } as const;

/** Fixed headers of every answer; pages add the realm's own. */
const BASE_HEADERS = {
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
  'x-robots-tag': 'none',
  // Browsers heed it over https only, which may end at a proxy that this server knows nothing of.
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
} as const;
/** JSON is UTF-8 (RFC 8259 section 8.1); a charset parameter has no meaning, and clients that compare do not expect it. */
const JSON_WITH_CHARSET = 'application/json; charset=utf-8';

/** Admin clients send a trailing slash on 16 of their calls; the routes are declared without. */
function stripAdminSlash(url: string): string {
  const queryAt = url.indexOf('?');
  const path = queryAt < 0 ? url : url.slice(0, queryAt);
  if (path.length < 2 || !path.endsWith('/') || !path.includes('/admin/realms')) return url;
  return path.slice(0, -1) + (queryAt < 0 ? '' : url.slice(queryAt));
}

/** The main interface without its routes: parsing, limits, errors, headers and request metrics. */
export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const { logger, metrics } = options;
  const app = fastify({
    logger: false,
    bodyLimit: DEFAULT_BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    frameworkErrors: (_error: Error, _request: FastifyRequest, reply: FastifyReply) => reply.code(400).send(),
    routerOptions: { maxParamLength: 8_192 },
    rewriteUrl: (request: { url?: string }) => stripAdminSlash(request.url ?? '/'),
    onProtoPoisoning: 'error',
    ...(options.tls === undefined
      ? {}
      : { https: { ...options.tls, ...(options.tls.requestCert === true ? WITHOUT_TICKETS : {}), maxHeaderSize: MAX_HEADER_BYTES } }),
    http: { maxHeaderSize: MAX_HEADER_BYTES },
  } as Parameters<typeof fastify>[0]) as unknown as FastifyInstance;
  app.decorate('frontendUrls', createFrontendUrls(options.frontend));
  app.decorateRequest('keygridContext', null);
  await app.register(fastifyCookie);
  await app.register(fastifyFormbody, { bodyLimit: FORM_LIMIT_BYTES, parser: parseStrictForm });
  answerUnmatched(app, options.explainUnmatched);

  let active = 0;
  app.addHook('onRequest', async (request, reply) => {
    active += 1;
    reply.headers(BASE_HEADERS);
    if (options.maxConcurrentRequests !== undefined && active > options.maxConcurrentRequests) {
      throw new ServerError('KG_STATE_UNAVAILABLE', 'More requests than this node serves at once');
    }
    const { url } = request;
    if (url.includes('%')) {
      if (!isWellEncoded(url)) throw new ReplyError(400, null);
      if (/%00/.test(url)) throw new ReplyError(400, { error: 'Blocking invalid query parameter value' });
    }
    const held = options.gate?.(request.url);
    const refusal = held === undefined ? undefined : await held;
    if (refusal !== undefined) throw refusal;
  });
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (reply.getHeader('content-type') === JSON_WITH_CHARSET) reply.header('content-type', 'application/json');
    done(null, payload);
  });
  app.addHook('onResponse', async () => {
    active -= 1;
  });
  if (options.tls?.requestCert === true) refuseUnknownCertificates(app);
  if (metrics.enabled) measureRequests(app, metrics, () => active);
  installErrorHandler(app, logger);
  return app;
}

/** A certificate that no trusted authority vouches for ends the connection, also where none is demanded: nobody shall take it for a proof. */
function refuseUnknownCertificates(app: FastifyInstance): void {
  app.server.on('secureConnection', (socket: TLSSocket) => {
    if (!socket.authorized && socket.getPeerX509Certificate() !== undefined) socket.destroy();
  });
}

/** Turns every error into an answer without a stack trace; unexpected ones are logged once, with the stack. */
function installErrorHandler(app: FastifyInstance, logger: Logger): void {
  app.setErrorHandler((error: Error & { statusCode?: number; code?: string }, request, reply) => {
    if (error instanceof ReplyError) {
      reply.code(error.statusCode).headers(error.headers);
      return error.body === null ? reply.send() : reply.send(error.body);
    }
    if (error instanceof ServerError) {
      if (error.retryAfterSeconds !== undefined) reply.header('retry-after', String(error.retryAfterSeconds));
      if (error.statusCode >= 500 && error.statusCode !== 503)
        logger.error(`${request.method} ${request.routeOptions.url ?? ''}: ${error.message}`, { error });
      return reply.code(error.statusCode).send({ error: error.code, error_description: error.message });
    }
    const status = error.statusCode ?? 500;
    if (status < 500) return reply.code(status).send({ error: 'invalid_request', error_description: badRequestText(error.code) });
    logger.error(`${request.method} ${request.routeOptions.url ?? ''} failed`, { error });
    return reply.code(500).send({ error: 'unknown_error', error_description: 'For more on this error consult the server log.' });
  });
}

function badRequestText(code: string | undefined): string {
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return 'The request body is too large';
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return 'The content type is not supported';
  if (code === 'FST_ERR_CTP_INVALID_JSON_BODY' || code === 'FST_ERR_CTP_EMPTY_JSON_BODY') return 'The request body is not valid JSON';
  return 'The request cannot be read';
}
