import { setTimeout as delay } from 'node:timers/promises';
import { StateUnavailableError } from '../../cache/state-error.ts';
import { ServerError } from '../../http/errors.ts';
import type { Logger } from '../../observability/logger.ts';
import type { GivenUp, LinkObserver } from './link-metrics.ts';
import { MeasuredConnection } from './measured-connection.ts';
import {
  type RemoteAddress,
  type RemoteConnection,
  type RemoteEngine,
  RemoteRefusalError,
  UnansweredError,
  type WorkMessage,
} from './remote-connection.ts';

/** How long a request waits for the engine, with all its repetitions, unless told otherwise. */
const defaultBudgetMs = 10_000;
const firstPauseMs = 20;
const longestPauseMs = 1_000;
/** Requests that may wait for a connection to come back; one more is refused at once. */
const maxWaiting = 1_000;
/** Between two looks at an engine that nobody uses just now, and how long it may take to answer. */
const pingIntervalMs = 500;
/** Rounds over all addresses before a start gives up. */
const startWithinMs = 20_000;
const longestReconnectPauseMs = 2_000;

export interface RemoteLinkOptions {
  readonly engine: RemoteEngine;
  readonly addresses: readonly RemoteAddress[];
  readonly logger: Logger;
  readonly every: (intervalMs: number, tick: () => void) => Disposable;
  readonly onMessage: (message: WorkMessage) => void;
  /** How long a request waits for the engine, with all its repetitions. */
  readonly budgetMs?: number | undefined;
  /** A connection stands, and messages come through from now on. */
  readonly onUp: () => void;
  /** Messages may be missed from now on. */
  readonly onDown: () => void;
  /** Told of everything that is worth counting. */
  readonly observer?: LinkObserver | undefined;
}

/**
 * The one connection of this node to the external engine, made anew on the next address when it breaks or hangs. Requests wait for it within
 * their budget and are sent again where no answer came.
 */
export class RemoteLink implements AsyncDisposable {
  readonly #options: RemoteLinkOptions;
  #connection: RemoteConnection | undefined;
  #next = 0;
  #waiting = 0;
  #up = Promise.withResolvers<void>();
  #connecting: Promise<void> | undefined;
  #pinging = false;
  #timer: Disposable | undefined;
  #stopped = false;

  constructor(options: RemoteLinkOptions) {
    this.#options = options;
  }

  get connected(): boolean {
    return this.#connection !== undefined;
  }

  /** Requests that wait for a connection now. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Waits until the engine is there. @throws ServerError KG_REMOTE_CACHE in one line. */
  async start(): Promise<void> {
    const { engine, addresses } = this.#options;
    const began = performance.now();
    for (let round = 1; ; round += 1) {
      let last: unknown;
      for (const _ of addresses) {
        last = await this.#tryNext();
        if (last === undefined) {
          this.#timer = this.#options.every(pingIntervalMs, () => void this.#ping());
          return;
        }
        if (last instanceof RemoteRefusalError) break;
      }
      if (last instanceof RemoteRefusalError || performance.now() - began > startWithinMs) {
        const where = addresses.map(({ host, port }) => `${host}:${port}`).join(', ');
        throw new ServerError('KG_REMOTE_CACHE', `The external ${engine.name} (${where}) cannot be used: ${messageOf(last)}`, {
          cause: last,
        });
      }
      await delay(Math.min(longestPauseMs, firstPauseMs * 2 ** round));
    }
  }

  /**
   * Runs `work` on a connection, again where no answer came; it must find out by itself what an earlier run has done.
   * @throws StateUnavailableError when the budget is used up.
   */
  async use<T>(work: (connection: RemoteConnection) => Promise<T>): Promise<T> {
    const endsAt = performance.now() + (this.#options.budgetMs ?? defaultBudgetMs);
    for (let attempt = 1; ; attempt += 1) {
      const connection = this.#connection ?? (await this.#connected(endsAt));
      try {
        return await work(connection);
      } catch (error) {
        if (error instanceof RemoteRefusalError) throw this.#unavailable('refused', error);
        if (!(error instanceof UnansweredError)) throw error;
        const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** attempt) * Math.random();
        if (performance.now() + pauseMs > endsAt) throw this.#unavailable('time', error);
        await delay(pauseMs);
        this.#options.observer?.repeated();
      }
    }
  }

