import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../context.ts';
import { isAllowedOrigin } from '../model/web-origins.ts';
import { declarePage } from '../pages/page-route.ts';
import type { PagePolicy } from '../pages/security-headers.ts';
import { sendFramedDocument } from '../pages/send-page.ts';
import { STORAGE_ACCESS_SCRIPT } from './storage-access-script.ts';

/**
 * Session status for keycloak-js (after OpenID Connect Session Management 1.0): the application frames this page and posts
 * "<client id> <session id>"; the answer is `unchanged`, `changed` or `error`. The page compares the hash of the session id with
 * KEYCLOAK_SESSION by itself and asks the server once whether the application's origin may know.
 */
const SCRIPT = `
${STORAGE_ACCESS_SCRIPT}
let allowed;
let asked = false;
function sessionCookie() {
  for (const part of document.cookie.split(';')) {
    const at = part.indexOf('=');
    if (part.slice(0, at).trim() === 'KEYCLOAK_SESSION') return part.slice(at + 1).trim().replace(/^"|"$/g, '');
  }
  return '';
}
async function hashOf(sessionId) {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-384', new TextEncoder().encode(sessionId)));
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
async function mayKnow(clientId, origin) {
  if (allowed !== undefined) return allowed.clientId === clientId && allowed.origin === origin;
  if (asked) return false;
  asked = true;
  const url = new URL(location.origin + location.pathname + '/init');
  url.searchParams.set('client_id', clientId);
  url.searchParams.set('origin', origin);
  const answer = await fetch(url);
  if (!answer.ok) return false;
  allowed = { clientId, origin };
  return true;
}
async function statusOf(clientId, origin, sessionId) {
  if (!(await hasStorageAccess()) || !(await mayKnow(clientId, origin))) return 'error';
  const cookie = sessionCookie();
  if (cookie === '') return sessionId === '' ? 'unchanged' : 'changed';
  return (await hashOf(sessionId)) === cookie ? 'unchanged' : 'changed';
}
window.addEventListener('message', async (event) => {
  if (typeof event.data !== 'string') return;
  const parts = event.data.split(' ');
  if (parts.length !== 2) return;
  let status;
  try {
    status = await statusOf(parts[0], event.origin, parts[1]);
  } catch {
    status = 'error';
  }
  event.source.postMessage(status, event.origin);
});
`;
const DOCUMENT = `<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Login status</title></head><body><script>${SCRIPT}</script></body></html>\n`;
const POLICY: PagePolicy = { script: SCRIPT, connect: true, framedByAnyone: true };

export function registerLoginStatusIframe(app: FastifyInstance, context: ServerContext): void {
  const url = '/realms/:realm/protocol/openid-connect/login-status-iframe.html';
  declarePage(app, context, url, { GET: async (browser) => sendFramedDocument(browser, DOCUMENT, POLICY) });
  declarePage(app, context, `${url}/init`, {
    async GET({ context: { state }, realm, query, reply, http }) {
      const { client_id: clientId, origin } = query;
      const client = clientId === undefined ? undefined : await state.directory.clientByClientId(realm, clientId);
      const known =
        client?.enabled === true && origin !== undefined && (isAllowedOrigin(client, origin) || origin === new URL(http.baseUrl).origin);
      return reply.code(known ? 204 : 403).send();
    },
  });
}
