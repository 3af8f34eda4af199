/** Most names that a "Possible solutions" line carries. */
const MAX_SUGGESTIONS = 7;

/** Edits (insert, delete, replace) between two texts. */
export function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const replace = (previous[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min((previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, replace));
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
}

/** How alike two option names are, 0 to 1: by spelling, and by the words between the dashes that they share. */
function likeness(wanted: string, known: string): number {
  const spelling = 1 - editDistance(wanted, known) / Math.max(wanted.length, known.length, 1);
  const words = wanted.split('-').filter((word) => word !== '');
  const shared = words.filter((word) => known.split('-').includes(word)).length / Math.max(words.length, 1);
  const prefix = known.startsWith(wanted) ? 0.3 : 0;
  return Math.max(spelling, spelling * 0.5 + shared * 0.4 + prefix);
}

/** The names nearest to a misspelt one, best first; empty if nothing is near. */
export function nearestNames(wanted: string, known: Iterable<string>): readonly string[] {
  return [...known]
    .map((name) => ({ name, score: likeness(wanted.slice(0, 100), name) }))
    .filter((candidate) => candidate.score >= 0.42)
    .sort((left, right) => right.score - left.score || left.name.localeCompare(right.name))
    .slice(0, MAX_SUGGESTIONS)
    .map((candidate) => candidate.name);
}
