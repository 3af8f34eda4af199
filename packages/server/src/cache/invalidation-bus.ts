import type { GridNode } from '@keygrid/grid';
import type { Logger } from '../observability/logger.ts';
import type { InvalidationBus, InvalidationKey } from './contracts.ts';

/** How long a writer waits for the members; the outbox sees to those that did not answer. */
const acknowledgeMs = 1_000;
/** Keys in one message; more than that go out as several. */
const maxKeysPerMessage = 5_000;

/** Invalidations over the cache `work`: each member drops the keys before the writer is answered. */
export function createInvalidationBus(grid: GridNode, logger: Logger): InvalidationBus {
  const topic = grid.topic('work');
  async function send(keys: readonly InvalidationKey[]): Promise<boolean> {
    try {
      return await topic.publish(keys, { timeoutMs: acknowledgeMs });
    } catch (error) {
      logger.warn('an invalidation did not reach all members; they learn of it from the database', { error });
      return false;
    }
  }
  return {
    async publish(keys) {
      const parts: Promise<boolean>[] = [];
      for (let at = 0; at < keys.length; at += maxKeysPerMessage) parts.push(send(keys.slice(at, at + maxKeysPerMessage)));
      return (await Promise.all(parts)).every((acknowledged) => acknowledged);
    },

    subscribe(handler) {
      return topic.subscribe((payload) => (isKeys(payload) ? handler(payload) : undefined));
    },

    onGap(handler) {
      const subscriptions = new DisposableStack();
      subscriptions.use(topic.onGap(() => handler()));
      // While it was cut off, nobody waited for this member's acknowledgement (L3).
      subscriptions.use(grid.on('fenced', () => handler()));
      subscriptions.use(grid.on('unfenced', () => handler()));
      return subscriptions;
    },

    // A member that the others do not reach is fenced, and serves nothing.
    onDeaf: () => ({ [Symbol.dispose]: () => undefined }),
  };
}

function isKeys(payload: unknown): payload is readonly InvalidationKey[] {
  return Array.isArray(payload) && payload.every((key) => typeof key === 'string');
}
