import type { FastifyReply, FastifyRequest } from 'fastify';
import { requestContext } from '../http/request-context.ts';
import type { Realm } from '../model/index.ts';

/** Names of the browser's cookies; scripts and proxies know them. */
export const COOKIE = {
  authenticationSession: 'AUTH_SESSION_ID',
  authenticationSessionHash: 'KC_AUTH_SESSION_HASH',
  restart: 'KC_RESTART',
  identity: 'KEYCLOAK_IDENTITY',
  session: 'KEYCLOAK_SESSION',
  rememberMe: 'KEYCLOAK_REMEMBER_ME',
  locale: 'KEYCLOAK_LOCALE',
} as const;

export interface CookieOptions {
  readonly httpOnly: boolean;
  /** Absent = until the browser ends. */
  readonly maxAgeSeconds?: number | undefined;
}

/** Writes and reads the cookies of one realm on one request. */
export interface BrowserCookies {
  read(name: string): string | undefined;
  set(name: string, value: string, options: CookieOptions): void;
  expire(name: string): void;
}

/** Value characters that need no quotes (RFC 6265 cookie-octet without the ones that old parsers trip over). */
const PLAIN_VALUE = /^[A-Za-z0-9._~!$&'*+\-^|]*$/;
const LOOPBACK_ORIGIN = /^http:\/\/(?:localhost|[^/:]+\.localhost|127\.0\.0\.1|\[::1\])(?::\d+)?(?:\/|$)/;
/** Safari does not take Secure cookies over plain http, not even from the own machine. */
const SAFARI = /Version\/[\d.]+.* Safari\//;

/** Whether the browser will take cookies marked Secure: over https, and on the own machine where browsers trust plain http. */
function isSecureContext(request: FastifyRequest): boolean {
  const context = requestContext(request);
  if (context.secure) return true;
  return LOOPBACK_ORIGIN.test(context.baseUrl) && !SAFARI.test(request.headers['user-agent'] ?? '');
}

/** Path part of a base URL, without a trailing slash. */
function pathOf(baseUrl: string): string {
  const slash = baseUrl.indexOf('/', baseUrl.indexOf('://') + 3);
  return slash < 0 ? '' : baseUrl.slice(slash);
}

export function browserCookies(request: FastifyRequest, reply: FastifyReply, realm: Realm): BrowserCookies {
  const path = `${pathOf(requestContext(request).baseUrl)}/realms/${encodeURIComponent(realm.realm)}/`;
  const sameSite = isSecureContext(request) ? { secure: ';Secure', mode: ';SameSite=None' } : { secure: '', mode: ';SameSite=Lax' };
  return {
    // The parser decodes percent signs but leaves the quotes that old browsers and we put around other characters.
    read: (name) => request.cookies[name]?.replace(/^"(.*)"$/, '$1'),
    set(name, value, { httpOnly, maxAgeSeconds }) {
      const text = PLAIN_VALUE.test(value) ? value : `"${value.replace(/["\\\r\n;]/g, '')}"`;
      const age = maxAgeSeconds === undefined ? '' : `;Max-Age=${maxAgeSeconds}`;
      const scripts = httpOnly ? ';HttpOnly' : '';
      reply.header('set-cookie', `${name}=${text};Version=1;Path=${path}${age}${sameSite.secure}${scripts}${sameSite.mode}`);
    },
    expire(name) {
      reply.header('set-cookie', `${name}=;Version=1;Path=${path};Max-Age=0`);
    },
  };
}
