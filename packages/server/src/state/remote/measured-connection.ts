import { type RemoteConnection, RemoteRefusalError, type StoredEntry, type WorkMessage } from './remote-connection.ts';

/** What became of a step. */
export type StepOutcome = 'answered' | 'unanswered' | 'refused';

/** Told of each step of a connection. */
export interface StepObserver {
  began(): void;
  ended(operation: string, outcome: StepOutcome, tookMs: number): void;
}

/** A connection whose steps are counted and timed. */
export class MeasuredConnection implements RemoteConnection {
  readonly #connection: RemoteConnection;
  readonly #observer: StepObserver;
  readonly closed: Promise<Error>;

  constructor(connection: RemoteConnection, observer: StepObserver) {
    this.#connection = connection;
    this.#observer = observer;
    this.closed = connection.closed;
  }

  get(cache: string, key: string): Promise<StoredEntry | undefined> {
    return this.#timed('get', () => this.#connection.get(cache, key));
  }

  put(cache: string, key: string, value: string, lifespanMs: number): Promise<void> {
    return this.#timed('put', () => this.#connection.put(cache, key, value, lifespanMs));
  }

  putIfAbsent(cache: string, key: string, value: string, lifespanMs: number): Promise<boolean> {
    return this.#timed('put-if-absent', () => this.#connection.putIfAbsent(cache, key, value, lifespanMs));
  }

  replace(cache: string, key: string, value: string, version: string, lifespanMs: number): Promise<boolean> {
    return this.#timed('replace', () => this.#connection.replace(cache, key, value, version, lifespanMs));
  }

  removeIf(cache: string, key: string, version: string): Promise<boolean> {
    return this.#timed('remove-if', () => this.#connection.removeIf(cache, key, version));
  }

  remove(cache: string, key: string): Promise<boolean> {
    return this.#timed('remove', () => this.#connection.remove(cache, key));
  }

  /** One step, from the first question to the last entry; a reader who stops early had his answer. */
  async *entries(cache: string): AsyncGenerator<readonly [string, string]> {
    const beganMs = this.#begin();
    let outcome: StepOutcome = 'answered';
    try {
      yield* this.#connection.entries(cache);
    } catch (error) {
      outcome = outcomeOf(error);
      throw error;
    } finally {
      this.#observer.ended('entries', outcome, performance.now() - beganMs);
    }
  }

  publish(messages: readonly WorkMessage[]): Promise<void> {
    return this.#timed('publish', () => this.#connection.publish(messages));
  }

  ping(): Promise<void> {
    return this.#timed('ping', () => this.#connection.ping());
  }

  close(): void {
    this.#connection.close();
  }

  #begin(): number {
    this.#observer.began();
    return performance.now();
  }

  async #timed<T>(operation: string, step: () => Promise<T>): Promise<T> {
    const beganMs = this.#begin();
    let outcome: StepOutcome = 'answered';
    try {
      return await step();
    } catch (error) {
      outcome = outcomeOf(error);
      throw error;
    } finally {
      this.#observer.ended(operation, outcome, performance.now() - beganMs);
    }
  }
}

function outcomeOf(error: unknown): StepOutcome {
  return error instanceof RemoteRefusalError ? 'refused' : 'unanswered';
}
