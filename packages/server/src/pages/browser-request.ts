import type { FastifyReply, FastifyRequest } from 'fastify';
import { type BrowserCookies, browserCookies, COOKIE } from '../authentication/browser-cookies.ts';
import type { ServerContext } from '../context.ts';
import { ReplyError, ServerError } from '../http/errors.ts';
import { type RequestContext, requestContext } from '../http/request-context.ts';
import type { Realm } from '../model/index.ts';
import { needsHttps } from '../security/ssl-required.ts';
import { localeFor } from '../theme/locale.ts';
import { sendErrorPage } from './send-page.ts';

/** Everything a page handler knows of one request. */
export interface BrowserRequest {
  readonly context: ServerContext;
  readonly realm: Realm;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly cookies: BrowserCookies;
  readonly http: RequestContext;
  readonly issuer: string;
  /** Language of the pages. */
  readonly locale: string;
  /** Theme of the application, where it has one of its own. */
  readonly themeName?: string | undefined;
  /** URL parameters; of a repeated one the first. */
  readonly query: Readonly<Record<string, string>>;
  /** Form fields; of a repeated one the first. */
  readonly form: Readonly<Record<string, string>>;
  /** All values of a form field. */
  readonly values: (name: string) => readonly string[];
}

export type PageHandler = (browser: BrowserRequest) => Promise<FastifyReply>;

function firstValues(source: unknown): Readonly<Record<string, string>> {
  if (typeof source !== 'object' || source === null) return {};
  const out: Record<string, string> = {};
  for (const [name, value] of Object.entries(source)) {
    const one: unknown = Array.isArray(value) ? value[0] : value;
    if (typeof one === 'string') out[name] = one;
  }
  return out;
}

function allValues(source: unknown, name: string): readonly string[] {
  if (typeof source !== 'object' || source === null || !Object.hasOwn(source, name)) return [];
  const value: unknown = Reflect.get(source, name);
  return [value].flat().filter((one): one is string => typeof one === 'string');
}

/** Refuses addresses whose query cannot be decoded, or hides a zero byte from whoever reads the value later. */
function checkQuery(url: string): void {
  const at = url.indexOf('?');
  if (at < 0 || !url.includes('%', at)) return;
  let decoded: string;
  try {
    decoded = decodeURIComponent(url.slice(at));
  } catch {
    throw new ReplyError(400, '');
  }
  if (decoded.includes('\u0000')) throw new ReplyError(400, { error: 'Blocking invalid query parameter value' });
}

/** Wraps a page handler: finds the realm, refuses plain http where the realm demands https, and answers overload with a page. */
export function page(context: ServerContext, handle: PageHandler) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    checkQuery(request.url);
    const name = (request.params as { realm?: string }).realm ?? '';
    const realm = await context.state.directory.realmByName(name);
    if (realm === undefined) throw new ReplyError(404, { error: 'Realm does not exist' });
    const http = requestContext(request);
    const cookies = browserCookies(request, reply, realm);
    const query = firstValues(request.query);
    const browser: BrowserRequest = {
      context,
      realm,
      request,
      reply,
      http,
      cookies,
      issuer: http.issuer(realm.realm),
      locale: localeFor(realm, {
        ofClient: query['ui_locales'],
        cookie: cookies.read(COOKIE.locale),
        acceptLanguage: request.headers['accept-language'],
      }),
      query,
      form: firstValues(request.body),
      values: (name) => allValues(request.body, name),
    };
    if (!realm.enabled) return sendErrorPage(browser, 400, 'realmNotEnabledMessage');
    if (needsHttps(realm, http)) return sendErrorPage(browser, 403, 'httpsRequiredMessage');
    try {
      return await handle(browser);
    } catch (error) {
      if (!(error instanceof ServerError) || error.statusCode !== 503) throw error;
      reply.header('retry-after', String(error.retryAfterSeconds ?? 1));
      return sendErrorPage(browser, 503, 'serverBusyMessage');
    }
  };
}
