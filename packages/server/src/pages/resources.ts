import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../context.ts';
import { ReplyError } from '../http/errors.ts';

const ONE_YEAR = 'public, max-age=31536000, immutable';
/** A page of another version may still be open while nodes are replaced: its address must not pin what it got from us. */
const SHORT = 'public, max-age=60';

/** Style sheets and images of the pages, under an address that changes with their content. */
export function registerPageResources(app: FastifyInstance, { themes }: Pick<ServerContext, 'themes'>): void {
  app.get('/resources/:tag/login/*', async (request, reply) => {
    const { tag, '*': name } = request.params as { tag: string; '*': string };
    const theme = themes.byTag('login', tag);
    const resource = (theme ?? themes.of('login', undefined)).resource(name);
    if (resource === undefined) throw new ReplyError(404, { error: 'Unable to find matching target resource method' });
    return reply
      .header('content-type', resource.contentType)
      .header('cache-control', theme !== undefined ? ONE_YEAR : SHORT)
      .send(resource.body);
  });
}
