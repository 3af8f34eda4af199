import type { Configuration } from '../config/configuration.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import { createEvents } from './create-events.ts';
import type { Events } from './events.ts';

/** Events as the `event-metrics-user-*` options describe them. */
export function configuredEvents(configuration: Configuration, logger: Logger, metrics: Metrics): Events {
  return createEvents(logger, metrics, {
    counted:
      configuration.get('metrics-enabled') &&
      configuration.featureEnabled('user-event-metrics') &&
      configuration.get('event-metrics-user-enabled'),
    tags: configuration.get('event-metrics-user-tags'),
    countedEvents: configuration.get('event-metrics-user-events'),
  });
}
