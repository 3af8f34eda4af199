import type { Changes, Directory, State } from '../cache/contracts.ts';
import type { Clock } from '../model/clock.ts';
import type { Logger } from '../observability/logger.ts';
import { type SweeperOptions, sweepIntervalMs, sweepSessions } from '../session/sweeper.ts';
import type { Stores } from '../store/stores.ts';
import type { StateBackend } from './backend.ts';

export interface StateOptions {
  readonly backend: StateBackend;
  readonly stores: Pick<Stores, 'realms' | 'sessions' | 'revokedTokens' | 'initialAccess'>;
  readonly directory: Directory;
  readonly changes: Changes;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Told of the sessions that the sweeper removed. */
  readonly onExpired: SweeperOptions['onExpired'];
}

/** What the services stand on: the backend's share and the local caches, with the tasks that keep the tables small. */
export function openState({ backend, stores, directory, changes, clock, logger, onExpired }: StateOptions): State & Disposable {
  const sweeperLogger = logger.of('org.keycloak.connections.infinispan');
  const sweeper = backend.tasks.schedule('session-sweeper', sweepIntervalMs, async (signal) => {
    await sweepSessions({ stores, clock, logger: sweeperLogger, onExpired }, signal);
    await stores.initialAccess.removeSpent(clock.nowSeconds());
  });
  return {
    directory,
    changes,
    authenticationSessions: backend.authenticationSessions,
    userSessions: backend.userSessions,
    singleUseObjects: backend.singleUseObjects,
    loginFailures: backend.loginFailures,
    [Symbol.dispose]: () => sweeper[Symbol.dispose](),
  };
}
