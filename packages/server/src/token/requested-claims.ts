import { isUnambiguous } from './unambiguous-json.ts';

/** How a claim is asked for (OpenID Connect Core section 5.5.1). */
export interface RequestedClaim {
  readonly essential: boolean;
  /** Values that would do; empty = any. */
  readonly values: readonly unknown[];
}

/** Where claims can be asked for. */
export type ClaimPlace = 'id_token' | 'userinfo';

export type RequestedClaims = Readonly<Record<ClaimPlace, ReadonlyMap<string, RequestedClaim>>>;

/** Longer ones are refused, not cut: the rest of the request would mean something else. */
const MAX_LENGTH = 4_000;
const ANY: RequestedClaim = { essential: false, values: [] };
const texts = new Map<string, RequestedClaims | undefined>();
const MAX_REMEMBERED = 200;

/** The parameter `claims` taken apart; undefined where it is none. Tokens of one session ask for the same text again and again: it is remembered. */
export function requestedClaims(text: string): RequestedClaims | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  if (texts.has(text)) return texts.get(text);
  const read = readClaims(text);
  if (texts.size >= MAX_REMEMBERED) texts.clear();
  texts.set(text, read);
  return read;
}

function readClaims(text: string): RequestedClaims | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isMembers(value) || !isUnambiguous(text)) return undefined;
  const idToken = readPlace(value['id_token']);
  const userinfo = readPlace(value['userinfo']);
  return idToken && userinfo && { id_token: idToken, userinfo };
}

function readPlace(value: unknown): ReadonlyMap<string, RequestedClaim> | undefined {
  if (value === undefined || value === null) return new Map();
  if (!isMembers(value)) return undefined;
  const claims = new Map<string, RequestedClaim>();
  for (const [name, how] of Object.entries(value)) {
    const claim = how === null ? ANY : readClaim(how);
    if (claim === undefined) return undefined;
    claims.set(name, claim);
  }
  return claims;
}

/** Members that are not known are passed over, as the specification wants it. */
function readClaim(how: unknown): RequestedClaim | undefined {
  if (!isMembers(how)) return undefined;
  const { essential = false, value, values } = how;
  if (typeof essential !== 'boolean' || (values !== undefined && !Array.isArray(values))) return undefined;
  return { essential, values: value === undefined ? ((values as readonly unknown[] | undefined) ?? []) : [value] };
}

function isMembers(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
