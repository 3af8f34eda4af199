/** What stands for a property: -D properties, and `env.NAME` for environment variables. */
export type PropertyLookup = (name: string) => string | undefined;

export type Expansion =
  | { readonly text: string /** The properties that gave a part of the text. */; readonly from: readonly string[] }
  /** Properties that are not set and have no default. */
  | { readonly missing: readonly string[] };

const MAX_DEPTH = 8;
const MAX_CHARACTERS = 65_536;

/**
 * Replaces `${name}`, `${first,second}` and `${name:default}`; defaults may hold references too. `${/}` and `${:}` are the separators of paths and of
 * path lists. Text that is no reference stays.
 */
export function expand(text: string, lookup: PropertyLookup): Expansion {
  const from: string[] = [];
  const missing: string[] = [];
  const result = expandPart(text, lookup, { from, missing }, 0);
  if (missing.length > 0) return { missing };
  return { text: result, from };
}

interface Found {
  readonly from: string[];
  readonly missing: string[];
}

function expandPart(text: string, lookup: PropertyLookup, found: Found, depth: number): string {
  if (depth > MAX_DEPTH || text.length > MAX_CHARACTERS) {
    found.missing.push(text.slice(0, 80));
    return text;
  }
  let result = '';
  let at = 0;
  for (;;) {
    const begin = text.indexOf('${', at);
    const end = begin < 0 ? -1 : closing(text, begin + 2);
    if (end < 0) return result + text.slice(at);
    result += text.slice(at, begin) + reference(text.slice(begin + 2, end), lookup, found, depth);
    at = end + 1;
  }
}

/** Index of the brace that ends the reference whose body starts at `from`; -1 = none. */
function closing(text: string, from: number): number {
  let open = 1;
  for (let index = from; index < text.length; index += 1) {
    if (text.startsWith('${', index)) open += 1;
    else if (text[index] === '}') open -= 1;
    if (open === 0) return index;
  }
  return -1;
}

function reference(body: string, lookup: PropertyLookup, found: Found, depth: number): string {
  if (body === '/' || body === ':') return body;
  const colon = body.indexOf(':');
  const names = (colon < 0 ? body : body.slice(0, colon)).split(',').map((name) => name.trim());
  for (const name of names) {
    const value = lookup(name);
    if (value !== undefined) {
      found.from.push(name);
      return value;
    }
  }
  if (colon >= 0) return expandPart(body.slice(colon + 1), lookup, found, depth + 1);
  found.missing.push(names.join(','));
  return '';
}
