import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import type { ServerContext } from '../context.ts';
import { type PageHandler, page } from './browser-request.ts';

const METHODS: readonly HTTPMethods[] = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'];

/**
 * Declares a page at an address: these methods are handled, OPTIONS is answered empty unless told otherwise, every other method gets 405.
 * @param elsewhere methods of the address that another part of the server answers
 */
export function declarePage(
  app: FastifyInstance,
  context: ServerContext,
  url: string,
  handlers: Readonly<Partial<Record<'GET' | 'POST', PageHandler>>>,
  answerOptions: (request: FastifyRequest, reply: FastifyReply) => FastifyReply = (_request, reply) => reply.code(200).send(),
  elsewhere: readonly HTTPMethods[] = [],
): void {
  for (const method of ['GET', 'POST'] as const) {
    const handler = handlers[method];
    if (handler !== undefined) app.route({ method, url, handler: page(context, handler) });
  }
  app.options(url, answerOptions);
  const others = METHODS.filter((method) => !(method in handlers) && !elsewhere.includes(method));
  app.route({ method: others, url, handler: (_request, reply) => reply.code(405).send({ error: 'HTTP 405 Method Not Allowed' }) });
}
