import type {
  AuthenticationSessions,
  ClusterTasks,
  InvalidationBus,
  LoginFailures,
  SingleUseObjects,
  UserSessions,
} from '../cache/contracts.ts';
import type { LoginFailureRule } from '../cache/login-failures.ts';
import type { Clock } from '../model/clock.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { StateSettings } from '../session/state-settings.ts';
import type { Storage } from '../store/stores.ts';
import type { Membership } from './membership.ts';

/**
 * One way to keep state: on the embedded grid, in the database, on an external engine. What stands on the state floor is given one of them
 * at start and cannot tell which; `testing/state-contract` says what each of them must do, and runs against all.
 */
export interface StateBackend extends AsyncDisposable {
  readonly authenticationSessions: AuthenticationSessions;
  readonly userSessions: UserSessions;
  readonly singleUseObjects: SingleUseObjects;
  readonly loginFailures: LoginFailures;
  readonly bus: InvalidationBus;
  readonly tasks: ClusterTasks;
  readonly membership: Membership;
}

/** What every backend is opened with. */
export interface BackendParts<Argument> {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where a backend counts what it does beside what the grid and the caches count. */
  readonly metrics?: Metrics | undefined;
  readonly settings: StateSettings;
  readonly loginFailureRule: LoginFailureRule<Argument>;
}
