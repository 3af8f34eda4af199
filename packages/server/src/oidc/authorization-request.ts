import type { Client } from '../model/index.ts';
import { wantsEncryption } from '../token/encryption.ts';
import { requestedClaims } from '../token/requested-claims.ts';
import { codeChallengeProblem } from './code-challenge.ts';
import { acceptedRedirectUri } from './redirect-uri.ts';
import { issuesTokens, parseResponseType, type ResponseMode, responseModeOf } from './response-type.ts';

/** Parameters as the web framework read them: a repeated one is an array. */
export type RawParameters = Readonly<Record<string, unknown>>;

/** An authorization request that may go on to the login. */
export interface AuthorizationRequest {
  readonly redirectUri: string;
  /** What the tab and the code remember: the known parameters, as they came. */
  readonly clientNotes: Readonly<Record<string, string>>;
  readonly prompts: readonly string[];
  readonly maxAgeSeconds: number | undefined;
  readonly loginHint: string | undefined;
}

export type RequestVerdict =
  | { readonly kind: 'ok'; readonly request: AuthorizationRequest }
  /** The client cannot be told: an error page. */
  | { readonly kind: 'page'; readonly status: number; readonly message: string; readonly parameter?: string | undefined }
  | {
      readonly kind: 'redirect';
      readonly redirectUri: string;
      readonly mode: ResponseMode;
      readonly state: string | undefined;
      readonly error: string;
      readonly description: string | undefined;
    };

/** Where to tell that the mode itself cannot be read. */
const PLAIN_QUERY: ResponseMode = { carrier: 'query', signed: false };
/** Longer values are left out, as if they had not been sent. */
const MAX_PARAMETER_LENGTH = 4_000;
/** Parameters that travel with the tab. */
const KEPT = [
  'response_type',
  'response_mode',
  'scope',
  'state',
  'nonce',
  'redirect_uri',
  'code_challenge',
  'code_challenge_method',
  'dpop_jkt',
  'prompt',
  'max_age',
  'login_hint',
  'ui_locales',
  'acr_values',
  'claims',
  'display',
  'kc_action',
  'kc_idp_hint',
] as const;

function first(value: unknown): string | undefined {
  const one: unknown = Array.isArray(value) ? value[0] : value;
  return typeof one === 'string' && one !== '' ? one : undefined;
}

/**
 * Checks an authorization request of a known, enabled client in Keycloak's order: redirect URI first, so that the rest can be told.
 * @param validScope whether the client may ask for the scope in `raw`
 */
export function checkAuthorizationRequest(client: Client, raw: RawParameters, baseUrl: string, validScope: boolean): RequestVerdict {
  const get = (name: string) => first(raw[name]);
  const maxAge = get('max_age');
  // Request objects are not taken here; to ignore one would be to ignore its signature.
  const unreadable = get('request') !== undefined || get('request_uri') !== undefined;
  if (unreadable || (maxAge !== undefined && !/^\d{1,9}$/.test(maxAge)))
    return { kind: 'page', status: 400, message: 'invalidRequestMessage' };
  // OpenID Connect demands the parameter (Core section 3.1.2.1); plain OAuth may leave it out where a client has one URI.
  const isOpenId = get('scope')?.split(' ').includes('openid') === true;
  const requested = get('redirect_uri');
  const redirectUri = requested === undefined && isOpenId ? undefined : acceptedRedirectUri(client, requested, baseUrl);
  if (redirectUri === undefined) {
    return { kind: 'page', status: 400, message: 'invalidParameterMessage', parameter: 'redirect_uri' };
  }
  const state = get('state');
  const typeText = get('response_type');
  const type = typeText === undefined ? undefined : parseResponseType(typeText);
  const mode = responseModeOf(type, get('response_mode'));
  const refuse = (error: string, description?: string): RequestVerdict => ({
    kind: 'redirect',
    redirectUri,
    mode: mode ?? PLAIN_QUERY,
    state,
    error,
    description,
  });
  if (typeText === undefined) return refuse('invalid_request', 'Missing parameter: response_type');
  if (type === undefined) return refuse('unsupported_response_type');
  const direct = issuesTokens(type);
  if (mode === undefined) return refuse('invalid_request', 'Invalid parameter: response_mode');
  if (direct && mode.carrier === 'query') {
    if (!mode.signed) return refuse('invalid_request', "Response_mode 'query' not allowed for implicit or hybrid flow");
    if (!wantsEncryption(client, 'authorization')) return refuse('invalid_request', TOKENS_IN_QUERY);
  }
  if ((type.code || !direct) && !client.standardFlowEnabled) return refuse('unauthorized_client', disabledFlow('Standard'));
  if (direct && !client.implicitFlowEnabled) return refuse('unauthorized_client', disabledFlow('Implicit'));

  // An answer through the browser comes with no proof, so that its tokens could be bound to nothing (RFC 9449 section 1).
  if (direct && client.attributes['dpop.bound.access.tokens'] === 'true') return refuse('unauthorized_client', UNBOUND);

  for (const name of KEPT) {
    const value = raw[name];
    if (Array.isArray(value)) return refuse('invalid_request', 'duplicated parameter');
  }
  const scope = get('scope');
  if (scope !== undefined && (!validScope || scope.length > MAX_PARAMETER_LENGTH))
    return refuse('invalid_scope', `Invalid scopes: ${scope}`);
  const claims = get('claims');
  if (claims !== undefined && requestedClaims(claims) === undefined) return refuse('invalid_request', 'Invalid parameter: claims');
  if (direct && get('nonce') === undefined) return refuse('invalid_request', 'Missing parameter: nonce');
  if (type.code) {
    const problem = codeChallengeProblem(client, get('code_challenge'), get('code_challenge_method'));
    if (problem !== undefined) return refuse('invalid_request', problem);
  }
  const clientNotes: Record<string, string> = {};
  for (const name of KEPT) {
    const value = get(name);
    if (value !== undefined && value.length <= MAX_PARAMETER_LENGTH) clientNotes[name] = value;
  }
  return {
    kind: 'ok',
    request: {
      redirectUri,
      clientNotes,
      prompts: (get('prompt') ?? '').split(' ').filter((prompt) => prompt !== ''),
      maxAgeSeconds: maxAge === undefined ? undefined : Number(maxAge),
      loginHint: get('login_hint'),
    },
  };
}

const UNBOUND = 'DPoP is not supported for implicit nor hybrid flows. Client requires DPoP bound access tokens.';

/** Tokens in an address end in logs and histories, unless nobody but the client can read them (JARM section 2.3.1). */
const TOKENS_IN_QUERY = "Response_mode 'query.jwt' is allowed only when the authorization response token is encrypted";

function disabledFlow(flow: string): string {
  return `Client is not allowed to initiate browser login with given response_type. ${flow} flow is disabled for the client.`;
}
