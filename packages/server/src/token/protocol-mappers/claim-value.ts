import type { ClaimsDraft, MapperConfig } from './mapper.ts';

/** Members that a claim path may not walk through or set. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);
/** Claims that tokens live by; a mapper that names one would forge them. */
const PROTECTED = new Set([
  'exp',
  'iat',
  'nbf',
  'iss',
  'jti',
  'typ',
  'azp',
  'sid',
  'at_hash',
  'c_hash',
  's_hash',
  'session_state',
  'active',
]);

const paths = new Map<string, readonly string[]>();
const MAX_CACHED_PATHS = 1_000;

/** `a.b\.c` -> a, b.c : dots nest, escaped dots do not. */
export function claimPath(name: string): readonly string[] {
  let path = paths.get(name);
  if (!path) {
    path = name.split(/(?<!\\)\./).map((part) => part.replaceAll('\\.', '.'));
    if (paths.size >= MAX_CACHED_PATHS) paths.clear();
    paths.set(name, path);
  }
  return path;
}

/** Sets a claim at its path; nothing happens where the path is unsafe, protected, or blocked by a value that is not an object. */
export function setClaim(claims: ClaimsDraft, path: readonly string[], value: unknown): void {
  const last = path.at(-1);
  if (last === undefined || path.some((part) => part === '' || FORBIDDEN.has(part)) || PROTECTED.has(path[0] ?? '')) return;
  let at: ClaimsDraft = claims;
  for (const part of path.slice(0, -1)) {
    const next = at[part] ?? {};
    if (typeof next !== 'object' || Array.isArray(next)) return;
    at[part] = next;
    at = next as ClaimsDraft;
  }
  at[last] = value;
}

/** Adds the mapper's value under `claim.name`, in its `jsonType.label`; no claim for a value that does not fit the type. */
export function addClaim(claims: ClaimsDraft, config: MapperConfig, value: string | boolean | number | readonly string[]): void {
  const name = config['claim.name'];
  if (!name) return;
  const type = config['jsonType.label'] ?? '';
  const typed = Array.isArray(value)
    ? value.map((item: string) => typedValue(item, type)).filter((item) => item !== undefined)
    : typedValue(value, type);
  if (typed !== undefined) setClaim(claims, claimPath(name), typed);
}

function typedValue(value: unknown, type: string): unknown {
  switch (type) {
    case 'boolean':
      return typeof value === 'boolean' ? value : String(value).toLowerCase() === 'true';
    case 'long':
    case 'int': {
      const number = Number(value);
      return String(value).trim() !== '' && Number.isSafeInteger(number) ? number : undefined;
    }
    case 'JSON':
      return typeof value === 'string' ? parseJson(value) : value;
    case 'String':
      return String(value);
    default:
      return value;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Adds clients to `aud` without repeating one; a single audience is a plain string, as everywhere in the server's tokens. */
export function addAudience(claims: ClaimsDraft, audience: string): void {
  const before = claims['aud'];
  const list = before === undefined ? [] : Array.isArray(before) ? (before as string[]) : [before as string];
  if (list.includes(audience)) return;
  claims['aud'] = list.length === 0 ? audience : [...list, audience];
}
