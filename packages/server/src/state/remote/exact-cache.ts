import { randomBytes } from 'node:crypto';
import { StateUnavailableError } from '../../cache/state-error.ts';
import { type RemoteConnection, type StoredEntry, UnansweredError } from './remote-connection.ts';
import type { RemoteLink } from './remote-link.ts';

/** Lost races of one change; each means that another change got through. */
const maxTries = 100;
/**
 * How far the clocks of nodes may be apart. A server that hung may carry out late what it was sent long ago; an entry that ended by its own word
 * is then as good as none.
 */
export const clockToleranceMs = 60_000;
/** Names of the last changes that an entry carries; more than can be under way between a change and the repetition of its request. */
const keptOperations = 6;
const operationBytes = 9;

/** How a change ends: the entry stays as it is, goes, or becomes `value` for `lifespanMs` from now. */
export type Outcome<V, T> =
  | { readonly step: 'keep'; readonly result: T }
  | { readonly step: 'remove'; readonly result: T }
  | { readonly step: 'store'; readonly value: V; readonly lifespanMs: number; readonly result: T };

/** What stands, and when it ends by the clock of whoever wrote it. */
export interface Standing<V> {
  readonly value: V;
  readonly endsAtMs: number;
}

interface Envelope<V> {
  /** The value. */
  readonly v: V;
  /** Ends at, epoch milliseconds. */
  readonly e: number;
  /** Names of the last changes, youngest first. */
  readonly o: readonly string[];
}

export interface ExactCacheOptions {
  readonly link: RemoteLink;
  /** Name of the cache at the engine. */
  readonly name: string;
  readonly nowMs: () => number;
  /**
   * A write counts once it is read back. Infinispan with copies to another site answers that it was done also where the other site did not take
   * it and it was undone.
   */
  readonly readsBack?: boolean | undefined;
}

/**
 * A cache of the external engine whose changes happen exactly once. The engine only compares and swaps; an answer that is lost leaves open
 * whether it did. So every change writes its own name into the entry, and a repetition that finds the name knows that it was done.
 */
export class ExactCache<V> {
  readonly #options: ExactCacheOptions;

  constructor(options: ExactCacheOptions) {
    this.#options = options;
  }

  async get(key: string): Promise<V | undefined> {
    const { link, name } = this.#options;
    const stored = await link.use((connection) => connection.get(name, key));
    return this.#opened(stored)?.v;
  }

  /** Whatever stands. */
  async put(key: string, value: V, lifespanMs: number): Promise<void> {
    await this.insert(key, value, lifespanMs, () => true);
  }

  /** False where an entry stands that is not `replaceable`. */
  async insert(key: string, value: V, lifespanMs: number, replaceable: (standing: V) => boolean = () => false): Promise<boolean> {
    const { link, name, nowMs } = this.#options;
    const operation = newOperation();
    const endsAtMs = nowMs() + lifespanMs;
    let asked = false;
    return link.use(async (connection) => {
      const envelope = seal<V>({ v: value, e: Math.ceil(endsAtMs), o: [operation] });
      const left = (): number => Math.max(1, endsAtMs - nowMs());
      for (let tries = 0; tries < maxTries; tries += 1) {
        const mayBeOwn = asked;
        asked = true;
        if (await connection.putIfAbsent(name, key, envelope, left())) return this.#confirmed(connection, key, operation);
        const stored = await connection.get(name, key);
        const standing = this.#opened(stored);
        if (stored === undefined) continue;
        if (mayBeOwn && standing?.o.includes(operation) === true) return true;
        if (standing !== undefined && !replaceable(standing.v)) return false;
        if (await connection.replace(name, key, envelope, stored.version, left())) return this.#confirmed(connection, key, operation);
      }
      throw tooMany(name);
    });
  }

