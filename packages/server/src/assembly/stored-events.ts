import { EventWriter, type EventWriterParts } from '../events/event-writer.ts';
import type { Events } from '../events/events.ts';
import type { AdminEventStore } from '../store/admin-events.ts';
import { every } from './every.ts';

const FLUSH_MS = 200;
/** How often a node looks for events that are older than their realm keeps. */
const EXPIRY_MS = 600_000;

export interface StoredEvents extends Events, AsyncDisposable {
  /** Resolves when what was emitted is stored, or was given up. Never rejects. */
  written(): Promise<void>;
}

/** Events that go where they went before, and to the database for the realms that keep them; what waits at the end is written. */
export function storedEvents(parts: EventWriterParts & { readonly adminStore: AdminEventStore }, events: Events): StoredEvents {
  const { store, adminStore, clock, logger } = parts;
  const writer = new EventWriter(parts);
  const flush = every(FLUSH_MS, () => void writer.flush());
  const expiry = every(EXPIRY_MS, () => {
    for (const one of [store, adminStore]) {
      one.removeExpired(clock.nowMs()).catch((error: unknown) => logger.debug('old events could not be removed', { error }));
    }
  });
  return {
    emit(event) {
      events.emit(event);
      writer.offer(event);
    },
    written: () => writer.flush(),
    async [Symbol.asyncDispose]() {
      flush[Symbol.dispose]();
      expiry[Symbol.dispose]();
      await writer.flush();
    },
  };
}
