import type { PoolStatistics } from '../database/database.ts';
import type { Metrics } from '../observability/metrics.ts';

/** Keycloak's names for the connection pool. */
export function registerDatabaseMetrics(metrics: Metrics, read: () => PoolStatistics): void {
  const labels = { datasource: 'default' };
  let most = 0;
  const used = (): number => {
    const { open, idle } = read();
    most = Math.max(most, open - idle);
    return open - idle;
  };
  metrics.gauge('agroal_acquire_count', labels, () => read().acquired);
  metrics.gauge('agroal_creation_count', labels, () => read().created);
  metrics.gauge('agroal_destroy_count', labels, () => read().destroyed);
  metrics.gauge('agroal_active_count', labels, used);
  metrics.gauge('agroal_available_count', labels, () => read().idle);
  metrics.gauge('agroal_awaiting_count', labels, () => read().waiting);
  metrics.gauge('agroal_max_used_count', labels, () => {
    used();
    return most;
  });
}
