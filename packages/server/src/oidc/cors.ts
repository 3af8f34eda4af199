import type { FastifyReply, FastifyRequest } from 'fastify';
import { ReplyError } from '../http/errors.ts';
import { requestContext } from '../http/request-context.ts';
import type { Client } from '../model/index.ts';
import { isAllowedOrigin } from '../model/web-origins.ts';

const ALLOWED_HEADERS =
  'Origin, Access-Control-Request-Method, X-Requested-With, Accept, Access-Control-Request-Headers, DPoP, Content-Type, Authorization';
const MAX_AGE_SECONDS = 3_600;

/** Answers a preflight. Any origin may ask; whether it may read is decided when the client is known. */
export function answerPreflight(request: FastifyRequest, reply: FastifyReply, methods: string): FastifyReply {
  const { origin } = request.headers;
  if (origin !== undefined) {
    reply.headers({
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': methods,
      'access-control-allow-headers': ALLOWED_HEADERS,
      'access-control-max-age': String(MAX_AGE_SECONDS),
    });
  }
  return reply.code(200).send();
}

/** CORS headers of documents that everyone may read. */
export function allowAnyOrigin(request: FastifyRequest, reply: FastifyReply): void {
  const { origin } = request.headers;
  if (origin !== undefined) reply.headers({ 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' });
}

/** Lets the page that sent a bad token read why it was refused; nothing else is in such an answer. */
export function exposeChallenge(request: FastifyRequest, reply: FastifyReply): void {
  allowAnyOrigin(request, reply);
  if (request.headers.origin !== undefined) reply.header('access-control-expose-headers', 'Access-Control-Allow-Methods, WWW-Authenticate');
}

/** CORS headers of answers for one client; refuses with 403 where the page's origin is not among the client's web origins. */
export function allowOriginOf(client: Client, request: FastifyRequest, reply: FastifyReply): void {
  const { origin } = request.headers;
  if (origin === undefined) return;
  if (!isAllowedOrigin(client, origin) && origin !== new URL(requestContext(request).baseUrl).origin) {
    throw new ReplyError(403, { error: 'Invalid origin' }, { 'cache-control': 'no-store' });
  }
  reply.headers({
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': 'Access-Control-Allow-Methods',
  });
}
