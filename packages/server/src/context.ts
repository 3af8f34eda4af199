import type { PasswordLogin, Passwords } from './authentication/contracts.ts';
import type { State } from './cache/contracts.ts';
import type { Events } from './events/events.ts';
import type { Clock } from './model/clock.ts';
import type { Logger } from './observability/logger.ts';
import type { Metrics } from './observability/metrics.ts';
import type { Storage } from './store/stores.ts';
import type { Tokens } from './token/contracts.ts';

/** What the surface is built from: one object, made once by `server.ts`, handed to every `register…` function. */
export interface ServerContext {
  readonly state: State;
  readonly storage: Storage;
  readonly tokens: Tokens;
  readonly passwords: Passwords;
  readonly passwordLogin: PasswordLogin;
  readonly events: Events;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}
