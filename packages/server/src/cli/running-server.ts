import type { Configuration } from '../config/configuration.ts';
import type { DatabaseTarget } from '../config/database-url.ts';
import type { Logger } from '../observability/logger.ts';

/** What the server is started with; everything is resolved and judged. */
export interface StartInput {
  readonly configuration: Configuration;
  readonly logger: Logger;
  /** Where the database is: the `db-*` options, or the embedded one. */
  readonly database: DatabaseTarget;
}

/** A started server as its command sees it. */
export interface RunningServer {
  /** Resolves when the first readiness is reached; rejects if the server cannot get there. */
  readonly ready: Promise<void>;
  /** Readiness goes down so that balancers turn away; requests are still served. */
  drain(): void;
  /** Ends running requests, hands cluster data over and leaves, within `timeoutMs`. */
  stop(timeoutMs: number): Promise<void>;
}

/** `startServer` of server.ts. */
export type StartServer = (input: StartInput) => Promise<RunningServer>;
