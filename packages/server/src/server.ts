import { registerClusterMetrics } from './assembly/cluster-metrics.ts';
import { registerDatabaseMetrics } from './assembly/database-metrics.ts';
import { every } from './assembly/every.ts';
import { fenceGate } from './assembly/fence-gate.ts';
import { registerFurtherRoutes } from './assembly/further-routes.ts';
import { openContext } from './assembly/open-context.ts';
import { prepareRealms } from './assembly/prepare-realms.ts';
import { Readiness } from './assembly/readiness.ts';
import { startCluster } from './assembly/start-cluster.ts';
import { storageOptions } from './assembly/storage-options.ts';
import { type Listener, openSurface } from './assembly/surface.ts';
import type { Configuration } from './config/configuration.ts';
import type { DatabaseTarget } from './config/database-url.ts';
import { configuredEvents } from './events/configured-events.ts';
import { configuredManagement } from './management/configured-management.ts';
import { startManagementServer } from './management/management-server.ts';
import { systemClock } from './model/clock.ts';
import { configuredMetrics } from './observability/configured-metrics.ts';
import type { Logger } from './observability/logger.ts';
import { registerProcessMetrics } from './observability/process-metrics.ts';
import { createHashPassword } from './realm/hash-password.ts';
import { stateSettings } from './session/state-settings.ts';
import { openStorage } from './store/storage.ts';

/** How often the database is asked whether it answers, for readiness. */
const DATABASE_CHECK_MS = 2_000;

/** What a node is started with; everything is resolved and judged. */
export interface StartInput {
  readonly configuration: Configuration;
  readonly logger: Logger;
  readonly database: DatabaseTarget;
}

/** A started node. */
export interface RunningServer {
  /** Resolves when the first readiness is reached; rejects if the node cannot get there. */
  readonly ready: Promise<void>;
  /** Readiness goes down so that balancers turn away; requests are still served. */
  drain(): void;
  /** Ends running requests, hands cluster data over and leaves, within `timeoutMs`. */
  stop(timeoutMs: number): Promise<void>;
}

/** What a node does at its start, from the ground up; what was opened is closed in reverse. */
export async function startServer({ configuration, logger, database }: StartInput): Promise<RunningServer> {
  const beganMs = performance.now();
  const startedAtMs = systemClock.nowMs();
  const closing = new AsyncDisposableStack();
  const settings = stateSettings(configuration, process.env);
  const readiness = new Readiness(() => systemClock.nowMs());
  let stopTimeoutMs = configuration.get('shutdown-timeout');
  try {
    const metrics = configuredMetrics(configuration);
    if (metrics.enabled) closing.use(registerProcessMetrics(metrics));
    const checks = readiness.checks(configuration.get('cache') === 'ispn');
    const management = configuredManagement(configuration, checks, metrics, logger);
    if (management !== undefined) {
      const server = await startManagementServer(management);
      closing.defer(() => server.stop());
    }

    const storage = await openStorage(storageOptions(configuration, database, logger, metrics));
    closing.defer(() => storage.close());
    const askDatabase = (): void => {
      storage.check().then(
        () => readiness.databaseAnswered(),
        (error: unknown) => logger.debug('the database did not answer the health check', { error }),
      );
    };
    closing.use(every(DATABASE_CHECK_MS, askDatabase));
    registerDatabaseMetrics(metrics, () => storage.poolStatistics());

    const grid = await startCluster(configuration, database, storage.stores.serverConfig, logger);
    closing.defer(() => grid.stop(stopTimeoutMs));
    readiness.watch(grid, configuration.get('cache') === 'ispn');
    const opened = closing.use(
      await openContext({
        grid,
        storage,
        settings,
        logger,
        metrics,
        events: configuredEvents(configuration, logger, metrics),
        environment: process.env,
      }),
    );
    registerClusterMetrics({ metrics, grid, clusterName: settings.clusterName, caches: settings.caches.caches, local: opened.caches });

    const hashPassword = createHashPassword(opened.hashQueue);
    await prepareRealms(configuration, opened.context, hashPassword);
    const listeners = await openSurface(configuration, opened.context, fenceGate(grid), (app) =>
      registerFurtherRoutes(app, { configuration, context: opened.context, grid, checks, hashPassword, startedAtMs }),
    );
    for (const listener of listeners) closing.defer(() => listener.app.close());
    await Promise.all(listeners.map(listen));
    readiness.initialized();
    announce(logger, configuration, listeners, performance.now() - beganMs);
  } catch (error) {
    await closing
      .disposeAsync()
      .catch((closingError: unknown) => logger.debug('closing after a failed start failed too', { error: closingError }));
    throw error;
  }
  return {
    ready: Promise.resolve(),
    drain: () => readiness.drain(),
    async stop(timeoutMs) {
      readiness.drain();
      stopTimeoutMs = timeoutMs;
      await closing.disposeAsync();
    },
  };
}

async function listen({ app, host, port }: Listener): Promise<void> {
  await app.listen({ host, port });
}

function announce(logger: Logger, configuration: Configuration, listeners: readonly Listener[], tookMs: number): void {
  const where = listeners.map(({ scheme, host, port }) => `${scheme}://${host}:${port}`).join(' and ');
  logger
    .of('io.quarkus')
    .info(
      `Keygrid started in ${(tookMs / 1000).toFixed(3)}s. Listening on: ${where}. Profile ${configuration.mode === 'development' ? 'dev' : 'prod'} activated.`,
    );
}
