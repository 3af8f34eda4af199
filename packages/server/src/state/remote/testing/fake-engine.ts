import { type RemoteConnection, type RemoteEngine, UnansweredError, type WorkMessage } from '../remote-connection.ts';

interface Entry {
  readonly value: string;
  readonly version: string;
}

/**
 * What becomes of the answer to a step: lost before it was done, or after; or the step is taken late, with the next that changes something; or it
 * is answered with yes and not done.
 */
export type Fault = 'before' | 'after' | 'late' | 'undone';

/** An engine in memory, whose answers tests can lose; entries do not expire. */
export class FakeEngine implements RemoteEngine {
  readonly name = 'Fake';
  readonly defaultPort = 1;
  readonly entries = new Map<string, Entry>();
  /** Taken from the front, one a step. */
  readonly faults: (Fault | undefined)[] = [];
  /** Steps that are still to be taken. */
  readonly late: (() => unknown)[] = [];
  /** Thrown by the next opens, first to last. */
  readonly refusals: Error[] = [];
  /** Ports that were asked. */
  readonly asked: number[] = [];
  readonly opened: FakeConnection[] = [];
  #version = 0;

  async open({ port }: { readonly port: number }, onMessage: (message: WorkMessage) => void): Promise<RemoteConnection> {
    this.asked.push(port);
    const refusal = this.refusals.shift();
    if (refusal !== undefined) throw refusal;
    const connection = new FakeConnection(this, onMessage);
    this.opened.push(connection);
    return connection;
  }

  nextVersion(): string {
    this.#version += 1;
    return String(this.#version);
  }
}

/** One connection to the fake engine. */
export class FakeConnection implements RemoteConnection {
  readonly #engine: FakeEngine;
  readonly #onMessage: (message: WorkMessage) => void;
  readonly #closed = Promise.withResolvers<Error>();
  readonly closed = this.#closed.promise;
  hangs = false;

  constructor(engine: FakeEngine, onMessage: (message: WorkMessage) => void) {
    this.#engine = engine;
    this.#onMessage = onMessage;
  }

  get(cache: string, key: string): Promise<Entry | undefined> {
    return this.#step(() => this.#engine.entries.get(`${cache} ${key}`), true);
  }

  async put(cache: string, key: string, value: string): Promise<void> {
    await this.#step(() => this.#store(cache, key, value));
  }

  putIfAbsent(cache: string, key: string, value: string): Promise<boolean> {
    return this.#step(() => !this.#engine.entries.has(`${cache} ${key}`) && this.#store(cache, key, value));
  }

  replace(cache: string, key: string, value: string, version: string): Promise<boolean> {
    return this.#step(() => this.#engine.entries.get(`${cache} ${key}`)?.version === version && this.#store(cache, key, value));
  }

  removeIf(cache: string, key: string, version: string): Promise<boolean> {
    return this.#step(
      () => this.#engine.entries.get(`${cache} ${key}`)?.version === version && this.#engine.entries.delete(`${cache} ${key}`),
    );
  }

  remove(cache: string, key: string): Promise<boolean> {
    return this.#step(() => this.#engine.entries.delete(`${cache} ${key}`));
  }

  async *entries(cache: string): AsyncGenerator<readonly [string, string]> {
    for (const [key, { value }] of this.#engine.entries) if (key.startsWith(`${cache} `)) yield [key.slice(cache.length + 1), value];
  }

  async publish(messages: readonly WorkMessage[]): Promise<void> {
    for (const message of messages) this.#onMessage(message);
  }

  async ping(): Promise<void> {
    if (this.hangs) throw new UnansweredError('no pong');
  }

  close(reason = new Error('closed')): void {
    this.#closed.resolve(reason);
  }

  #store(cache: string, key: string, value: string): true {
    this.#engine.entries.set(`${cache} ${key}`, { value, version: this.#engine.nextVersion() });
    return true;
  }

  async #step<T>(work: () => T, reads = false): Promise<T> {
    await Promise.resolve();
    const fault = this.#engine.faults.shift();
    if (fault === 'before') throw new UnansweredError('lost on the way there');
    if (fault === 'undone') return true as T;
    if (fault === 'late') {
      this.#engine.late.push(work);
      throw new UnansweredError('not yet');
    }
    if (!reads) for (const step of this.#engine.late.splice(0)) step();
    const result = work();
    if (fault === 'after') throw new UnansweredError('lost on the way back');
    return result;
  }
}