  /** Runs `work` once, if a connection stands, and does not wait longer than that. @throws UnansweredError */
  async once<T>(work: (connection: RemoteConnection) => Promise<T>, withinMs: number): Promise<T> {
    const connection = this.#connection;
    if (connection === undefined) throw new UnansweredError(`there is no connection to the external ${this.#options.engine.name}`);
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new UnansweredError(`no answer within ${withinMs} ms`)), withinMs);
    try {
      return await Promise.race([work(connection), late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #connected(endsAt: number): Promise<RemoteConnection> {
    if (this.#waiting >= maxWaiting) throw this.#unavailable('crowded', `${maxWaiting} requests wait for it`);
    this.#waiting += 1;
    const timer = new AbortController();
    try {
      const up = this.#up.promise;
      await Promise.race([up, delay(Math.max(0, endsAt - performance.now()), undefined, { signal: timer.signal }).catch(() => undefined)]);
      if (this.#connection === undefined) throw this.#unavailable('time', 'there is no connection to it');
      return this.#connection;
    } finally {
      timer.abort();
      this.#waiting -= 1;
    }
  }

  #unavailable(kind: GivenUp, reason: unknown): StateUnavailableError {
    this.#options.observer?.gaveUp(kind);
    const cause = reason instanceof Error ? { cause: reason } : {};
    return new StateUnavailableError(`the external ${this.#options.engine.name} does not answer: ${messageOf(reason)}`, {
      retryAfterSeconds: 2,
      ...cause,
    });
  }

  /** Connects to the next address; what went wrong, undefined where nothing did. */
  async #tryNext(): Promise<unknown> {
    const { engine, addresses, onMessage, onUp, observer } = this.#options;
    const address = addresses[this.#next % addresses.length] as RemoteAddress;
    try {
      const opened = await engine.open(address, onMessage);
      const connection = observer === undefined ? opened : new MeasuredConnection(opened, observer);
      if (this.#stopped) {
        connection.close();
        return undefined;
      }
      this.#connection = connection;
      observer?.opened();
      void connection.closed.then((reason) => this.#lost(connection, address, reason));
      this.#options.logger.info(`Connected to the external ${engine.name} at ${address.host}:${address.port}`);
      onUp();
      this.#up.resolve();
      return undefined;
    } catch (error) {
      observer?.openFailed();
      this.#next += 1;
      return error;
    }
  }

  #lost(connection: RemoteConnection, address: RemoteAddress, reason: Error): void {
    if (this.#connection !== connection || this.#stopped) return;
    const { engine, logger, onDown, observer } = this.#options;
    observer?.lost();
    logger.warn(
      `The connection to the external ${engine.name} at ${address.host}:${address.port} is lost (${reason.message}); connecting anew`,
    );
    this.#connection = undefined;
    this.#up = Promise.withResolvers<void>();
    this.#next += 1;
    onDown();
    this.#connecting ??= this.#reconnect().finally(() => {
      this.#connecting = undefined;
    });
  }

  async #reconnect(): Promise<void> {
    const { addresses, logger, engine } = this.#options;
    for (let attempt = 0; !this.#stopped; attempt += 1) {
      const problem = await this.#tryNext();
      if (problem === undefined) return;
      const rounds = Math.floor(attempt / addresses.length);
      // Said again less and less often; the first time after every address was asked.
      if ((attempt + 1) % addresses.length === 0 && (rounds & (rounds - 1)) === 0)
        logger.warn(`The external ${engine.name} cannot be used now: ${messageOf(problem)}`);
      // The other addresses are asked at once, then all of them with growing pauses.
      if ((attempt + 1) % addresses.length === 0) await delay(Math.min(longestReconnectPauseMs, 50 * 2 ** Math.min(6, rounds)));
    }
  }

  /** A server that hangs does not close its connection: it is left when it does not answer a ping in time. */
  async #ping(): Promise<void> {
    const connection = this.#connection;
    if (connection === undefined || this.#pinging) return;
    this.#pinging = true;
    try {
      await connection.ping();
    } catch (error) {
      if (error instanceof UnansweredError) connection.close();
      else this.#options.logger.debug('the external engine did not take a ping', { error });
    } finally {
      this.#pinging = false;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    this.#timer?.[Symbol.dispose]();
    this.#connection?.close();
    this.#connection = undefined;
    this.#up.resolve();
    await this.#connecting;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
