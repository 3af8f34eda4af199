import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { root } from '../../scripts/checks/repository.ts';

const indexPage = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>application</title>
<script type="importmap">{"imports":{"keycloak-js":"/keycloak.js"}}</script>
<script type="module">
import Keycloak from 'keycloak-js';
window.startAdapter = (url, options) => { window.keycloak = new Keycloak({ url, realm: 'test', clientId: 'spa' }); return window.keycloak.init(options); };
</script></head><body></body></html>`;

const silentPage = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>silent</title></head><body><script>parent.postMessage(location.href, location.origin)</script></body></html>`;

/** A single-page application that loads the stock keycloak-js; the tests drive it from the page. */
export async function startSpaServer(): Promise<{ origin: string; close(): Promise<void> }> {
  const library = readFileSync(join(root, 'node_modules/keycloak-js/lib/keycloak.js'));
  const server: Server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    if (path === '/keycloak.js') response.writeHead(200, { 'content-type': 'text/javascript' }).end(library);
    else if (path === '/silent-check-sso.html') response.writeHead(200, { 'content-type': 'text/html' }).end(silentPage);
    else response.writeHead(200, { 'content-type': 'text/html' }).end(indexPage);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
