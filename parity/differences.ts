import { adminDifferences } from './admin-client/differences.ts';
import { brokeringDifferences } from './brokering-differences.ts';
import { certificateDifferences } from './certificate-differences.ts';
import { registrationDifferences } from './registration-differences.ts';

/** A way in which this server shows something else than the original, on purpose. Members that are left out match everything. */
export interface Difference {
  /** `family | walk`. */
  readonly walk?: string;
  readonly step?: string | RegExp;
  readonly entry: string | RegExp;
  /** The original's value; `absent` where it shows nothing. */
  readonly original?: string | RegExp;
  /** This server's value; `absent` where it shows nothing. */
  readonly here?: string | RegExp;
  /** What differs, for the page of differences. */
  readonly what: string;
  readonly reason: string;
}

/** Anything but `absent`. */
const shown = /^(?!absent$)/;
const stricter = 'stricter, and nothing that a client reads';
const noFeature = 'the feature is not there; the document names what the server does and nothing else';

/** Every deliberate difference of the walks; docs/differences.md is made from this table. */
export const walkDifferences: readonly Difference[] = [
  {
    entry: 'header content-security-policy',
    here: /^default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; /,
    what: 'The Content-Security-Policy of pages and redirects begins with `default-src none`.',
    reason: stricter,
  },
  {
    entry: 'header content-security-policy',
    original: "frame-src 'self'; frame-ancestors 'self'; object-src 'none';",
    here: 'absent',
    what: 'Answers of revocation and of logout by refresh token carry no Content-Security-Policy.',
    reason: 'they have no body that it could protect',
  },
  {
    entry: 'header x-frame-options',
    original: 'absent',
    here: 'SAMEORIGIN',
    what: 'X-Frame-Options stands on every answer, also on redirects and empty ones.',
    reason: stricter,
  },
  {
    entry: 'header cache-control',
    original: /^(?:absent|no-cache)$/,
    here: 'no-store, must-revalidate, max-age=0',
    what: 'Error pages of the authorization endpoint and all answers of logout to browsers must not be stored.',
    reason: stricter,
  },
  {
    walk: 'extensions | pushed requests',
    entry: /^header (?:cache-control|pragma)$/,
    original: 'absent',
    what: 'Answers to pushed authorization requests must not be stored.',
    reason: stricter,
  },
  {
    walk: 'cors | others',
    step: 'revocation, foreign',
    entry: 'header cache-control',
    here: 'no-store',
    what: 'The refusal of a foreign origin must not be stored.',
    reason: stricter,
  },
  {
    entry: /^cookie (?:AUTH_SESSION_ID|KC_AUTH_SESSION_HASH|KC_RESTART)$/,
    original: shown,
    here: 'absent',
    what: 'A request that is answered without a page (prompt=none, single sign-on, logout with an ID token) opens no authentication session and sets no cookies for one.',
    reason: 'nothing has to be remembered; the cluster holds one entry less for each such request',
  },
  {
    step: /^(?:hint without prompt|still logged in|single sign-on|an unknown provider|no provider)$/,
    entry: /^cookie (?:AUTH_SESSION_ID|KC_AUTH_SESSION_HASH)$/,
    original: 'absent',
    what: 'Single sign-on beside an open page of another login sets AUTH_SESSION_ID back to the session that answered.',
    reason: 'a balancer that follows the cookie then finds the owner of the session',
  },
  {
    entry: /^field username(?: value)?$/,
    original: 'absent',
    step: /^(?:action page|nothing|not the same|too short|no digit)$/,
    what: 'The form for a new password has a hidden field with the user name.',
    reason: 'password managers store the new password under the right name',
  },
  {
    walk: 'actions | password policy',
    entry: 'ids',
    what: 'Errors of the form for a new password have an id each, which their field names as its description.',
    reason: 'screen readers say the error together with the field',
  },
  {
    entry: 'labels',
    original: 'password username',
    here: 'kc-attempted-username password',
    what: 'The label of a fixed user name belongs to the field that shows it.',
    reason: 'the original labels a field that is not on the page',
  },
  {
    entry: /^link \/realms\/[^/]+\/login-actions\/restart/,
    original: 'absent',
    what: '"Restart login" is a link.',
    reason: 'it works without JavaScript',
  },
  {
    walk: 'login | refreshed pages',
    step: 'action by GET',
    entry: 'ids',
    what: "Opening a form's address by GET shows the form; it does not count as an empty submission.",
    reason: 'a reload is no try to log in',
  },
  {
    entry: /^(?:language|header content-language)$/,
    original: 'absent',
    here: 'en',
    what: 'The documents that post themselves, and those for hidden frames, say their language.',
    reason: 'every page says it',
  },
  {
    entry: 'header content-type',
    original: 'text/html',
    here: 'text/html;charset=utf-8',
    what: 'The document of response_mode=form_post says its charset.',
    reason: 'parameters outside ASCII arrive whole',
  },
  {
    walk: 'cors | preflights',
    step: 'userinfo',
    entry: 'header access-control-allow-methods',
    what: 'A preflight of userinfo allows POST, too.',
    reason: 'userinfo takes POST (OpenID Connect Core section 5.3)',
  },
  {
    walk: 'cors | preflights',
    step: 'token/introspect',
    entry: /^header (?:allow|access-control-.*)$/,
    what: 'Preflights are answered in the same way at every endpoint, introspection included.',
    reason: 'one rule; the answer itself still carries no CORS headers',
  },
  {
    walk: 'cors | preflights',
    step: 'auth',
    entry: 'header allow',
    what: 'OPTIONS at the authorization endpoint has no Allow header.',
    reason: 'browsers visit it and never ask',
  },
  {
    walk: 'documents | unknown paths',
    step: /^at the root/,
    entry: /^(?:header .*|json\.error|ids|language)$/,
    what: 'Paths outside of realms answer as those in realms do: 404 with JSON and the usual headers, whatever the Accept header says.',
    reason: 'nothing is there, for people or programs',
  },
  {
    entry: /^json\.(?:backchannel_(?:token|auth)|mtls_)/,
    original: shown,
    here: 'absent',
    what: 'The discovery document has no members for CIBA: the feature `ciba` is not there, and whoever switches it on is told that it has no effect.',
    reason: noFeature,
  },
  {
    entry: 'header cache-control',
    original: 'absent',
    here: 'no-cache',
    what: 'Every answer of Admin REST that is no error says no-cache; the original leaves it out for some changes.',
    reason: stricter,
  },
  {
    walk: 'flows | read',
    entry: /^json\.(?:description|helpText|properties\[\d\]\.(?:helpText|label))$/,
    original: shown,
    here: shown,
    what: 'Flows, steps and their settings are described in other words.',
    reason: 'texts for people, our own',
  },
  {
    walk: 'links | forgotten password',
    entry: 'field ',
    original: 'type=submit id=kc-form-buttons',
    here: 'absent',
    what: 'The button of the page for a forgotten password has no empty name.',
    reason: 'nothing is sent for it either way',
  },
  {
    entry: /^json\.(?:grant_types|subject_types|prompt_values|\w+_auth_methods|\w+_encryption_alg_values)_supported$/,
    what: 'The lists of the discovery document are shorter: grants, subject types, prompts, client authentication, algorithms of encryption.',
    reason: noFeature,
  },
  {
    walk: 'documents | discovery',
    step: 'POST',
    entry: /^(?:status|json\.error)$/,
    original: /404/,
    here: /405/,
    what: 'POST to the discovery document is answered 405.',
    reason: 'the document is there, the method is not',
  },
  {
    walk: 'grants | bad requests',
    step: /^urn:.*(?:ciba|jwt-bearer)$/,
    entry: /^json\.error(?:_description)?$/,
    what: 'CIBA and JWT bearer grants are refused with `unsupported_grant_type`.',
    reason: 'the features are not there',
  },
  {
    walk: 'grants | kinds of clients',
    step: /^lightweight/,
    entry: 'json.refresh_token claims.sub',
    original: 'absent',
    what: 'Refresh tokens of clients with lightweight access tokens name the user.',
    reason: 'only this server reads them, and it checks the user against the session',
  },
  ...brokeringDifferences,
  ...certificateDifferences,
  ...registrationDifferences,
  ...adminDifferences,
];
