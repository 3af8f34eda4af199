import type { Json } from '../policies/policy-type.ts';
import { refused } from '../refusal.ts';

/** Longest text of a field: what Keycloak's columns hold is shorter; a URI may be long. */
const MAX_TEXT = 4_000;

/** A text of a body; null and absent are the same. @throws ReplyError 400 where it is too long. */
export function optionalText(body: Json, name: string): string | undefined {
  const value = body[name];
  if (typeof value !== 'string') return undefined;
  if (value.length > MAX_TEXT || value.includes('\0'))
    throw refused(400, 'invalid_request', `${name} is longer than ${MAX_TEXT} characters`);
  return value;
}

/** One of several words, or the first of them. @throws ReplyError 400. */
export function oneOf<const T extends string>(body: Json, name: string, words: readonly [T, ...T[]]): T {
  const value = body[name];
  if (value === undefined || value === null) return words[0];
  const found = words.find((word) => word === value);
  if (found === undefined) throw refused(400, 'unknown_error', 'Cannot parse the JSON');
  return found;
}
