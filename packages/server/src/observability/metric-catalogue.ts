import { clusterMetrics } from './cluster-catalogue.ts';
import { counter, gauge, type MetricDeclaration, summary, timer } from './metric-declaration.ts';
import { remoteMetrics } from './remote-catalogue.ts';
import { runtimeMetrics } from './runtime-catalogue.ts';

/**
 * Every metric, with Keycloak's names and labels. Counters stand without the `_total` that the text form adds; summaries are read through
 * `Metrics.summary`, or through gauges named `<name>_count` and `<name>_sum`.
 */
export const metricCatalogue: Readonly<Record<string, MetricDeclaration>> = {
  ...clusterMetrics,
  ...remoteMetrics,
  ...runtimeMetrics,
  http_server_requests_seconds: timer('Requests to this node and the time until the answer.', ['method', 'outcome', 'status', 'uri']),
  http_server_active_requests: gauge('Requests that are being served.', ['server_port', 'url_scheme']),
  http_server_active_connections: gauge('Connections of clients.', ['server_port']),
  http_server_bytes_read: summary('Request bodies, in bytes.', ['server_port']),
  http_server_bytes_written: summary('Answer bodies, in bytes.', ['server_port']),
  keycloak_user_events: counter('User events.', ['realm', 'event', 'error', 'idp', 'client_id']),
  keycloak_credentials_password_hashing_validations: counter('Password checks.', ['realm', 'algorithm', 'hashing_strength', 'outcome']),
  keygrid_logout_calls: counter('Calls to applications about a logout, by what became of them.', ['outcome']),
  keygrid_password_queue_length: gauge('Password checks that wait for a thread.'),
  keygrid_sql_statements_seconds: timer('Statements sent to the database and the time until their answer, by the name of the statement.', [
    'statement',
  ]),
  agroal_acquire_count: counter('Database connections given out.', ['datasource']),
  agroal_creation_count: counter('Database connections opened.', ['datasource']),
  agroal_destroy_count: counter('Database connections closed.', ['datasource']),
  agroal_active_count: gauge('Database connections in use.', ['datasource']),
  agroal_available_count: gauge('Database connections that are open and idle.', ['datasource']),
  agroal_awaiting_count: gauge('Operations that wait for a database connection.', ['datasource']),
  agroal_max_used_count: gauge('Most database connections in use at once.', ['datasource']),
  keygrid_metrics_dropped_series: counter('Samples left out because their metric has too many label values.', ['metric']),
};
