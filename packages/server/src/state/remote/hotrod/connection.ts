import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type RemoteTls, tlsOptions } from '../tls-options.ts';
import { authenticate } from './authenticate.ts';
import {
  errorAnswer,
  isEvent,
  type Operation,
  operations,
  protocolVersion,
  requestMagic,
  responseMagic,
  status as statuses,
  textPlain,
} from './protocol.ts';
import type { Credentials, SaslMechanism } from './sasl.ts';
import { HotRodReader, HotRodWriter, IncompleteFrame, MalformedFrame } from './wire.ts';

export interface HotRodAddress {
  readonly host: string;
  readonly port: number;
}

export interface HotRodOptions {
  /** Absent: plain TCP. */
  readonly tls?: RemoteTls | undefined;
  readonly credentials?: Credentials | undefined;
  readonly mechanism?: SaslMechanism | undefined;
  readonly realm: string;
  /** For TCP, TLS and authentication together. */
  readonly openTimeoutMs: number;
  readonly requestTimeoutMs: number;
}

/** The server answered that it did not do what it was asked. */
export class HotRodServerError extends Error {
  override name = 'HotRodServerError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** No answer came: the connection broke, or the time was over. Whether the server did what it was asked is not known. */
export class HotRodUnansweredError extends Error {
  override name = 'HotRodUnansweredError';
}

/** An entry that a listener is told of, with the value that it had then. */
export interface HotRodEvent {
  readonly key: string;
  readonly value: string;
}

interface Pending {
  readonly read: (reader: HotRodReader, status: number) => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  timer: NodeJS.Timeout | undefined;
}

/** What is said of a connection that ends without an error. */
export const closedByServer = 'the server closed the connection';

/** Requests that may wait for their answers on one connection. */
const maxPending = 5_000;
const keepAliveMs = 10_000;

/** One connection to an Infinispan server: many requests at a time on one socket, for all caches. */
export class HotRodConnection {
  readonly #socket: Socket;
  readonly #options: HotRodOptions;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Map<string, (event: HotRodEvent) => void>();
  readonly closed: Promise<Error>;
  readonly #settleClosed: (error: Error) => void;
  #received: Buffer = Buffer.alloc(0);
  #nextId = 1;
  #ended: Error | undefined;

  private constructor(socket: Socket, options: HotRodOptions) {
    this.#socket = socket;
    this.#options = options;
    const closed = Promise.withResolvers<Error>();
    this.closed = closed.promise;
    this.#settleClosed = closed.resolve;
    socket.setNoDelay(true).setKeepAlive(true, keepAliveMs);
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', (error) => this.close(error));
    socket.on('close', () => this.close(new Error(closedByServer)));
  }

