import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import { answerPreflight } from './cors.ts';

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/** One endpoint of the protocol with its methods; OPTIONS answers preflights, every other method 405. */
export interface Endpoint {
  readonly url: string;
  readonly handlers: Readonly<Partial<Record<'GET' | 'POST', Handler>>>;
  /** What a preflight is told. */
  readonly corsMethods: string;
}

const METHODS: readonly HTTPMethods[] = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'];

/** Declares an endpoint. GET answers HEAD too. */
export function declareEndpoint(app: FastifyInstance, endpoint: Endpoint): void {
  for (const method of ['GET', 'POST'] as const) {
    const handler = endpoint.handlers[method];
    if (handler) app.route({ method, url: endpoint.url, handler });
  }
  app.options(endpoint.url, (request, reply) => answerPreflight(request, reply, endpoint.corsMethods));
  const others = METHODS.filter((method) => !(method in endpoint.handlers));
  app.route({
    method: others,
    url: endpoint.url,
    handler: (_request, reply) => reply.code(405).send({ error: 'HTTP 405 Method Not Allowed' }),
  });
}
