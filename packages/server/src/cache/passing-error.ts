/** How long a reader waits for the owner of an entry before it asks the database instead. */
export const OWNER_WAIT_MS = 300;

const PASSING = new Set<unknown>(['GRID_ABORTED', 'GRID_TIMEOUT', 'GRID_MOVED', 'GRID_OUTCOME_UNKNOWN', 'GRID_OVERLOADED']);

/** Errors in which the database may answer in place of the cache. A fenced member answers nothing: its whole view may be old. */
export function isPassing(error: unknown): boolean {
  return PASSING.has((error as { code?: unknown } | null)?.code);
}
