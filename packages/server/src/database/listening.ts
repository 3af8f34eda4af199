import pg from 'pg';
import type { Logger } from '../observability/logger.ts';
import { connectionSettings } from './connection-settings.ts';
import type { DatabaseOptions } from './database.ts';

const firstPauseMs = 50;
const longestPauseMs = 2_000;
/** A statement on the listening connection that takes longer says that the connection is dead. */
const answerWithinMs = 3_000;
const echoPrefix = 'echo ';

export interface ListenHandlers {
  /** In the order in which the senders committed. Payloads that begin with `echo ` are the connection's own. */
  onNotification(channel: string, payload: string): void;
  /** The channels are heard, for the first time or again; what was sent before is not. */
  onListening(): void;
  /** The connection broke; it is opened again. */
  onBroken(): void;
}

/** A connection that listens. Disposing closes it. */
export interface Listening extends Disposable {
  /**
   * Answers when everything that was sent before this call has been handed over; false where notifications do not come through, because the
   * connection is broken or leads to a pooler that lends it to others.
   */
  caughtUp(): Promise<boolean>;
}

/** Opens a connection that listens to the channels, and opens it again with growing pauses whenever it breaks. */
export function openListening(options: DatabaseOptions, channels: readonly string[], handlers: ListenHandlers): Listening {
  const connection = new ListeningConnection(options, channels, handlers, options.logger);
  connection.open();
  return connection;
}

class ListeningConnection implements Listening {
  readonly #settings: ReturnType<typeof connectionSettings>;
  readonly #channels: readonly string[];
  readonly #handlers: ListenHandlers;
  readonly #logger: Logger;
  #client: pg.Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #pauseMs = firstPauseMs;
  #closed = false;
  #echoes = 0;
  #echoed = '';

  constructor(options: DatabaseOptions, channels: readonly string[], handlers: ListenHandlers, logger: Logger) {
    this.#settings = connectionSettings(options);
    this.#channels = channels;
    this.#handlers = handlers;
    this.#logger = logger;
  }

  open(): void {
    this.#connect().catch((error: unknown) => {
      this.#logger.debug('the connection that listens could not be opened', { error });
      this.#again();
    });
  }

  async caughtUp(): Promise<boolean> {
    const client = this.#client;
    if (client === undefined) return false;
    this.#echoes += 1;
    const echo = `${echoPrefix}${this.#echoes}`;
    try {
      await client.query('SELECT pg_notify($1, $2)', [this.#channels.at(-1), echo]);
      // What a session sends to itself comes before the answer, after everything that others committed earlier.
      return this.#client === client && this.#echoed === echo;
    } catch (error) {
      this.#broke(client, error);
      return false;
    }
  }

  async #connect(): Promise<void> {
    const { Client, ...settings } = this.#settings;
    const client = new Client({ ...settings, query_timeout: answerWithinMs });
    client.on('error', (error) => this.#broke(client, error));
    client.on('end', () => this.#broke(client, undefined));
    client.on('notification', ({ channel, payload }) => {
      if (payload?.startsWith(echoPrefix) === true) this.#echoed = payload;
      else if (this.#client === client) this.#handlers.onNotification(channel, payload ?? '');
    });
    try {
      await client.connect();
      await client.query(this.#channels.map((channel) => `LISTEN ${pg.escapeIdentifier(channel)}`).join(';'));
    } catch (error) {
      client.end().catch(() => undefined);
      throw error;
    }
    if (this.#closed) return void client.end().catch(() => undefined);
    this.#client = client;
    this.#pauseMs = firstPauseMs;
    this.#handlers.onListening();
  }

  #broke(client: pg.Client, error: unknown): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    if (this.#closed) return;
    this.#logger.debug('the connection that listens broke', { error });
    this.#handlers.onBroken();
    client.end().catch(() => undefined);
    this.#again();
  }

  #again(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => this.open(), this.#pauseMs);
    this.#timer.unref();
    this.#pauseMs = Math.min(longestPauseMs, this.#pauseMs * 2);
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#client?.end().catch(() => undefined);
    this.#client = undefined;
  }
}
