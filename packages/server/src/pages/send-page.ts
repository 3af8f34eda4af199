import type { FastifyReply } from 'fastify';
import type { ProtocolAnswer } from '../authentication/login-protocol.ts';
import { localizationTexts } from '../realm/localization.ts';
import { Message, translated, withTexts } from '../theme/message.ts';
import { type Theme, themeText } from '../theme/theme.ts';
import type { BrowserRequest } from './browser-request.ts';
import { languageLinks } from './languages.ts';
import { type PagePolicy, securityHeaders } from './security-headers.ts';

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
  /** Message key of the heading, or its text. */
  readonly heading: string | Message;
  readonly alert?: Alert | undefined;
  /** Messages in it are put into the language of the page. */
  readonly data?: Readonly<Record<string, unknown>> | undefined;
  /** How the page departs from the strict policy. */
  readonly policy?: PagePolicy | undefined;
  /** An address that shows the page again: people may choose their language there. */
  readonly again?: string | undefined;
}

/** Sends the form as soon as it is there; without scripts the button does. */
const FORM_POST_SCRIPT = 'document.forms[0].submit();';
const FORM_POST_POLICY: PagePolicy = { script: FORM_POST_SCRIPT };
const NO_STORE = 'no-store, must-revalidate, max-age=0';

/** A message of the realm's theme, for whatever language the page will be in. */
export function text(key: string, parameters: readonly (string | Message)[] = []): Message {
  return new Message(key, parameters);
}

interface Words {
  readonly theme: Theme;
  /** The text of a key in the language of the page; the realm's own texts stand above those of the theme. */
  say(key: string, ...parameters: string[]): string;
}

function wordsOf({ context, realm, locale, themeName }: BrowserRequest): Words {
  const theme = context.themes.of('login', themeName ?? realm.loginTheme);
  const own = localizationTexts(realm)[locale] ?? {};
  return { theme, say: (key, ...parameters) => themeText(theme, own, locale, key, parameters) };
}

function sendHtml(browser: BrowserRequest, status: number, html: string, policy?: PagePolicy, cacheControl = NO_STORE): FastifyReply {
  return browser.reply
    .code(status)
    .headers(securityHeaders(browser.realm, policy))
    .header('cache-control', cacheControl)
    .header('content-language', browser.locale)
    .header('content-type', 'text/html;charset=utf-8')
    .send(html);
}

/** Renders a page of the realm's theme. */
export function sendPage(browser: BrowserRequest, page: PageContent): FastifyReply {
  const { theme, say } = wordsOf(browser);
  const translate = (key: string, parameters: readonly string[]): string => say(key, ...parameters);
  const realmName = browser.realm.displayName || browser.realm.realm;
  const resources = `${pathOf(browser.http.baseUrl)}/resources/${theme.resourceTag}/login`;
  const html = theme.render(page.template, {
    locale: browser.locale,
    page: page.template,
    title: say('loginTitle', realmName),
    realmName,
    heading: typeof page.heading === 'string' ? say(page.heading) : translated(page.heading, translate),
    resources,
    styles: theme.styles.map((style) => `${resources}/${style}`),
    languages: languageLinks(browser, page.again, (locale) => say(`locale_${locale}`)),
    alert: page.alert && { type: page.alert.type, text: say(page.alert.message, ...(page.alert.parameters ?? [])) },
    msg: say,
    ...(withTexts({ ...page.data }, translate) as object),
  });
  return sendHtml(browser, page.status ?? 200, html, page.policy);
}

/** The error page: the same look for everything that cannot be told to the application. */
export function sendErrorPage(
  browser: BrowserRequest,
  status: number,
  message: string,
  parameters: readonly string[] = [],
  backUrl?: string,
): FastifyReply {
  return sendPage(browser, {
    template: 'error',
    status,
    heading: 'errorHeading',
    data: { message: text(message, parameters), backUrl },
  });
}

/** Sends the browser back to the application. */
export function sendAnswer(browser: BrowserRequest, answer: ProtocolAnswer): FastifyReply {
  if (answer.kind === 'redirect') return sendRedirect(browser, answer.url);
  const { theme, say } = wordsOf(browser);
  const html = theme.render('form-post', {
    locale: browser.locale,
    action: answer.action,
    parameters: Object.entries(answer.parameters),
    script: FORM_POST_SCRIPT,
    msg: say,
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
