import type { Cache, UpdateFunction } from '@keygrid/grid';
import { isPassing } from '../cache/passing-error.ts';
import type { Logger } from '../observability/logger.ts';

/**
 * A copy of a database row in a cache with one owner. The database is the truth; a slot is one of
 * - live: the row as it was committed;
 * - ticket: somebody is loading it. Only the holder may make the slot live, and every write of the row takes the ticket away, so that
 *   a slow load can neither overwrite a newer value nor outlive a removal (invariant L2). A lost segment loses its tickets too;
 * - suspended: a removal is being committed; readers ask the database and fill nothing.
 * Nothing becomes live without a ticket that is older than the read or the commit that it comes from.
 */
export type Slot<T> =
  | { readonly kind: 'live'; readonly value: T }
  | { readonly kind: 'ticket'; readonly ticket: string }
  | { readonly kind: 'suspended' };

/** What a reader found; `unreachable`: the cache did not answer in time. */
export type Peek<T> = Slot<T> | { readonly kind: 'absent' } | { readonly kind: 'unreachable' };

/** How a committed newer state changes a live value; undefined = it is not newer. Pure: it runs on the primary. */
export type Merge<T, A> = (current: T, argument: A) => T | undefined;

/** A loader that died with its ticket blocks nobody for longer. */
const ticketLifespanMs = 10_000;
/** A remover that died between marking and committing makes readers ask the database for no longer. */
const suspendedLifespanMs = 30_000;
/** However a copy went wrong, it is read anew from the database after this time. */
export const liveLifespanMs = 900_000;

/**
 * Update functions of a slot cache; register them when the cache is opened.
 * @param liveMs how long a copy stays without being read anew
 */
export function slotUpdates<T, A>(merge: Merge<T, A>, liveMs: number = liveLifespanMs): Readonly<Record<string, UpdateFunction<Slot<T>>>> {
  return {
    ticket: (current, argument) =>
      current === undefined
        ? {
            value: { kind: 'ticket', ticket: String(argument) },
            result: { kind: 'ticket', ticket: argument },
            lifespanMs: ticketLifespanMs,
          }
        : { value: 'keep', result: current },
    fill: (current, argument) => {
      const { ticket, value } = argument as { ticket: string; value: T };
      if (current?.kind !== 'ticket' || current.ticket !== ticket) return { value: 'keep', result: false };
      return { value: { kind: 'live', value }, result: true, lifespanMs: liveMs };
    },
    advance: (current, argument) => {
      if (current?.kind === 'ticket') return { value: undefined, result: false };
      if (current?.kind !== 'live') return { value: 'keep', result: false };
      const value = merge(current.value, argument as A);
      if (value === undefined) return { value: 'keep', result: false };
      return { value: { kind: 'live', value }, result: true, lifespanMs: liveMs };
    },
    suspend: () => ({ value: { kind: 'suspended' }, result: true, lifespanMs: suspendedLifespanMs }),
  };
}

export interface SlotCacheOptions {
  readonly logger: Logger;
  /** How long a reader waits for the owner before it asks the database instead. */
  readonly readTimeoutMs: number;
  /** A fresh ticket; unique for the life of a slot. */
  readonly newTicket: () => string;
}

/** The cache-aside protocol over one cache of slots. */
export class SlotCache<T, A> {
  readonly #cache: Cache<string, Slot<T>>;
  readonly #options: SlotCacheOptions;

  constructor(cache: Cache<string, Slot<T>>, options: SlotCacheOptions) {
    this.#cache = cache;
    this.#options = options;
  }

  async peek(key: string): Promise<Peek<T>> {
    return this.#orUnreachable(async (waitMs) => (await this.#cache.get(key, { waitMs })) ?? { kind: 'absent' });
  }

  /** Asks for the right to fill: a ticket (perhaps shared with another loader), or what stands there. */
  async ticket(key: string): Promise<Peek<T>> {
    return this.#orUnreachable((waitMs) => this.#cache.update<Slot<T>>(key, 'ticket', this.#options.newTicket(), { waitMs }));
  }

  /** Best effort: a copy that does not get in is loaded again by the next reader. */
  async fill(key: string, ticket: string, value: T): Promise<void> {
    await this.#orUnreachable((waitMs) => this.#cache.update<boolean>(key, 'fill', { ticket, value }, { waitMs }));
  }

  /** Tells of a committed newer state; throws a `GridError` where no answer came, since a reader might miss the change. */
  async advance(key: string, argument: A): Promise<void> {
    await this.#cache.update<boolean>(key, 'advance', argument);
  }

  /** As `advance`, for states that a version guard in the database protects anyway. */
  async advanceSoon(key: string, argument: A): Promise<void> {
    await this.#orUnreachable((waitMs) => this.#cache.update<boolean>(key, 'advance', argument, { waitMs }));
  }

  async suspend(key: string): Promise<void> {
    await this.#cache.update<boolean>(key, 'suspend', undefined);
  }

  async drop(key: string): Promise<void> {
    await this.#cache.remove(key);
  }

  async clear(): Promise<void> {
    await this.#cache.clear();
  }

  async #orUnreachable<R>(work: (waitMs: number) => Promise<R>): Promise<R | { readonly kind: 'unreachable' }> {
    try {
      return await work(this.#options.readTimeoutMs);
    } catch (error) {
      if (!isPassing(error)) throw error;
      this.#options.logger.debug('the owner of a session did not answer; going on with the database', { cache: this.#cache.name, error });
      return { kind: 'unreachable' };
    }
  }
}
