import type { Configuration } from '../config/configuration.ts';
import type { DatabaseTarget } from '../config/database-url.ts';
import type { DatabaseOptions } from '../database/database.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';

/** A restart of PostgreSQL takes a second, its move to another host a few: as long as clients wait without a complaint. */
const BRIDGE_MS = 5_000;

/** The pool that the `db-*` options describe; statements are counted by name. */
export function storageOptions(configuration: Configuration, target: DatabaseTarget, logger: Logger, metrics: Metrics): DatabaseOptions {
  const lifetimeMs = configuration.get('db-pool-max-lifetime');
  const statements = metrics.timer('keygrid_sql_statements_seconds');
  return {
    target,
    logger,
    poolMinSize: configuration.get('db-pool-min-size'),
    poolMaxSize: configuration.get('db-pool-max-size'),
    poolMaxLifetimeSeconds: lifetimeMs === undefined ? undefined : Math.round(lifetimeMs / 1000),
    connectTimeoutMs: configuration.get('db-connect-timeout'),
    bridgeMs: BRIDGE_MS,
    slowStatementMs: configuration.get('db-log-slow-queries-threshold'),
    onStatement: metrics.enabled ? (statement, durationMs) => statements.observe(durationMs / 1000, { statement }) : undefined,
  };
}
