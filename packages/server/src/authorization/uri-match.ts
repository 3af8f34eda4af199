/** Something that has URIs or patterns of URIs. */
export interface WithUris {
  readonly id: string;
  readonly uris: readonly string[];
}

/** How well a pattern fits: an equal path before one with names in it, names before an asterisk, longer before shorter. */
interface Fit {
  readonly id: string;
  readonly rank: number;
  readonly length: number;
}

/**
 * The one that a path belongs to: `/a/b` stands for itself, `/a/{name}` for one segment, `/a/*` for everything below (and `/a` itself),
 * `/a/*.html` for an ending.
 */
export function bestMatch(candidates: readonly WithUris[], path: string): string | undefined {
  let best: Fit | undefined;
  for (const { id, uris } of candidates) {
    for (const pattern of uris) {
      const rank = rankOf(pattern, path);
      if (rank === undefined) continue;
      const fit = { id, rank, length: pattern.length };
      if (best === undefined || fit.rank > best.rank || (fit.rank === best.rank && fit.length > best.length)) best = fit;
    }
  }
  return best?.id;
}

function rankOf(pattern: string, path: string): number | undefined {
  if (pattern === path) return 4;
  const star = pattern.indexOf('*');
  const suffix = star < 0 ? '' : pattern.slice(star + 1);
  if (star < 0) return fits(pattern, path, false) ? 3 : undefined;
  const before = pattern.slice(0, star);
  if (suffix !== '') return path.endsWith(suffix) && fits(before, path, true) ? 2 : undefined;
  if (before.endsWith('/') && fits(before.slice(0, -1), path, false)) return 1;
  return fits(before, path, true) ? 1 : undefined;
}

/** Compares segment by segment, so that no pattern can make it slow. `open`: the path may go on. */
function fits(pattern: string, path: string, open: boolean): boolean {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (open ? given.length < wanted.length : given.length !== wanted.length) return false;
  return wanted.every((segment, at) => {
    const value = given[at] ?? '';
    if (/^\{[^{}]+\}$/.test(segment)) return value !== '';
    return open && at === wanted.length - 1 ? value.startsWith(segment) : value === segment;
  });
}
