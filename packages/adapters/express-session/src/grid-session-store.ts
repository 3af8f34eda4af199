import type { Cache, GridNode } from '@keygrid/grid';
import { type SessionData, Store } from 'express-session';
import { type StoredSession, sessionUpdates, type Touch } from './stored-session.ts';

const dayMs = 86_400_000;

export interface GridSessionStoreOptions {
  readonly grid: GridNode;
  /** Name of the cache, default `express-sessions`; applications on one grid that do not share sessions need different ones. */
  readonly cacheName?: string | undefined;
  /** Copies of each session on different members, 1 to 3; default 2: a session survives the loss of any one member. */
  readonly owners?: number | undefined;
  /** Life of sessions whose cookie has no end of its own, in milliseconds; default a day. */
  readonly ttlMs?: number | undefined;
}

type Done<T> = (error: unknown, result?: T) => void;

/**
 * Sessions of express on the grid: written on one member, read on every other, and there after the loss of one. A session lives as long as
 * its cookie from its last use on. Every member of the application opens its store alike; the store does not own the grid.
 */
export class GridSessionStore extends Store {
  readonly #cache: Cache<string, StoredSession>;
  readonly #ttlMs: number;

  constructor({ grid, cacheName = 'express-sessions', owners = 2, ttlMs = dayMs }: GridSessionStoreOptions) {
    super();
    this.#ttlMs = ttlMs;
    this.#cache = grid.cache<string, StoredSession>(cacheName, { owners, updates: sessionUpdates });
  }

  override get(id: string, done: Done<SessionData | null>): void {
    answer(this.#read(id), done);
  }

  override set(id: string, session: SessionData, done?: Done<void>): void {
    const ttlMs = this.#ttlOf(session);
    // A cookie that has ended takes its session along.
    const stored = ttlMs > 0 ? this.#cache.put(id, { session: JSON.stringify(session), ttlMs }, { maxIdleMs: ttlMs }) : this.#remove(id);
    answer(stored, done);
  }

  override touch(id: string, session: SessionData, done?: Done<void>): void {
    const ttlMs = this.#ttlOf(session);
    const touch: Touch = { ttlMs, cookie: JSON.stringify(session.cookie) };
    answer(ttlMs > 0 ? this.#cache.update<void>(id, 'touch', touch, { maxIdleMs: ttlMs }) : this.#remove(id), done);
  }

  override destroy(id: string, done?: Done<void>): void {
    answer(this.#remove(id), done);
  }

  override all(done: Done<{ [id: string]: SessionData } | null>): void {
    answer(this.#all(), done);
  }

  override length(done: Done<number>): void {
    answer(this.#cache.size(), done);
  }

  override clear(done?: Done<void>): void {
    answer(this.#cache.clear(), done);
  }

  async #read(id: string): Promise<SessionData | null> {
    const stored = await this.#cache.get(id);
    return stored === undefined ? null : (JSON.parse(stored.session) as SessionData);
  }

  async #remove(id: string): Promise<void> {
    await this.#cache.remove(id);
  }

  async #all(): Promise<{ [id: string]: SessionData }> {
    const sessions: { [id: string]: SessionData } = {};
    for await (const [id, { session }] of this.#cache) sessions[id] = JSON.parse(session) as SessionData;
    return sessions;
  }

  #ttlOf({ cookie }: SessionData): number {
    if (typeof cookie?.originalMaxAge === 'number') return cookie.originalMaxAge;
    if (cookie?.expires instanceof Date) return cookie.expires.getTime() - Date.now();
    return this.#ttlMs;
  }
}

/** express-session speaks callbacks; what a callback throws is its own and must not come back to it as an error of the store. */
function answer<T>(outcome: Promise<T>, done: Done<T> | undefined): void {
  outcome.then(
    (result) => done && process.nextTick(done, null, result),
    (error: unknown) => done && process.nextTick(done, error),
  );
}
