/** Objects and lists within each other; no token of anybody's has as many. */
const MAX_DEPTH = 32;
/** A text, or a mark that opens, closes or separates. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\]:,]/g;

interface Level {
  /** Names that were seen; undefined in a list. */
  readonly names: Set<string> | undefined;
  /** The next text is a name and no value. */
  atName: boolean;
}

/**
 * Whether a text that is JSON says everything once and is not nested without end: of two members of one name parsers take the first or the last,
 * and so two of them can read two things in what was signed once (RFC 7519 section 4, RFC 8725 section 2.6).
 */
export function isUnambiguous(json: string): boolean {
  const levels: Level[] = [];
  for (const [token] of json.matchAll(TOKENS)) {
    const level = levels.at(-1);
    if (token === '{' || token === '[') {
      levels.push({ names: token === '{' ? new Set() : undefined, atName: token === '{' });
      if (levels.length > MAX_DEPTH) return false;
    } else if (token === '}' || token === ']') levels.pop();
    else if (token === ',') {
      if (level?.names !== undefined) level.atName = true;
    } else if (token === ':') {
      if (level !== undefined) level.atName = false;
    } else if (level?.names !== undefined && level.atName) {
      // Escapes can hide a name that was there before.
      const name = JSON.parse(token) as string;
      if (level.names.has(name)) return false;
      level.names.add(name);
    }
  }
  return true;
}
