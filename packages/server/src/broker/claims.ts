/** Longest text of a claim that settings are compared with: patterns of administrators run over what others wrote. */
const MAX_COMPARED = 1_024;
const MAX_VALUES = 100;

/** A claim by its path: dots lead into objects, `\.` is a dot of a name. */
export function claimAt(claims: Readonly<Record<string, unknown>>, path: string): unknown {
  let found: unknown = claims;
  for (const part of path.split(/(?<!\\)\./)) {
    const name = part.replaceAll('\\.', '.');
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as Record<string, unknown>)[name];
  }
  return found;
}

/** The texts of a claim: one, or those of a list. */
export function textsOf(value: unknown): readonly string[] {
  const all: unknown[] = Array.isArray(value) ? value.slice(0, MAX_VALUES) : [value];
  return all.flatMap((one) => (typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean' ? [String(one)] : []));
}

/** One claim that a mapper looks for. */
export interface WantedClaim {
  readonly path: string;
  readonly matches: (text: string) => boolean;
}

/**
 * The claims that the settings of an advanced mapper name: `[{"key":"path","value":"text or pattern"}]`. Undefined where they are no such
 * list, or a pattern is none: such a mapper does nothing.
 */
export function wantedClaims(text: string | undefined, byPattern: boolean): readonly WantedClaim[] | undefined {
  try {
    const list: unknown = JSON.parse(text ?? '');
    if (!Array.isArray(list) || list.length === 0 || list.length > MAX_VALUES) return undefined;
    return (list as readonly { key?: unknown; value?: unknown }[]).map(({ key, value }) => {
      if (typeof key !== 'string' || typeof value !== 'string') throw new TypeError('no claim');
      const pattern = byPattern ? new RegExp(`^(?:${value})$`, 'u') : undefined;
      return { path: key, matches: (given) => given.length <= MAX_COMPARED && (pattern?.test(given) ?? given === value) };
    });
  } catch {
    return undefined;
  }
}

/** Whether every one of the claims is there with a value that matches. */
export function hasAll(claims: Readonly<Record<string, unknown>>, wanted: readonly WantedClaim[] | undefined): boolean {
  return wanted?.every(({ path, matches }) => textsOf(claimAt(claims, path)).some(matches)) === true;
}
