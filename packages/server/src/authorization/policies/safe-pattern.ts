import { createContext, Script } from 'node:vm';

/** Longest text that a pattern of an administrator is tried on, and the time that it may take: some patterns never come to an end. */
const MAX_TEXT_LENGTH = 8_192;
const MAX_MATCH_MS = 50;
const MAX_PATTERNS = 1_000;

const compiled = new Map<string, RegExp | undefined>();
const sandbox = createContext({ pattern: undefined as RegExp | undefined, text: '' });
const match = new Script('pattern.test(text)');

/** Whether the whole text matches. A pattern that is none, or that takes too long, matches nothing. */
export function matchesWhole(source: string, text: string): boolean {
  const pattern = compile(source);
  if (pattern === undefined || text.length > MAX_TEXT_LENGTH) return false;
  sandbox['pattern'] = pattern;
  sandbox['text'] = text;
  try {
    return match.runInContext(sandbox, { timeout: MAX_MATCH_MS }) === true;
  } catch {
    return false;
  }
}

function compile(source: string): RegExp | undefined {
  if (compiled.has(source)) return compiled.get(source);
  let pattern: RegExp | undefined;
  try {
    pattern = new RegExp(`^(?:${source})$`, 's');
  } catch {
    pattern = undefined;
  }
  if (compiled.size >= MAX_PATTERNS) compiled.clear();
  compiled.set(source, pattern);
  return pattern;
}
