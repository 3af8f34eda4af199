import type { UpdateFunction } from '@keygrid/grid';
import type { SessionData } from 'express-session';

/** A session as the grid keeps it: JSON, as express-session itself compares and other stores keep sessions. */
export interface StoredSession {
  readonly session: string;
  /** How long it may lie unused; the idle time of its entry. */
  readonly ttlMs: number;
}

export interface Touch {
  readonly ttlMs: number;
  readonly cookie: string;
}

/**
 * The session was used and not changed. Its entry is written anew only where the life of its cookie changed: a use alone costs a message to the
 * backups once in a tenth of the idle time.
 */
const touch: UpdateFunction<StoredSession> = (current, argument) => {
  const { ttlMs, cookie } = argument as Touch;
  if (current === undefined || current.ttlMs === ttlMs) return { value: 'keep', result: current !== undefined };
  const session = { ...(JSON.parse(current.session) as SessionData), cookie: JSON.parse(cookie) };
  return { value: { session: JSON.stringify(session), ttlMs }, result: true };
};

export const sessionUpdates = { touch } as const;
