/** A `response_type` as its parts (OAuth 2.0 Multiple Response Types 1.0). */
export interface ResponseType {
  readonly code: boolean;
  readonly idToken: boolean;
  readonly token: boolean;
}

/** What carries the parameters of an answer. */
type Carrier = 'query' | 'fragment' | 'form_post';

/** How an answer comes to the client: its parameters as they are, or as one signed document (JARM). */
export interface ResponseMode {
  readonly carrier: Carrier;
  readonly signed: boolean;
}

/** Values of `response_mode`; `jwt` is the signed form of what the response type has by default. */
export const responseModes = ['query', 'fragment', 'form_post', 'query.jwt', 'fragment.jwt', 'form_post.jwt', 'jwt'] as const;

const PARTS: ReadonlySet<string> = new Set(['code', 'id_token', 'token']);

/** Undefined where the type is unknown or repeats itself. `none` has no part. */
export function parseResponseType(text: string): ResponseType | undefined {
  const parts = text.split(' ').filter((part) => part !== '');
  if (parts.length === 1 && parts[0] === 'none') return { code: false, idToken: false, token: false };
  if (parts.length === 0 || new Set(parts).size !== parts.length || !parts.every((part) => PARTS.has(part))) return undefined;
  return { code: parts.includes('code'), idToken: parts.includes('id_token'), token: parts.includes('token') };
}

/** Whether tokens come straight from the authorization endpoint (implicit and hybrid flow). */
export function issuesTokens(type: ResponseType): boolean {
  return type.idToken || type.token;
}

/** The mode to answer in; undefined where the named one is unknown. */
export function responseModeOf(type: ResponseType | undefined, mode: string | undefined): ResponseMode | undefined {
  const byDefault: Carrier = type !== undefined && issuesTokens(type) ? 'fragment' : 'query';
  if (mode === undefined) return { carrier: byDefault, signed: false };
  if (mode === 'jwt') return { carrier: byDefault, signed: true };
  const [carrier] = mode.split('.', 1);
  return responseModes.some((known) => known === mode) ? { carrier: carrier as Carrier, signed: mode.endsWith('.jwt') } : undefined;
}
