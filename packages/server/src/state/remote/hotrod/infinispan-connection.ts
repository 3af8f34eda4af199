import { randomBytes } from 'node:crypto';
import { type RemoteConnection, RemoteRefusalError, type StoredEntry, UnansweredError, type WorkMessage } from '../remote-connection.ts';
import { type HotRodConnection, HotRodServerError, HotRodUnansweredError } from './connection.ts';
import { infiniteIdle, milliseconds, type Operation, operations, status as statuses } from './protocol.ts';
import type { HotRodReader, HotRodWriter } from './wire.ts';

/** How long a message stays in the work cache, for those who look into it; listeners are told at once. */
const messageLifespanMs = 60_000;
const batchEntries = 500;
const ms = (lifespanMs: number): number => Math.max(1, Math.ceil(lifespanMs));

/** The steps of an external engine as operations of Hot Rod. */
export class InfinispanConnection implements RemoteConnection {
  readonly #connection: HotRodConnection;
  readonly #workCache: string;
  readonly closed: Promise<Error>;

  constructor(connection: HotRodConnection, workCache: string) {
    this.#connection = connection;
    this.#workCache = workCache;
    this.closed = connection.closed;
  }

  /** Hands over what other nodes, or this one, publish from now on. */
  async listen(onMessage: (message: WorkMessage) => void): Promise<void> {
    await this.#connection.listen(randomBytes(9).toString('base64url'), this.#workCache, ({ key, value }) => {
      const [channel = ''] = key.split(' ');
      onMessage({ channel, payload: value });
    });
  }

  get(cache: string, key: string): Promise<StoredEntry | undefined> {
    return this.#ask(operations.getWithMetadata, cache, (writer) => writer.text(key), readEntry);
  }

  async put(cache: string, key: string, value: string, lifespanMs: number): Promise<void> {
    await this.#ask(operations.put, cache, (writer) => lasting(writer.text(key), lifespanMs).text(value), readDone);
  }

  putIfAbsent(cache: string, key: string, value: string, lifespanMs: number): Promise<boolean> {
    return this.#ask(operations.putIfAbsent, cache, (writer) => lasting(writer.text(key), lifespanMs).text(value), readDone);
  }

  replace(cache: string, key: string, value: string, version: string, lifespanMs: number): Promise<boolean> {
    const write = (writer: HotRodWriter) => lasting(writer.text(key), lifespanMs).raw(Buffer.from(version, 'hex')).text(value);
    return this.#ask(operations.replaceIfUnmodified, cache, write, readDone);
  }

  removeIf(cache: string, key: string, version: string): Promise<boolean> {
    return this.#ask(operations.removeIfUnmodified, cache, (writer) => writer.text(key).raw(Buffer.from(version, 'hex')), readDone);
  }

  remove(cache: string, key: string): Promise<boolean> {
    return this.#ask(operations.remove, cache, (writer) => writer.text(key), readDone);
  }

  async *entries(cache: string): AsyncGenerator<readonly [string, string]> {
    // All segments, no filter, no metadata.
    const start = (writer: HotRodWriter) => writer.byte(1).byte(1).variable(batchEntries).byte(0);
    const iteration = await this.#ask(operations.iterationStart, cache, start, (reader) => reader.text());
    try {
      for (;;) {
        const batch = await this.#ask(operations.iterationNext, cache, (writer) => writer.text(iteration), readBatch);
        if (batch.length === 0) return;
        yield* batch;
      }
    } finally {
      await this.#ask(
        operations.iterationEnd,
        cache,
        (writer) => writer.text(iteration),
        () => undefined,
      ).catch(() => undefined);
    }
  }

  async publish(messages: readonly WorkMessage[]): Promise<void> {
    const sent = messages.map(({ channel, payload }) => {
      const key = `${channel} ${randomBytes(9).toString('base64url')}`;
      return this.#ask(operations.put, this.#workCache, (writer) => lasting(writer.text(key), messageLifespanMs).text(payload), readDone);
    });
    await Promise.all(sent);
  }

  async ping(): Promise<void> {
    await onHotRod(() => this.#connection.ping());
  }

  close(): void {
    this.#connection.close();
  }

  #ask<T>(
    operation: Operation,
    cache: string,
    write: (writer: HotRodWriter) => unknown,
    read: (reader: HotRodReader, status: number) => T,
  ): Promise<T> {
    const body = (writer: HotRodWriter): void => void write(writer);
    return onHotRod(() => this.#connection.request(operation, cache, body, read));
  }
}

/**
 * Errors as callers of a remote connection know them. A server that times out, loses a member or starts has not said whether it did what it
 * was asked.
 */
export async function onHotRod<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof HotRodUnansweredError) throw new UnansweredError(error.message, { cause: error });
    if (error instanceof HotRodServerError) throw ofServer(error);
    throw error;
  }
}

const passingStatuses: readonly number[] = [0x86, 0x87, 0x88];
const passingWords =
  /timeout|suspect|not (?:yet )?(?:started|running)|illegallifecycle|outdatedtopology|availability|interrupted|CacheNotFound|rebalanc/i;

/** Whether an error of the server says only that it cannot answer now. */
export function isPassing({ status, message }: HotRodServerError): boolean {
  return passingStatuses.includes(status) || passingWords.test(message);
}

function ofServer(error: HotRodServerError): Error {
  if (isPassing(error)) return new UnansweredError(error.message, { cause: error });
  return new RemoteRefusalError(error.message, { cause: error });
}

function lasting(writer: HotRodWriter, lifespanMs: number): HotRodWriter {
  return writer.byte(milliseconds | infiniteIdle).variable(ms(lifespanMs));
}

function readDone(_reader: HotRodReader, status: number): boolean {
  if (status === statuses.done) return true;
  if (status === statuses.notExecuted || status === statuses.absent) return false;
  throw new Error(`the server answered with status ${status}, which was not asked for`);
}

function readEntry(reader: HotRodReader, status: number): StoredEntry | undefined {
  if (status === statuses.absent) return undefined;
  const flags = reader.byte();
  for (const infinite of [1, 2]) {
    if ((flags & infinite) !== 0) continue;
    reader.raw(8);
    reader.variable();
  }
  const version = reader.raw(8).toString('hex');
  return { version, value: reader.text() };
}

function readBatch(reader: HotRodReader, status: number): (readonly [string, string])[] {
  if (status !== statuses.done) throw new HotRodServerError(status, 'the iteration is not known any more');
  reader.bytes();
  const count = reader.variable();
  if (count === 0) return [];
  reader.variable();
  return Array.from({ length: count }, () => {
    reader.byte();
    return [reader.text(), reader.text()] as const;
  });
}
