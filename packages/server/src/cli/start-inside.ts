import type { Cache } from '@keygrid/grid';
import { ConfigurationError } from '../config/configuration-error.ts';
import { configuredLogger } from '../observability/configured-logger.ts';
import { checkStart } from './check-start.ts';
import { start } from './commands/start.ts';
import { startDev } from './commands/start-dev.ts';
import { loadConfiguration } from './load-configuration.ts';
import { parseCommandLine } from './parse.ts';
import { productServices } from './product-services.ts';

/** What a program may say beside the words of the command line. */
export interface ServerOptions {
  /** Ends a start that still waits for the cluster: it then fails with GRID_ABORTED. */
  readonly signal?: AbortSignal | undefined;
}

/** A server that runs inside the program that started it. */
export interface Server extends AsyncDisposable {
  /**
   * A cache that conf/cache-ispn.xml declares beside those of the server: the same entries on all nodes, with the guarantees of the grid.
   * @throws ServerError KG_UNKNOWN_CACHE for every other name, those of the server's own caches among them
   */
  userCache<K extends string, V>(name: string): Cache<K, V>;
  /** Readiness goes down so that balancers turn away; requests are still served. */
  drain(): void;
  /** Ends running requests, hands cluster data over and leaves, within `timeoutMs` (default: the option shutdown-timeout). */
  stop(timeoutMs?: number): Promise<void>;
}

/**
 * Starts the server inside this process: `words` are those of the command line (`start` or `start-dev` and its options); environment variables and
 * conf/keycloak.conf hold as well. Resolves once the node serves. Signals are left to the program.
 * @throws ConfigurationError, StartError, ServerError or GridError, each with a code; whatever was opened is closed
 */
export async function startServer(words: readonly string[], { signal }: ServerOptions = {}): Promise<Server> {
  const parsed = parseCommandLine(words, [start, startDev]);
  if (parsed.command === undefined) throw new ConfigurationError("The first word says how to start: 'start' or 'start-dev'.");
  const configuration = loadConfiguration(parsed, process.env);
  const logger = configuredLogger(configuration);
  for (const warning of configuration.warnings) logger.warn(warning);
  await checkStart(configuration, process.env);
  await using opened = new AsyncDisposableStack();
  const database = opened.use(await productServices.openDatabase(configuration, logger));
  const server = await productServices.startServer({ configuration, logger, database: database.target, signal });
  let stopTimeoutMs = Math.max(0, configuration.get('shutdown-timeout'));
  opened.defer(() => server.stop(stopTimeoutMs));
  const closing = opened.move();
  return {
    userCache: (name) => server.userCache(name),
    drain: () => server.drain(),
    async stop(timeoutMs = stopTimeoutMs) {
      stopTimeoutMs = timeoutMs;
      await closing.disposeAsync();
    },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}
