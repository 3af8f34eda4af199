/** Users whose login is being checked on this node right now: one try at a time, so that parallel guesses cannot outrun the counter. */
export interface LoginGuard {
  /** Undefined = a try of this user is under way; else call the result when the try is done. */
  enter(userId: string): (() => void) | undefined;
}

/** Beyond this the guard lets tries through uncounted, as the failure counter still sees them. */
const MAX_TRACKED_USERS = 1_000;

export function createLoginGuard(): LoginGuard {
  const busy = new Set<string>();
  return {
    enter(userId) {
      if (busy.has(userId)) return undefined;
      if (busy.size >= MAX_TRACKED_USERS) return () => undefined;
      busy.add(userId);
      return () => {
        busy.delete(userId);
      };
    },
  };
}
