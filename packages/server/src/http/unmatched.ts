import type { FastifyInstance } from 'fastify';

/** Pattern of a route as a regular expression: `:name` is one path segment, `*` the rest. */
function patternOf(url: string): RegExp {
  const source = url
    .split('/')
    .map((part) =>
      part.startsWith(':') ? '[^/]+' : part === '*' ? '.*' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/:[A-Za-z]+/g, '[^/]+'),
    )
    .join('/');
  return new RegExp(`^${source}/?$`);
}

/**
 * Answers what no route matches in Keycloak's words: 405 where another method would match, else 404. Must be called before routes are registered.
 */
export function answerUnmatched(app: FastifyInstance, explain: (path: string) => string | undefined = () => undefined): void {
  const patterns = new Map<string, { readonly pattern: RegExp; readonly methods: Set<string> }>();
  app.addHook('onRoute', (route) => {
    const known = patterns.get(route.url) ?? { pattern: patternOf(route.url), methods: new Set<string>() };
    for (const method of Array.isArray(route.method) ? route.method : [route.method]) known.methods.add(method);
    patterns.set(route.url, known);
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '/';
    const allowed = [...patterns.values()].filter((known) => known.pattern.test(path)).flatMap((known) => [...known.methods]);
    if (allowed.length === 0) return reply.code(404).send({ error: explain(path) ?? 'HTTP 404 Not Found' });
    return reply
      .code(405)
      .header('allow', [...new Set(allowed)].join(', '))
      .send({ error: 'HTTP 405 Method Not Allowed' });
  });
}
