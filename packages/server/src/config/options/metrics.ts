import * as conditions from '../conditions.ts';
import { boolean, list } from '../kinds.ts';
import { defineOptions } from '../option.ts';

/** Metrics and what they count. */
export const metricsOptions = defineOptions({
  'metrics-enabled': { kind: boolean(), default: 'false', help: 'Serves /metrics in OpenMetrics text.' },
});

export const eventOptions = defineOptions({
  'event-metrics-user-enabled': {
    kind: boolean(),
    default: 'false',
    help: 'Counts user events in keycloak_user_events_total.',
    condition: conditions.userEventMetricsAvailable,
  },
  'event-metrics-user-tags': {
    kind: list('tags', ['realm', 'idp', 'clientId']),
    default: 'realm',
    help: 'Labels of that counter; each one multiplies the number of series.',
    condition: conditions.userEventMetrics,
  },
  'event-metrics-user-events': {
    kind: list('events'),
    defaultText: 'all',
    help: 'Events that are counted, in lower case: login,logout,refresh_token.',
    condition: conditions.userEventMetrics,
  },
});
