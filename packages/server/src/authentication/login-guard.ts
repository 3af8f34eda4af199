import { ServerError } from '../http/errors.ts';

/** Tries of one user that wait on this node, and of all users together. */
const MAX_WAITING_OF_USER = 64;
const MAX_WAITING = 1_000;

/** Login tries of one user on this node: one password at a time, the others wait their turn. */
export interface LoginGuard {
  /**
   * Resolves when it is this try's turn; call the result when the try is done.
   * @throws ServerError KG_LOGIN_BUSY where too many wait
   */
  enter(userId: string): Promise<() => void>;
}

export function createLoginGuard(): LoginGuard {
  /** User -> those who wait; a user who is there has a try under way. */
  const queues = new Map<string, (() => void)[]>();
  let waiting = 0;

  const leave = (userId: string): void => {
    const next = queues.get(userId)?.shift();
    if (next === undefined) queues.delete(userId);
    else {
      waiting -= 1;
      next();
    }
  };

  return {
    async enter(userId) {
      const queue = queues.get(userId);
      if (queue === undefined) queues.set(userId, []);
      else {
        if (queue.length >= MAX_WAITING_OF_USER || waiting >= MAX_WAITING) throw loginBusy(userId);
        waiting += 1;
        await new Promise<void>((resolve) => queue.push(resolve));
      }
      return () => leave(userId);
    },
  };
}

/** Too many logins of one user at once; it says nothing about any of their passwords. */
export function loginBusy(userId: string): ServerError {
  return new ServerError('KG_LOGIN_BUSY', `Too many logins of user ${userId} are under way`, { retryAfterSeconds: 1 });
}
