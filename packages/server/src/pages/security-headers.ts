import { createHash } from 'node:crypto';
import type { Realm } from '../model/index.ts';

/** Keys of the realm's `browserSecurityHeaders` and the headers they become, with Keycloak's defaults. */
const HEADERS: readonly (readonly [key: string, header: string, otherwise: string])[] = [
  ['contentSecurityPolicyReportOnly', 'content-security-policy-report-only', ''],
  ['xContentTypeOptions', 'x-content-type-options', 'nosniff'],
  ['referrerPolicy', 'referrer-policy', 'no-referrer'],
  ['xRobotsTag', 'x-robots-tag', 'none'],
  ['xFrameOptions', 'x-frame-options', 'SAMEORIGIN'],
  ['strictTransportSecurity', 'strict-transport-security', 'max-age=31536000; includeSubDomains'],
];

const DEFAULT_POLICY = "frame-src 'self'; frame-ancestors 'self'; object-src 'none';";
/** Our pages need a style sheet and nothing else. No form-action: browsers apply it to the redirect back to the application too. */
const STRICT: Readonly<Record<string, string>> = {
  'default-src': "'none'",
  'style-src': "'self'",
  'img-src': "'self'",
  'base-uri': "'none'",
};

/** How a page departs from the strict policy. */
export interface PagePolicy {
  /** The one inline script that may run, by its text. */
  readonly script?: string | undefined;
  /** Whether other origins may frame the page (the iframes of keycloak-js). */
  readonly framedByAnyone?: boolean | undefined;
  /** Origins of others that the page may frame. */
  readonly frames?: readonly string[] | undefined;
  /** Whether the script may ask this server. */
  readonly connect?: boolean | undefined;
  /** Whether pictures may stand in the text of the page (data: addresses). */
  readonly pictures?: boolean | undefined;
}

function directives(policy: string): Map<string, string> {
  const out = new Map<string, string>();
  for (const part of policy.split(';')) {
    const [name = '', ...values] = part.trim().split(/\s+/);
    if (name !== '') out.set(name.toLowerCase(), values.join(' '));
  }
  return out;
}

function build(realm: Realm, page: PagePolicy): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const [key, header, otherwise] of HEADERS) {
    const value = realm.browserSecurityHeaders[key] ?? otherwise;
    if (value !== '' && !/[\r\n]/.test(value)) headers[header] = value;
  }
  const policy = new Map(Object.entries(STRICT));
  // What the administrator set wins over ours, directive by directive.
  for (const [name, value] of directives(realm.browserSecurityHeaders['contentSecurityPolicy'] ?? DEFAULT_POLICY)) policy.set(name, value);
  if (page.script !== undefined) {
    policy.set('script-src', `'sha256-${createHash('sha256').update(page.script).digest('base64')}'`);
  }
  if (page.frames !== undefined) {
    const own = policy.get('frame-src') ?? '';
    policy.set('frame-src', [own === "'none'" ? '' : own, ...page.frames].join(' ').trim());
  }
  if (page.pictures === true) policy.set('img-src', `${policy.get('img-src') ?? "'self'"} data:`);
  if (page.connect === true) policy.set('connect-src', "'self'");
  if (page.framedByAnyone === true) {
    policy.delete('frame-ancestors');
    delete headers['x-frame-options'];
  }
  headers['content-security-policy'] = [...policy].map(([name, value]) => `${name} ${value}`.trim()).join('; ');
  return headers;
}

const STRICT_PAGE: PagePolicy = {};
const cache = new WeakMap<Realm, Map<PagePolicy, Readonly<Record<string, string>>>>();

/** Headers of a page of this realm. A policy without `frames` must be a constant: results are kept per realm and policy. */
export function securityHeaders(realm: Realm, page: PagePolicy = STRICT_PAGE): Readonly<Record<string, string>> {
  if (page.frames !== undefined) return build(realm, page);
  let ofRealm = cache.get(realm);
  if (ofRealm === undefined) {
    ofRealm = new Map();
    cache.set(realm, ofRealm);
  }
  let headers = ofRealm.get(page);
  if (headers === undefined) {
    headers = build(realm, page);
    ofRealm.set(page, headers);
  }
  return headers;
}
