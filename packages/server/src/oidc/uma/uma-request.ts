import type { FastifyRequest } from 'fastify';
import type { Json } from '../../authorization/policies/policy-type.ts';
import type { Wanted } from '../../authorization/wished.ts';
import { invalidRequest, OAuthError } from '../oauth-error.ts';

/** Most permissions that one request may ask for. */
const MAX_WANTED = 200;
const MAX_CLAIM_TOKEN_LENGTH = 16_384;
const JWT_FORMAT = 'urn:ietf:params:oauth:token-type:jwt';
const ID_TOKEN_FORMAT = 'http://openid.net/specs/openid-connect-core-1_0.html#IDToken';

/** Parameters of the grant that have a form of their own. */
export interface UmaRequest {
  readonly audience: string | undefined;
  readonly ticket: string | undefined;
  readonly rpt: string | undefined;
  readonly wanted: readonly Wanted[];
  readonly byUri: boolean;
  readonly matchingUri: boolean;
  readonly furtherScopes: readonly string[];
  readonly mode: string | undefined;
  readonly names: boolean;
  readonly limit: number;
  readonly submit: boolean;
  /** What the client pushed. */
  readonly claims: Readonly<Record<string, readonly string[]>> | undefined;
  /** Whether the subject is shown by an id token. */
  readonly byIdToken: boolean;
}

/** @throws OAuthError 400 invalid_request. */
export function umaRequestOf(request: FastifyRequest, form: ReadonlyMap<string, string>): UmaRequest {
  const format = form.get('claim_token_format');
  if (format !== undefined && format !== JWT_FORMAT && format !== ID_TOKEN_FORMAT) {
    throw invalidRequest(`Claim token format [${format}] not supported`);
  }
  const claimToken = form.get('claim_token');
  return {
    audience: form.get('audience'),
    ticket: form.get('ticket'),
    rpt: form.get('rpt'),
    wanted: wantedOf(request),
    byUri: form.get('permission_resource_format') === 'uri',
    matchingUri: form.get('permission_resource_matching_uri') === 'true',
    furtherScopes: (form.get('scope') ?? '').split(' ').filter((word) => word !== ''),
    mode: form.get('response_mode'),
    names: form.get('response_include_resource_name') !== 'false',
    limit: limitOf(form.get('response_permissions_limit')),
    submit: form.get('submit_request') !== 'false',
    // Of other formats than a set of claims the token says who asks; nothing is pushed by it.
    claims: claimToken === undefined || format !== JWT_FORMAT ? undefined : claimsOf(claimToken),
    byIdToken: format === ID_TOKEN_FORMAT,
  };
}

/** `permission` may come more than once: `resource`, `resource#scope,scope`, `#scope`. */
function wantedOf(request: FastifyRequest): readonly Wanted[] {
  const { body } = request;
  const value: unknown = typeof body === 'object' && body !== null ? (body as Json)['permission'] : undefined;
  const list: readonly unknown[] = value === undefined ? [] : Array.isArray(value) ? value : [value];
  if (list.length > MAX_WANTED) throw invalidRequest('too many permissions');
  return list.flatMap((one): Wanted[] => {
    if (typeof one !== 'string' || one.includes('\0')) throw invalidRequest('a permission cannot be read');
    const [resource = '', scopes = ''] = one.split('#');
    const names = scopes.split(',').filter((name) => name !== '');
    return resource === '' && names.length === 0 ? [] : [{ resource: resource === '' ? undefined : resource, scopes: names }];
  });
}

function limitOf(text: string | undefined): number {
  if (text === undefined || text === '') return Number.POSITIVE_INFINITY;
  if (!/^\d{1,9}$/.test(text)) throw invalidRequest('response_permissions_limit is no number');
  return Number(text);
}

/** A claim token is a JSON object in base64url: name -> list of texts. */
function claimsOf(token: string): Readonly<Record<string, readonly string[]>> {
  const bad = () => new OAuthError(400, 'invalid_request', 'Invalid claims');
  if (token.length > MAX_CLAIM_TOKEN_LENGTH) throw bad();
  let claims: unknown;
  try {
    claims = JSON.parse(Buffer.from(token, 'base64url').toString());
  } catch {
    throw bad();
  }
  return claimMapOf(claims) ?? raise(bad());
}

/** Name -> list of texts; undefined where it is something else. */
export function claimMapOf(claims: unknown): Readonly<Record<string, readonly string[]>> | undefined {
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) return undefined;
  const entries = Object.entries(claims).map(([name, value]: [string, unknown]) => [name, Array.isArray(value) ? value : [value]] as const);
  const plain = entries.every(([, values]) => values.every((one: unknown) => typeof one !== 'object'));
  return plain ? Object.fromEntries(entries.map(([name, values]) => [name, values.map(String)])) : undefined;
}

function raise(error: Error): never {
  throw error;
}
