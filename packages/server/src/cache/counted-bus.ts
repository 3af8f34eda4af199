import type { InvalidationBus } from './contracts.ts';

/** What went out on the bus since the start; time is a sum, the wait for the other members included. */
export interface BusCounts {
  readonly published: number;
  readonly publishTimeMs: number;
  /** Some member did not acknowledge in time; it learns of it from the outbox. */
  readonly unacknowledged: number;
}

export interface CountedBusOptions {
  readonly nowMs: () => number;
  /** Told of the time of each message, for histograms. */
  readonly observe?: ((tookMs: number) => void) | undefined;
}

/** The bus with its counts, for the samples of the original's cache `work`. */
export function countedBus(bus: InvalidationBus, { nowMs, observe }: CountedBusOptions): InvalidationBus & { readonly counts: BusCounts } {
  const counts = { published: 0, publishTimeMs: 0, unacknowledged: 0 };
  return {
    counts,
    async publish(keys) {
      const beganMs = nowMs();
      const acknowledged = await bus.publish(keys);
      const tookMs = nowMs() - beganMs;
      counts.published += 1;
      counts.publishTimeMs += tookMs;
      observe?.(tookMs);
      if (!acknowledged) counts.unacknowledged += 1;
      return acknowledged;
    },
    subscribe: (handler) => bus.subscribe(handler),
    onGap: (handler) => bus.onGap(handler),
    onDeaf: (handler) => bus.onDeaf(handler),
  };
}
