import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Events, UserEvent } from './events.ts';

export type UserEventTag = 'realm' | 'idp' | 'clientId';

/** Options `event-metrics-user-*`. */
export interface EventOptions {
  /** False: events are not counted. */
  readonly counted: boolean;
  readonly tags: readonly string[];
  /** Lower-case event names that are counted; undefined = all. */
  readonly countedEvents?: readonly string[] | undefined;
}

/** Most characters of one value in the log line; longer ones are cut. */
const MAX_VALUE_CHARACTERS = 2_000;

/** A quoted value; quotes, line ends and control characters are escaped, so that no value can forge a second line. */
function quoted(value: string): string {
  return JSON.stringify(value.length > MAX_VALUE_CHARACTERS ? `${value.slice(0, MAX_VALUE_CHARACTERS)}…` : value);
}

/** `type="LOGIN", realmId="…", …` in Keycloak's order; an unknown user, client or address is "null", an unknown session is left out. */
export function formatUserEvent(event: UserEvent): string {
  const parts: [string, string | undefined][] = [
    ['type', event.type],
    ['realmId', event.realmId],
    ['realmName', event.realmName],
    ['clientId', event.clientId ?? 'null'],
    ['userId', event.userId ?? 'null'],
    ['sessionId', event.sessionId],
    ['ipAddress', event.ipAddress ?? 'null'],
    ['error', event.error],
    ...Object.entries(event.details ?? {}),
  ];
  return parts
    .filter((part): part is [string, string] => part[1] !== undefined)
    .map(([name, value]) => `${name}=${quoted(value)}`)
    .join(', ');
}

/** Logs events on the category org.keycloak.events (successes at debug, errors at warn) and counts them. */
export function createEvents(logger: Logger, metrics: Metrics, options: EventOptions): Events {
  const log = logger.of('org.keycloak.events');
  const counter = metrics.counter('keycloak_user_events_total');
  const counted = options.countedEvents === undefined ? undefined : new Set(options.countedEvents);
  const tags = new Set(options.tags);

  const count = (event: UserEvent): void => {
    const name = event.type.replace(/_ERROR$/, '').toLowerCase();
    if (counted !== undefined && !counted.has(name)) return;
    counter.add(1, {
      event: name,
      error: event.error ?? '',
      ...(tags.has('realm') ? { realm: event.realmName } : {}),
      ...(tags.has('clientId') ? { client_id: event.clientId ?? '' } : {}),
      ...(tags.has('idp') ? { idp: event.details?.['identity_provider'] ?? '' } : {}),
    });
  };
  return {
    emit(event) {
      if (event.error !== undefined) log.warn(formatUserEvent(event));
      else if (log.isEnabled('debug')) log.debug(formatUserEvent(event));
      if (options.counted) count(event);
    },
  };
}
