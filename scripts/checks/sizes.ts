import { textOf, trackedFiles } from './repository.ts';

/** A source file holds one idea; beyond this many lines it is asked to be split or to stand in the list of exceptions. */
export const MAX_LINES = 300;

/** Files that may be longer, each with the reason. */
const EXCEPTIONS: Readonly<Record<string, string>> = {};

/** Source files over the limit, longest first. */
export function oversizedFiles(files: readonly string[] = trackedFiles()): { path: string; lines: number }[] {
  return files
    .filter((path) => /\.(ts|tsx|mjs)$/.test(path) && EXCEPTIONS[path] === undefined && !path.includes('/fixtures/'))
    .map((path) => ({ path, lines: textOf(path).split('\n').length - 1 }))
    .filter((file) => file.lines > MAX_LINES)
    .sort((a, b) => b.lines - a.lines);
}
