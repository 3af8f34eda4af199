import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../context.ts';
import { declarePage } from '../pages/page-route.ts';
import type { PagePolicy } from '../pages/security-headers.ts';
import { sendFramedDocument } from '../pages/send-page.ts';
import { STORAGE_ACCESS_SCRIPT } from './storage-access-script.ts';

/**
 * keycloak-js frames step 1 to learn whether the browser lets framed pages have cookies: step 1 sets some and goes on to step 2,
 * which looks for them. The parent is told "supported" or "unsupported".
 */
const SET_COOKIES = `
${STORAGE_ACCESS_SCRIPT}
hasStorageAccess().then((access) => {
  if (!access) {
    window.parent.postMessage('unsupported', '*');
    return;
  }
  document.cookie = 'KEYCLOAK_3P_COOKIE=supported; Max-Age=60';
  document.cookie = 'KEYCLOAK_3P_COOKIE_SAMESITE=supported; Max-Age=60; SameSite=None; Secure';
  window.location = 'step2.html';
});
`;
const LOOK_FOR_COOKIES = `
const found = document.cookie.includes('KEYCLOAK_3P_COOKIE');
document.cookie = 'KEYCLOAK_3P_COOKIE=; Max-Age=0';
document.cookie = 'KEYCLOAK_3P_COOKIE_SAMESITE=; Max-Age=0; SameSite=None; Secure';
window.parent.postMessage(found ? 'supported' : 'unsupported', '*');
`;

export function registerThirdPartyCookies(app: FastifyInstance, context: ServerContext): void {
  const base = '/realms/:realm/protocol/openid-connect/3p-cookies';
  for (const [name, script] of [
    ['step1.html', SET_COOKIES],
    ['step2.html', LOOK_FOR_COOKIES],
  ] as const) {
    const html = `<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Cookies</title></head><body><script>${script}</script></body></html>\n`;
    // Step 1 navigates the frame to step 2, which stands on this server: frame-src is not about that.
    const policy: PagePolicy = { script, framedByAnyone: true };
    declarePage(app, context, `${base}/${name}`, { GET: async (browser) => sendFramedDocument(browser, html, policy) });
  }
}
