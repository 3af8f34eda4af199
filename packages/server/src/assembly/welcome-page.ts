import type { FastifyInstance } from 'fastify';

const PAGE = `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Keygrid</title></head>
<body>
<h1>Keygrid</h1>
<p>This is an identity server. Applications send people here to log in; there is nothing to see at this address.</p>
<p>A realm describes itself at <code>/realms/&lt;name&gt;/.well-known/openid-configuration</code>.</p>
</body>
</html>
`;

/** What somebody finds who opens the bare address; without it a working server looks broken. */
export function registerWelcomePage(app: FastifyInstance): void {
  app.get('/', (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
      .header('cache-control', 'no-cache')
      .send(PAGE),
  );
}