  /** Read, decide, compare and swap, until nobody came in between. `decide` is pure and may run several times. */
  async change<T>(key: string, decide: (standing: Standing<V> | undefined) => Outcome<V, T>): Promise<T> {
    const { link, name } = this.#options;
    // Steps whose answers did not come. Each may have been taken, or be taken late: the entry tells, by the name of the step.
    const stored = new Map<string, T>();
    let removal: { readonly result: T } | undefined;
    return link.use(async (connection) => {
      for (let tries = 0; tries < maxTries; tries += 1) {
        const entry = await connection.get(name, key);
        const found = this.#opened(entry);
        const taken = found?.o.find((operation) => stored.has(operation));
        if (taken !== undefined) return stored.get(taken) as T;
        if (entry === undefined && removal !== undefined) return removal.result;
        const outcome = decide(found === undefined ? undefined : { value: found.v, endsAtMs: found.e });
        if (outcome.step === 'keep' || (outcome.step === 'remove' && entry === undefined)) return outcome.result;
        const operation = newOperation();
        const earlier = removal;
        if (outcome.step === 'remove') removal = outcome;
        else stored.set(operation, outcome.result);
        if (await this.#step(connection, key, entry, found, outcome, operation)) {
          await this.#confirmed(connection, key, outcome.step === 'remove' ? undefined : operation);
          return outcome.result;
        }
        // An answer after all: this step was not taken, and never will be.
        stored.delete(operation);
        removal = earlier;
      }
      throw tooMany(name);
    });
  }

  async #step<T>(
    connection: RemoteConnection,
    key: string,
    stored: StoredEntry | undefined,
    found: Envelope<V> | undefined,
    outcome: Exclude<Outcome<V, T>, { step: 'keep' }>,
    operation: string,
  ): Promise<boolean> {
    const { name, nowMs } = this.#options;
    if (outcome.step === 'remove') return stored !== undefined && connection.removeIf(name, key, stored.version);
    const o = [operation, ...(found?.o ?? [])].slice(0, keptOperations);
    const lifespanMs = Math.max(1, outcome.lifespanMs);
    const envelope = seal<V>({ v: outcome.value, e: Math.ceil(nowMs() + lifespanMs), o });
    return stored === undefined
      ? connection.putIfAbsent(name, key, envelope, lifespanMs)
      : connection.replace(name, key, envelope, stored.version, lifespanMs);
  }

  /** Makes sure that the last change of the entry is there; without an operation, that the entry is gone. @throws UnansweredError */
  async #confirmed(connection: RemoteConnection, key: string, operation: string | undefined): Promise<true> {
    const { name, readsBack } = this.#options;
    if (readsBack !== true) return true;
    const entry = await connection.get(name, key);
    const isThere = operation === undefined ? entry === undefined : this.#opened(entry)?.o.includes(operation) === true;
    if (!isThere) throw new UnansweredError(`a write to ${name} was answered and is not there`);
    return true;
  }

  /** False where there was none; after a lost answer, where there is none any more. */
  async remove(key: string): Promise<boolean> {
    const { link, name } = this.#options;
    let asked = false;
    return link.use(async (connection) => {
      const again = asked;
      asked = true;
      const removed = (await connection.remove(name, key)) || again;
      await this.#confirmed(connection, key, undefined);
      return removed;
    });
  }

  /** What another program wrote into the cache is as good as nothing, and so is what is over. */
  #opened(stored: Pick<StoredEntry, 'value'> | undefined): Envelope<V> | undefined {
    if (stored === undefined) return undefined;
    try {
      const envelope = JSON.parse(stored.value) as Partial<Envelope<V>> | null;
      if (typeof envelope?.e !== 'number' || !Array.isArray(envelope.o)) return undefined;
      return envelope.e + clockToleranceMs < this.#options.nowMs() ? undefined : (envelope as Envelope<V>);
    } catch {
      return undefined;
    }
  }

  /** All living entries, each once. @throws StateUnavailableError where the connection breaks on the way. */
  async *entries(): AsyncGenerator<readonly [key: string, value: V]> {
    const { link, name } = this.#options;
    const seen = new Set<string>();
    try {
      for await (const [key, text] of await link.use(async (connection) => connection.entries(name))) {
        const envelope = this.#opened({ value: text });
        if (envelope === undefined || seen.has(key)) continue;
        seen.add(key);
        yield [key, envelope.v];
      }
    } catch (error) {
      if (!(error instanceof UnansweredError)) throw error;
      throw new StateUnavailableError(`the entries of ${name} could not be read to the end`, { cause: error });
    }
  }
}

function newOperation(): string {
  return randomBytes(operationBytes).toString('base64url');
}

function seal<V>(envelope: Envelope<V>): string {
  return JSON.stringify(envelope);
}

function tooMany(name: string): StateUnavailableError {
  return new StateUnavailableError(`an entry of ${name} is changed by too many at once: ${maxTries} tries lost their race`);
}
