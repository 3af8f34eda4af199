import type { Client } from '../model/index.ts';

/**
 * Redirect URI rules (RFC 6749 section 3.1.2, RFC 8252 section 7.3, RFC 9700 section 4.1): exact, or a trailing `*` as the only
 * wildcard. What a browser could read in another way than we do (dot segments in any encoding, user info, backslashes, control
 * characters) is refused before it is compared.
 */
const MAX_LENGTH = 4_000;
const MAX_DECODINGS = 5;
/** Characters of RFC 3986. */
const URI = /^[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9._~:/?#[\]@!$&'()*+,;=%-]*$/;
const SCRIPT_SCHEMES: ReadonlySet<string> = new Set(['javascript', 'data', 'vbscript', 'blob', 'file', 'about']);
const DOT_SEGMENT = /(?:^|[\\/])\.{1,2}(?:;[^\\/]*)?(?:[\\/]|$)/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
const CONTROL = /[\u0000-\u001f\u007f]/;
const LOOPBACK_PORT = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost)):\d{1,5}(?=[/?#]|$)/;

/** Parameters that only this server may put into an answer: of two of one name an application may read the first (CVE-2026-9689). */
const ANSWERS: ReadonlySet<string> = new Set(
  'code state session_state iss id_token access_token token_type expires_in error error_description error_uri response kc_action kc_action_status'.split(
    ' ',
  ),
);

/** Whether the query or the fragment of a URI says what an answer says. */
function holdsAnswer(uri: string): boolean {
  const [, query = '', fragment = ''] = /^[^?#]*(?:\?([^#]*))?(?:#(.*))?$/.exec(uri) ?? [];
  return [query, fragment].some((part) => [...new URLSearchParams(part).keys()].some((name) => ANSWERS.has(name)));
}

/** Whether a URI can be compared at all. */
function isComparable(uri: string): boolean {
  if (uri.length > MAX_LENGTH || !URI.test(uri)) return false;
  if (SCRIPT_SCHEMES.has(uri.slice(0, uri.indexOf(':')).toLowerCase())) return false;
  if (/^[^/?#]*:\/\/[^/?#]*@/.test(uri)) return false;
  let path = uri.split(/[?#]/, 1)[0] ?? '';
  for (let i = 0; i <= MAX_DECODINGS; i += 1) {
    if (DOT_SEGMENT.test(path) || CONTROL.test(path)) return false;
    if (!path.includes('%')) return true;
    try {
      path = decodeURIComponent(path);
    } catch {
      return i > 0;
    }
  }
  return false;
}

/** Resolves a registered URI: relative ones stand under the client's root URL, else under the server. */
function resolve(registered: string, client: Client, baseUrl: string): string {
  if (!registered.startsWith('/')) return registered;
  const root = client.rootUrl === undefined || client.rootUrl === '' ? baseUrl : resolveRootUrl(client.rootUrl, baseUrl);
  return `${root.replace(/\/+$/, '')}${registered}`;
}

/** Replaces the placeholders that built-in clients carry. */
function resolveRootUrl(rootUrl: string, baseUrl: string): string {
  return rootUrl.replace(/\$\{auth(?:Base|Admin)Url\}/, () => baseUrl);
}

function matches(registered: string, uri: string): boolean {
  if (!registered.endsWith('*') || registered.includes('?')) return registered === uri;
  if (holdsAnswer(uri)) return false;
  if (registered === '*') return /^https?:\/\//.test(uri);
  let prefix = registered.slice(0, -1);
  // A wildcard right after the host must not reach into the host name.
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/]*$/.test(prefix)) prefix += '/';
  const bare = uri.split('?', 1)[0] ?? uri;
  return bare.startsWith(prefix) || (prefix.endsWith('/') && bare === prefix.slice(0, -1));
}

/** Whether `uri` is one of `registered`. */
export function isRegistered(uri: string, registered: readonly string[], client: Client, baseUrl: string): boolean {
  if (!isComparable(uri)) return false;
  // Native applications listen on a port that they learn at run time.
  const withoutPort = uri.replace(LOOPBACK_PORT, '$1');
  return registered.some((entry) => {
    const resolved = resolve(entry, client, baseUrl);
    return matches(resolved, uri) || (withoutPort !== uri && matches(resolved, withoutPort));
  });
}

/**
 * The redirect URI to use for a request: the one it names if it is registered, or the client's only one if it names none.
 * Undefined = refuse, without a redirect.
 */
export function acceptedRedirectUri(client: Client, requested: string | undefined, baseUrl: string): string | undefined {
  if (requested !== undefined) return isRegistered(requested, client.redirectUris, client, baseUrl) ? requested : undefined;
  const [only, ...others] = client.redirectUris;
  if (only === undefined || others.length > 0) return undefined;
  const uri = resolve(only, client, baseUrl).replace(/\/?\*$/, '');
  return isComparable(uri) ? uri : undefined;
}

/** Registered targets after a logout: attribute `post.logout.redirect.uris`; `+` or nothing = the redirect URIs, `-` = none. */
export function isRegisteredPostLogout(client: Client, uri: string, baseUrl: string): boolean {
  const entries = (client.attributes['post.logout.redirect.uris'] || '+').split('##').filter((entry) => entry !== '');
  if (entries[0] === '-') return false;
  const registered = entries.flatMap((entry) => (entry === '+' ? client.redirectUris : [entry]));
  return isRegistered(uri, registered, client, baseUrl);
}
