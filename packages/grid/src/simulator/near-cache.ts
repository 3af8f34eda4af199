import type { MemberId } from '../protocol/types.ts';
import type { NearCacheChecker } from './near-cache-checker.ts';
import type { NodeData } from './node-data.ts';
import type { Random } from './random.ts';
import type { Truth } from './truth.ts';

export const nearTopic = 'near';
const rows = 14;
const pollMs = 4_000;
/** After a read without an answer. */
const retryMs = 500;
const acknowledgeMs = 1_000;

/** Where a near cache lives: one process. */
export interface NearHost {
  readonly name: string;
  readonly data: NodeData;
  mayServe(): boolean;
  trueMs(): number;
  nowMs(): number;
  /** Not after the process has died; later if it is paused. */
  after(delayMs: number, run: () => void): void;
  /** The same for an answer that comes from outside. */
  guarded<T>(run: (answer: T) => void): (answer: T) => void;
}

interface Cached {
  readonly version: number;
  /** The tenure in which it was stored: every lapse of the lease begins another. */
  readonly tenure: number;
}

/**
 * Rows of a database cached at every member, as programs on the grid do it: load on demand under a ticket, commit first and invalidate then, clear after
 * a gap or a lapse of the lease, and read the outbox behind the messages. Planted faults are subclasses that do one of these wrongly.
 */
export class NearCache {
  protected readonly host: NearHost;
  protected readonly truth: Truth;
  readonly #checker: NearCacheChecker;
  readonly #random: Random;
  readonly #cached = new Map<string, Cached>();
  /** Counts what made loads under way stale. */
  readonly #tickets = new Map<string, number>();
  #clears = 0;
  #tenure = 0;
  #position: number;

  constructor(host: NearHost, truth: Truth, checker: NearCacheChecker, random: Random) {
    this.host = host;
    this.truth = truth;
    this.#checker = checker;
    this.#random = random;
    // Nothing is cached yet, so nothing that was committed before matters.
    this.#position = truth.outbox.length;
  }

  start(): void {
    this.host.after(this.#random.between(0, pollMs), () => this.#poll(true));
    this.#next();
  }

  /** The lease lapsed or the life as a member ended (L3). */
  lapsed(): void {
    this.#tenure += 1;
    this.clear();
  }

  /** Messages of somebody were missed. */
  gap(): void {
    this.clear();
    this.#poll(false);
  }

  invalidate(key: string): void {
    this.#cached.delete(key);
    this.#tickets.set(key, (this.#tickets.get(key) ?? 0) + 1);
  }

  protected clear(): void {
    this.#cached.clear();
    this.#clears += 1;
  }

  /** What a load must still find when it ends, or its result is not kept (L2). */
  protected ticket(key: string): string {
    return `${this.#clears}:${this.#tickets.get(key) ?? 0}`;
  }

  /** Commits, and tells all members before anybody is answered. */
  protected write(key: string): void {
    this.truth.change(
      this.host.name,
      key,
      this.host.guarded((change) => {
        if (change !== undefined) this.publish(key, (audience) => this.acknowledged(key, change.version, audience));
      }),
    );
  }

  /** `done` gets the members that were told, undefined if not all have acknowledged. */
  protected publish(key: string, done: (audience: readonly MemberId[] | undefined) => void): void {
    const { core } = this.host.data;
    this.invalidate(key);
    if (core.node.view === undefined) return;
    const audience = [...core.node.memberIds];
    core.topics.publish(nearTopic, new TextEncoder().encode(key), acknowledgeMs, this.host.nowMs(), (all) =>
      done(all ? audience : undefined),
    );
  }

  protected acknowledged(key: string, version: number, audience: readonly MemberId[] | undefined): void {
    if (audience !== undefined) this.#checker.acknowledged(key, version, audience);
  }

  /** `done` is told whether there was an answer. */
  protected pollOutbox(done: (read: boolean) => void): void {
    const from = this.#position;
    this.truth.read(
      this.host.name,
      from,
      this.host.guarded((changes) => {
        for (const { key } of changes ?? []) this.invalidate(key);
        // Another look, after a gap, may have come as far meanwhile.
        this.#position = Math.max(this.#position, from + (changes?.length ?? 0));
        done(changes !== undefined);
      }),
    );
  }

  #poll(again: boolean): void {
    this.pollOutbox((read) => {
      if (again) this.host.after(read ? pollMs : retryMs, () => this.#poll(true));
    });
  }

  #next(): void {
    this.host.after(1 + this.#random.next() ** 2 * 250, () => {
      const key = `row-${Math.floor(this.#random.next() * rows)}`;
      if (!this.host.mayServe()) this.#next();
      else {
        if (this.#random.chance(0.015)) this.write(key);
        else this.#read(key);
        this.#next();
      }
    });
  }

  #read(key: string): void {
    const cached = this.#cached.get(key);
    if (cached !== undefined) {
      this.#checker.read(this.host.name, this.host.data.identity?.id ?? 0, key, cached.version, cached.tenure < this.#tenure);
      return;
    }
    const ticket = this.ticket(key);
    const tenure = this.#tenure;
    this.truth.load(
      this.host.name,
      key,
      this.host.guarded((version) => {
        if (version !== undefined && this.ticket(key) === ticket) this.#cached.set(key, { version, tenure });
      }),
    );
  }
}