  /** Connects and authenticates; rejects with what a person can act on. */
  static async open(address: HotRodAddress, options: HotRodOptions): Promise<HotRodConnection> {
    const socket = options.tls === undefined ? connectPlain(address) : connectTls({ ...address, ...tlsOptions(address.host, options.tls) });
    const ready = Promise.withResolvers<void>();
    const timer = setTimeout(
      () => ready.reject(new HotRodUnansweredError(`no connection within ${options.openTimeoutMs} ms`)),
      options.openTimeoutMs,
    );
    const failed = (error: Error): void => ready.reject(error);
    socket.once(options.tls === undefined ? 'connect' : 'secureConnect', () => ready.resolve());
    socket.once('error', failed);
    socket.once('close', () => failed(new Error(closedByServer)));
    try {
      await ready.promise;
      const connection = new HotRodConnection(socket, options);
      void connection.closed.then(failed);
      await authenticate(connection, options);
      return connection;
    } catch (error) {
      socket.destroy();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Sends a request. `read` is given what follows the header of the answer, and may be called again where bytes are missing.
   * @throws HotRodServerError, HotRodUnansweredError
   */
  request<T>(
    operation: Operation,
    cache: string,
    write: ((writer: HotRodWriter) => void) | undefined,
    read: (reader: HotRodReader, status: number) => T,
    timeoutMs = this.#options.requestTimeoutMs,
  ): Promise<T> {
    if (this.#ended !== undefined) return Promise.reject(unanswered(this.#ended));
    if (this.#pending.size >= maxPending) return Promise.reject(new HotRodUnansweredError(`${maxPending} requests wait for the server`));
    const id = this.#nextId;
    this.#nextId += 1;
    const writer = new HotRodWriter().byte(requestMagic).variable(id).byte(protocolVersion).byte(operation).text(cache);
    // No flags; basic intelligence, topology 0: this client wants no list of servers. Then the media types of key and value.
    writer.byte(0).byte(1).byte(0).byte(1).byte(textPlain).byte(0).byte(1).byte(textPlain).byte(0);
    write?.(writer);
    return new Promise<T>((resolve, reject) => {
      const pending: Pending = { read, resolve: resolve as (value: unknown) => void, reject, timer: undefined };
      // What is late stays in the table: its answer has to be read to find the next one.
      pending.timer = setTimeout(() => reject(new HotRodUnansweredError(`no answer within ${timeoutMs} ms`)), timeoutMs);
      this.#pending.set(id, pending);
      this.#socket.write(writer.finish());
    });
  }

  /** Of the server, or of one of its caches. */
  ping(cache = ''): Promise<void> {
    // The answer repeats the media types of the cache and says what the server speaks; none of it matters here.
    return this.request(operations.ping, cache, undefined, readPing);
  }

  /** Entries that are created or changed in a cache from now on, with their values; `id` names the listener. */
  async listen(id: string, cache: string, handler: (event: HotRodEvent) => void): Promise<void> {
    this.#listeners.set(id, handler);
    const converter = '___eager-key-value-version-converter';
    await this.request(
      operations.addListener,
      cache,
      (writer) => writer.text(id).byte(0).byte(0).text(converter).byte(0).byte(1).variable(interests),
      readNothing,
    );
  }

  /** Ends the connection; what waits is told that its answer will not come. */
  close(reason: Error = new Error('the connection was closed')): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    this.#socket.destroy();
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(unanswered(reason));
    }
    this.#pending.clear();
    this.#settleClosed(reason);
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    let position = 0;
    try {
      while (position < this.#received.length) position = this.#readFrame(new HotRodReader(this.#received, position));
    } catch (error) {
      if (!(error instanceof IncompleteFrame)) {
        this.close(error as Error);
        return;
      }
    }
    this.#received = this.#received.subarray(position);
  }

  /** Reads one answer or event; returns where the next begins. */
  #readFrame(reader: HotRodReader): number {
    if (reader.byte() !== responseMagic) throw new MalformedFrame('the server does not speak Hot Rod');
    const id = reader.variable();
    const code = reader.byte();
    const status = reader.byte();
    if (reader.byte() !== 0) throw new MalformedFrame('the server sent a list of servers that nobody asked for');
    if (isEvent(code)) return this.#readEvent(reader);
    const pending = this.#pending.get(id);
    if (pending === undefined) throw new MalformedFrame(`an answer to request ${id}, which was not sent`);
    const result = code === errorAnswer ? new HotRodServerError(status, reader.text()) : readAnswer(pending, reader, status);
    this.#pending.delete(id);
    clearTimeout(pending.timer);
    if (result instanceof HotRodServerError) pending.reject(result);
    else pending.resolve(result);
    return reader.position;
  }

  #readEvent(reader: HotRodReader): number {
    const handler = this.#listeners.get(reader.text());
    const custom = reader.byte();
    reader.byte();
    if (custom === 0) throw new MalformedFrame('an event without the value that was asked for');
    const payload = new HotRodReader(reader.bytes());
    handler?.({ key: payload.text(), value: payload.text() });
    return reader.position;
  }
}

/** Created and changed entries. */
const interests = 0x03;

/** What an answer says; a status that its reader does not take is an error of the server, and the next answer follows. */
function readAnswer({ read }: Pending, reader: HotRodReader, status: number): unknown {
  try {
    return read(reader, status);
  } catch (error) {
    if (error instanceof HotRodServerError) return error;
    throw error;
  }
}

function unanswered(reason: Error): HotRodUnansweredError {
  return new HotRodUnansweredError(reason.message, { cause: reason });
}

function readNothing(_reader: HotRodReader, status: number): void {
  if (status !== statuses.done) throw new HotRodServerError(status, `the server answered with status ${status}`);
}

function readPing(reader: HotRodReader): void {
  for (let part = 0; part < 2; part += 1) skipMediaType(reader);
  reader.byte();
  for (let count = reader.variable(); count > 0; count -= 1) reader.raw(2);
}

function skipMediaType(reader: HotRodReader): void {
  const form = reader.byte();
  if (form === 0) return;
  if (form === 1) reader.variable();
  else reader.text();
  for (let count = reader.variable(); count > 0; count -= 1) {
    reader.text();
    reader.text();
  }
}
