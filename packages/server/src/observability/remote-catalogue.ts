import { counter, gauge, type MetricDeclaration, timer } from './metric-declaration.ts';

/** Of the connection to external caches; there only with features `multi-site` and `clusterless`. */
export const remoteMetrics: Readonly<Record<string, MetricDeclaration>> = {
  keygrid_remote_steps_seconds: timer(
    'Steps asked of the external caches and the time until their answer. Outcome: answered, unanswered (tried again), refused.',
    ['operation', 'outcome'],
  ),
  keygrid_remote_echo_seconds: timer(
    'Messages of this node to itself over the external channel, and the time until they came back. Outcome: heard, missed.',
    ['outcome'],
  ),
  keygrid_remote_connected: gauge('1 while a connection to the external caches stands, else 0.'),
  keygrid_remote_connections: counter('Connections to the external caches that were opened; each after the first is a reconnect.'),
  keygrid_remote_connections_lost: counter(
    'Connections to the external caches that broke, or were left because the server did not answer.',
  ),
  keygrid_remote_connection_failures: counter('Tries to connect to the external caches that failed.'),
  keygrid_remote_waiting_requests: gauge('Requests that wait for a connection to the external caches; at 1,000 further ones are refused.'),
  keygrid_remote_pending_steps: gauge('Steps whose answer from the external caches is still out.'),
  keygrid_remote_repeated_requests: counter('Requests that were made again because no answer came.'),
  keygrid_remote_unavailable: counter(
    'Requests given up with 503. Reason: time (no answer within the limit), refused (by the server), crowded (too many waited).',
    ['reason'],
  ),
};
