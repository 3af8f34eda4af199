import { randomUUID } from 'node:crypto';
import type { Directory } from '../cache/contracts.ts';
import type { Clock } from '../model/clock.ts';
import type { Realm } from '../model/index.ts';
import type { Logger } from '../observability/logger.ts';
import type { EventStore, StoredEvent } from '../store/stores.ts';
import type { UserEvent } from './events.ts';

/** Events that wait for the database; what comes on top is dropped and said so, as nobody may wait for an event. */
const MAX_WAITING = 10_000;
const MAX_BATCH = 500;
const MAX_COLUMN_CHARACTERS = 255;
const MAX_DETAILS = 32;
const MAX_DETAIL_CHARACTERS = 2_000;

/** Types that a realm without a choice of its own does not keep: they come with every use of a session. */
const NOT_KEPT: ReadonlySet<string> = new Set(
  [
    'REFRESH_TOKEN',
    'INTROSPECT_TOKEN',
    'USER_INFO_REQUEST',
    'VALIDATE_ACCESS_TOKEN',
    'CLIENT_INFO',
    'PUSHED_AUTHORIZATION_REQUEST',
  ].flatMap((type) => [type, `${type}_ERROR`]),
);

export interface EventWriterParts {
  readonly store: EventStore;
  readonly directory: Pick<Directory, 'realmById'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Writes the events that realms keep (`eventsEnabled`, `enabledEventTypes`) to the database, behind the requests and many at a time. */
export class EventWriter {
  readonly #parts: EventWriterParts;
  #waiting: StoredEvent[] = [];
  #dropped = 0;
  #flushing: Promise<void> | undefined;

  constructor(parts: EventWriterParts) {
    this.#parts = parts;
  }

  offer(event: UserEvent): void {
    if (this.#waiting.length >= MAX_WAITING) {
      this.#dropped += 1;
      return;
    }
    this.#waiting.push(bounded(event, this.#parts.clock.nowMs()));
  }

  /** Writes what waits; a flush that is under way is joined. Never throws. */
  flush(): Promise<void> {
    this.#flushing ??= this.#flushAll().finally(() => {
      this.#flushing = undefined;
    });
    return this.#flushing;
  }

  async #flushAll(): Promise<void> {
    const { store, logger } = this.#parts;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, MAX_BATCH);
      this.#waiting = this.#waiting.slice(MAX_BATCH);
      try {
        const kept = await this.#kept(batch);
        if (kept.length > 0) await store.insert(kept);
      } catch (error) {
        this.#dropped += batch.length;
        logger.debug('events could not be written', { error });
        break;
      }
    }
    if (this.#dropped === 0) return;
    logger.warn(`${this.#dropped} events were not stored: the database did not take them in time`);
    this.#dropped = 0;
  }

  async #kept(batch: readonly StoredEvent[]): Promise<StoredEvent[]> {
    const realms = new Map<string, Realm | undefined>();
    for (const { realmId } of batch) {
      if (!realms.has(realmId)) realms.set(realmId, await this.#parts.directory.realmById(realmId));
    }
    return batch.filter(({ realmId, type }) => {
      const realm = realms.get(realmId);
      return realm !== undefined && keeps(realm, type);
    });
  }
}

/** Whether the realm keeps events of the type. */
export function keeps(realm: Realm, type: string): boolean {
  if (!realm.eventsEnabled) return false;
  const chosen = realm.other['enabledEventTypes'];
  return Array.isArray(chosen) && chosen.length > 0 ? chosen.includes(type) : !NOT_KEPT.has(type);
}

/** An event as it may be stored: whatever a request carried, its size is known. */
function bounded(event: UserEvent, timeMs: number): StoredEvent {
  const cut = (value: string | undefined): string | undefined => value?.slice(0, MAX_COLUMN_CHARACTERS).replaceAll('\u0000', '');
  const details = Object.entries(event.details ?? {})
    .slice(0, MAX_DETAILS)
    .map(([name, value]) => [name, value.slice(0, MAX_DETAIL_CHARACTERS).replaceAll('\u0000', '')]);
  return {
    id: randomUUID(),
    timeMs,
    type: event.type,
    realmId: event.realmId,
    clientId: cut(event.clientId),
    userId: cut(event.userId),
    sessionId: cut(event.sessionId),
    ipAddress: cut(event.ipAddress),
    error: cut(event.error),
    details: details.length === 0 ? undefined : (Object.fromEntries(details) as Record<string, string>),
  };
}
