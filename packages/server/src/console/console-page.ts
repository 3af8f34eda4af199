import type { FastifyReply } from 'fastify';
import { builtConsole } from './built-consoles.ts';
import { THEME } from './console-files.ts';
import { textsFor } from './console-texts.ts';

/** What a console's page is made of. */
export interface ConsolePage {
  readonly console: 'admin' | 'account';
  /** Language of what stands on the page before the console shows its own. */
  readonly locale: string;
  /** Base URLs of this server as the browser sees them; the page may ask these and no others. */
  readonly serverUrls: readonly string[];
  /** What the console reads from the page, beside the address of its files. */
  readonly environment: Readonly<Record<string, unknown>>;
  /** Path in front of all addresses, '' or `/auth`. */
  readonly pathPrefix: string;
}

/** Sends the page that loads a console: no script and no style in it but those of files. */
export function sendConsolePage(reply: FastifyReply, page: ConsolePage): FastifyReply {
  const built = builtConsole(page.console);
  const resourceUrl = `${page.pathPrefix}/resources/${built.tag}/${page.console}/${THEME}`;
  const texts = textsFor(page.console, page.locale);
  const text = (key: string): string => escaped(texts[key] ?? '');
  const environment = { ...page.environment, resourceUrl, resourceVersion: built.tag, logo: '', logoUrl: '' };
  const styles = built.styles.map((file) => `<link rel="stylesheet" href="${resourceUrl}/${file}">`).join('\n    ');
  return reply
    .headers({
      'content-security-policy': contentSecurityPolicy(page.serverUrls),
      'cache-control': 'no-cache',
      'content-type': 'text/html; charset=utf-8',
      'content-language': page.locale,
    })
    .send(`<!DOCTYPE html>
<html lang="${escaped(page.locale)}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${text('pageTitle')}</title>
    <link rel="icon" type="image/svg+xml" href="${resourceUrl}/favicon.svg">
    ${styles}
    <script type="module" src="${resourceUrl}/${built.script}"></script>
  </head>
  <body data-page-id="${page.console}">
    <div id="app"><main class="keygrid-loading">${text('loading')} …</main></div>
    <noscript>${text('scriptsNeeded')}</noscript>
    <script id="environment" type="application/json">${jsonInHtml(environment)}</script>
  </body>
</html>
`);
}

/** PatternFly positions its menus with style attributes; everything else comes from files of this server. */
function contentSecurityPolicy(serverUrls: readonly string[]): string {
  const servers = [...new Set(["'self'", ...serverUrls.map((url) => new URL(url).origin)])].join(' ');
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src ${servers}`,
    `frame-src ${servers}`,
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'self'",
  ].join('; ');
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** JSON that cannot end the element it stands in. */
const jsonInHtml = (value: unknown): string =>
  JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
