import type { FastifyInstance } from 'fastify';
import { ReplyError } from '../http/errors.ts';
import { baseTheme } from './theme.ts';

const ONE_YEAR = 'public, max-age=31536000, immutable';
/** A page of another version may still be open while nodes are replaced: its address must not pin what it got from us. */
const SHORT = 'public, max-age=60';

/** Style sheets and images of the pages, under an address that changes with their content. */
export function registerPageResources(app: FastifyInstance): void {
  app.get('/resources/:tag/login/:name', async (request, reply) => {
    const { tag, name } = request.params as { tag: string; name: string };
    const theme = baseTheme();
    const resource = theme.resource(name);
    if (resource === undefined) throw new ReplyError(404, { error: 'Unable to find matching target resource method' });
    return reply
      .header('content-type', resource.contentType)
      .header('cache-control', tag === theme.resourceTag ? ONE_YEAR : SHORT)
      .send(resource.body);
  });
}
