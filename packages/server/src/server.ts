import { hostname } from 'node:os';
import type { Cache } from '@keygrid/grid';
import { registerClusterMetrics } from './assembly/cluster-metrics.ts';
import { configuredCertificates } from './assembly/configured-certificates.ts';
import { registerDatabaseMetrics } from './assembly/database-metrics.ts';
import { every } from './assembly/every.ts';
import { fenceGate } from './assembly/fence-gate.ts';
import { registerFurtherRoutes } from './assembly/further-routes.ts';
import { logConfiguration } from './assembly/log-configuration.ts';
import { openContext } from './assembly/open-context.ts';
import { OperationHistograms } from './assembly/operation-histograms.ts';
import { ownCache, ownCacheOptions } from './assembly/own-caches.ts';
import { prepareRealms } from './assembly/prepare-realms.ts';
import { Readiness } from './assembly/readiness.ts';
import { startCluster } from './assembly/start-cluster.ts';
import { storageOptions } from './assembly/storage-options.ts';
import { type Listener, openSurface } from './assembly/surface.ts';
import { configuredCacheFile } from './config/cache-file/configured-cache-file.ts';
import { systemSurroundings } from './config/cache-file/system-surroundings.ts';
import { formsCluster, sharesState } from './config/cluster-mode.ts';
import type { Configuration } from './config/configuration.ts';
import type { DatabaseTarget } from './config/database-url.ts';
import { featuresOf } from './config/feature-switches.ts';
import { memberNames } from './config/member-names.ts';
import { configuredStack } from './config/stack/configured-stack.ts';
import { configuredEvents } from './events/configured-events.ts';
import { configuredManagement } from './management/configured-management.ts';
import { startManagementServer } from './management/management-server.ts';
import { systemClock } from './model/clock.ts';
import { configuredMetrics } from './observability/configured-metrics.ts';
import type { Logger } from './observability/logger.ts';
import { registerProcessMetrics } from './observability/process-metrics.ts';
import { registerRuntimeMetrics } from './observability/runtime-metrics.ts';
import { configuredOutbound } from './outbound/configured-outbound.ts';
import { createHashPassword } from './realm/hash-password.ts';
import { stateSettings } from './session/state-settings.ts';
import { enterState } from './state/enter-state.ts';
import { openStorage } from './store/storage.ts';
import { configuredThemes } from './theme/configured-themes.ts';

/** How often the database is asked whether it answers, for readiness. */
const DATABASE_CHECK_MS = 2_000;

/** What a node is started with; everything is resolved and judged. */
export interface StartInput {
  readonly configuration: Configuration;
  readonly logger: Logger;
  readonly database: DatabaseTarget;
  /** Ends a start that still waits for the cluster: it then fails with GRID_ABORTED. */
  readonly signal?: AbortSignal | undefined;
}

/** A started node. */
export interface RunningServer {
  /** Resolves when the first readiness is reached; rejects if the node cannot get there. */
  readonly ready: Promise<void>;
  /** A cache of the cache configuration file that is none of the server's. @throws ServerError KG_UNKNOWN_CACHE */
  userCache<K extends string, V>(name: string): Cache<K, V>;
  /** Readiness goes down so that balancers turn away; requests are still served. */
  drain(): void;
  /** Ends running requests, hands cluster data over and leaves, within `timeoutMs`. */
  stop(timeoutMs: number): Promise<void>;
}

/** What a node does at its start, from the ground up; what was opened is closed in reverse. */
export async function startServer({ configuration, logger, database, signal }: StartInput): Promise<RunningServer> {
  const beganMs = performance.now();
  const startedAtMs = systemClock.nowMs();
  const closing = new AsyncDisposableStack();
  const file = configuredCacheFile(configuration, systemSurroundings());
  const settings = stateSettings(configuration, process.env, file);
  const readiness = new Readiness(() => systemClock.nowMs());
  let stopTimeoutMs = configuration.get('shutdown-timeout');
  try {
    const metrics = configuredMetrics(configuration);
    if (metrics.enabled) {
      closing.use(registerProcessMetrics(metrics));
      closing.use(registerRuntimeMetrics(metrics));
    }
    const histograms = configuration.get('cache-metrics-histograms-enabled') && metrics.enabled ? new OperationHistograms() : undefined;
    const clustered = sharesState(configuration);
    const checks = readiness.checks(clustered);
    const management = await configuredManagement(configuration, checks, metrics, logger);
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

    const name = memberNames(configuration, file).nodeName ?? hostname();
    // Before anything is joined: a node that keeps state in another way must not disturb the others even for a moment.
    const { node } = closing.use(await enterState({ store: storage.stores.serverNodes, settings, name, logger, every }));
    const grid = await startCluster(configuration, file, database, storage.stores.serverConfig, logger, signal, histograms?.hooks);
    closing.defer(() => grid.stop(stopTimeoutMs));
    logConfiguration({ configuration, file, settings, grid, logger });
    const opened = closing.use(
      await openContext({
        grid,
        node,
        storage,
        settings,
        logger,
        metrics,
        histograms,
        events: configuredEvents(configuration, logger, metrics),
        outbound: configuredOutbound(configuration),
        certificates: await configuredCertificates(configuration),
        outsideKeys: {
          minTimeBetweenRequestsSeconds: configuration.get('spi-public-key-storage--infinispan--min-time-between-requests'),
          maxCacheTimeSeconds: configuration.get('spi-public-key-storage--infinispan--max-cache-time'),
        },
        allowsClientInitiatedLinking: configuration.get('spi-login-protocol--openid-connect--allow-client-initiated-account-linking'),
        exchangesProviderTokens: configuration.featureEnabled('token-exchange'),
        themes: configuredThemes(configuration, logger),
        features: featuresOf((name) => configuration.featureEnabled(name)),
        environment: process.env,
      }),
    );
    const { membership } = opened;
    readiness.watch(membership, clustered);
    registerClusterMetrics({
      metrics,
      grid,
      clusterName: settings.clusterName,
      protocol: formsCluster(configuration) ? configuredStack(configuration, systemSurroundings(), file).transport.kind : undefined,
      membership,
      caches: settings.caches.caches,
      local: opened.caches,
      invalidations: opened.invalidations,
      own: ownCacheOptions(file),
      histograms,
    });

    const hashPassword = createHashPassword(opened.hashQueue);
    await prepareRealms(configuration, opened.context, hashPassword);
    const listeners = await openSurface(configuration, opened.context, fenceGate(membership), (app) =>
      registerFurtherRoutes(app, { configuration, context: opened.context, grid, membership, checks, hashPassword, startedAtMs }),
    );
    for (const listener of listeners) closing.defer(() => listener.app.close());
    await Promise.all(listeners.map(listen));
    readiness.initialized();
    announce(logger, configuration, listeners, performance.now() - beganMs);
    return {
      ready: Promise.resolve(),
      userCache: (name) => ownCache(grid, file, name),
      drain: () => readiness.drain(),
      async stop(timeoutMs) {
        readiness.drain();
        stopTimeoutMs = timeoutMs;
        await closing.disposeAsync();
      },
    };
  } catch (error) {
    await closing
      .disposeAsync()
      .catch((closingError: unknown) => logger.debug('closing after a failed start failed too', { error: closingError }));
    throw error;
  }
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
