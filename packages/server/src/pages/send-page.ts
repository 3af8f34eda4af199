import type { FastifyReply } from 'fastify';
import type { ProtocolAnswer } from '../authentication/login-protocol.ts';
import type { BrowserRequest } from './browser-request.ts';
import { type PagePolicy, securityHeaders } from './security-headers.ts';
import { baseTheme } from './theme.ts';

/** A message above the page's content. */
export interface Alert {
  readonly type: 'error' | 'warning' | 'info';
  readonly message: string;
  readonly parameters?: readonly string[] | undefined;
}

export interface PageContent {
  /** Name of the template. */
  readonly template: string;
  readonly status?: number | undefined;
  /** Message key of the heading. */
  readonly heading: string;
  readonly alert?: Alert | undefined;
  readonly data?: Readonly<Record<string, unknown>> | undefined;
}

const LOCALE = 'en';
/** Sends the form as soon as it is there; without scripts the button does. */
const FORM_POST_SCRIPT = 'document.forms[0].submit();';
const FORM_POST_POLICY: PagePolicy = { script: FORM_POST_SCRIPT };
const NO_STORE = 'no-store, must-revalidate, max-age=0';

/** The text of a message of the realm's theme. */
export function text(key: string, parameters: readonly string[] = []): string {
  return baseTheme().message(key, parameters);
}

const templateText = (key: string, ...parameters: string[]): string => text(key, parameters);

function sendHtml(browser: BrowserRequest, status: number, html: string, policy?: PagePolicy, cacheControl = NO_STORE): FastifyReply {
  return browser.reply
    .code(status)
    .headers(securityHeaders(browser.realm, policy))
    .header('cache-control', cacheControl)
    .header('content-language', LOCALE)
    .header('content-type', 'text/html;charset=utf-8')
    .send(html);
}

/** Renders a page of the realm's theme. */
export function sendPage(browser: BrowserRequest, page: PageContent): FastifyReply {
  const theme = baseTheme();
  const realmName = browser.realm.displayName || browser.realm.realm;
  const html = theme.render(page.template, {
    locale: LOCALE,
    page: page.template,
    title: text('loginTitle', [realmName]),
    realmName,
    heading: text(page.heading),
    resources: `${pathOf(browser.http.baseUrl)}/resources/${theme.resourceTag}/login`,
    alert: page.alert && { type: page.alert.type, text: text(page.alert.message, page.alert.parameters) },
    msg: templateText,
    ...page.data,
  });
  return sendHtml(browser, page.status ?? 200, html);
}

/** The error page: the same look for everything that cannot be told to the application. */
export function sendErrorPage(browser: BrowserRequest, status: number, message: string, parameters: readonly string[] = []): FastifyReply {
  return sendPage(browser, {
    template: 'error',
    status,
    heading: 'errorHeading',
    data: { message: text(message, parameters), backUrl: undefined },
  });
}

/** Sends the browser back to the application. */
export function sendAnswer(browser: BrowserRequest, answer: ProtocolAnswer): FastifyReply {
  if (answer.kind === 'redirect') return sendRedirect(browser, answer.url);
  const html = baseTheme().render('form-post', {
    locale: LOCALE,
    action: answer.action,
    parameters: Object.entries(answer.parameters),
    script: FORM_POST_SCRIPT,
    msg: templateText,
  });
  return sendHtml(browser, 200, html, FORM_POST_POLICY);
}

/** A 302 that nothing keeps. */
export function sendRedirect(browser: BrowserRequest, url: string): FastifyReply {
  return browser.reply.code(302).headers(securityHeaders(browser.realm)).header('cache-control', NO_STORE).header('location', url).send();
}

/** A document with a script that other origins frame; `html` is a constant. */
export function sendFramedDocument(browser: BrowserRequest, html: string, policy: PagePolicy): FastifyReply {
  // The server's own default for answers that are no pages would win over a header that is not set here.
  if (policy.framedByAnyone === true) browser.reply.removeHeader('x-frame-options');
  return sendHtml(browser, 200, html, policy, 'no-cache, must-revalidate, no-transform, no-store');
}

function pathOf(baseUrl: string): string {
  const slash = baseUrl.indexOf('/', baseUrl.indexOf('://') + 3);
  return slash < 0 ? '' : baseUrl.slice(slash);
}
