import type { SweeperOptions } from '../session/sweeper.ts';
import type { StoredEvents } from './stored-events.ts';

/**
 * Emits USER_SESSION_DELETED for each session that the sweeper removed, and lets the sweeper wait until they are stored: a sweep is faster than
 * the database takes events, and would crowd out those of requests.
 */
export function tellExpired(events: StoredEvents): SweeperOptions['onExpired'] {
  return async (realm, sessions) => {
    for (const session of sessions) {
      events.emit({
        type: 'USER_SESSION_DELETED',
        realmId: realm.id,
        realmName: realm.realm,
        userId: session.userId,
        sessionId: session.id,
        details: { reason: 'expired' },
      });
    }
    await events.written();
  };
}
