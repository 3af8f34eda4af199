import type { Logger } from '../observability/logger.ts';
import type { OutboxStore } from '../store/stores.ts';
import { applyInvalidations, clearAll, type LocalCaches, passThrough } from './changes.ts';
import type { InvalidationBus } from './contracts.ts';

/** How often the outbox is read although nothing seems to be missing; within 2 L of a writer's death its change is seen (L4). */
const POLL_MS = 4_000;
/** A read that failed is tried again so soon: where every second answer is lost, a lease may hold while four seconds become twenty. */
const RETRY_MS = 500;
const TICKS_PER_POLL = POLL_MS / RETRY_MS;
/** How long rows live; whoever could not read for half of that has missed some and drops everything. */
const KEEP_SECONDS = 600;
const MAX_TICKS_UNREAD = (KEEP_SECONDS * 1_000) / 2 / RETRY_MS;
/** Every so many polls the old rows are removed, by whichever node comes first. */
const POLLS_PER_REMOVAL = 15;

export interface OutboxReaderOptions {
  readonly outbox: OutboxStore;
  readonly caches: LocalCaches;
  readonly bus: InvalidationBus;
  readonly logger: Logger;
  /** Calls `tick` every so many milliseconds; tests call it themselves. */
  readonly every: (intervalMs: number, tick: () => void) => Disposable;
}

/**
 * Takes invalidations from the members as they come, and reads the outbox behind them, so that nothing is missed when a writer dies between its
 * commit and its message. After a gap everything that is cached is dropped.
 */
export async function followInvalidations({
  outbox,
  caches,
  bus,
  logger,
  every,
}: OutboxReaderOptions): Promise<Disposable & { poll(): Promise<void> }> {
  let position = await outbox.head();
  let running: Promise<void> | undefined;
  let failed = false;
  let ticksUnread = 0;
  let polls = 0;
  const read = async (): Promise<void> => {
    const { keys, next, overflow } = await outbox.after(position);
    if (overflow || ticksUnread >= MAX_TICKS_UNREAD) clearAll(caches);
    else applyInvalidations(caches, keys);
    position = next;
    failed = false;
    ticksUnread = 0;
    polls += 1;
    if (polls % POLLS_PER_REMOVAL === 0) await outbox.removeOlderThan(KEEP_SECONDS);
  };
  const poll = (): Promise<void> => {
    running ??= read()
      .catch((error: unknown) => {
        failed = true;
        logger.debug('the outbox could not be read', { error });
      })
      .finally(() => {
        running = undefined;
      });
    return running;
  };
  const tick = (): void => {
    ticksUnread += 1;
    if (failed || ticksUnread >= TICKS_PER_POLL) void poll();
  };
  const subscriptions = new DisposableStack();
  subscriptions.use(bus.subscribe((keys) => applyInvalidations(caches, keys)));
  subscriptions.use(
    bus.onGap(() => {
      clearAll(caches);
      void poll();
    }),
  );
  subscriptions.use(bus.onDeaf((deaf) => passThrough(caches, deaf)));
  subscriptions.use(every(RETRY_MS, tick));
  return { poll, [Symbol.dispose]: () => subscriptions.dispose() };
}
