import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { type RemoteConnection, RemoteRefusalError, type StoredEntry, UnansweredError, type WorkMessage } from '../remote-connection.ts';

/** The version of an entry stands before its value: 9 bytes in base64url. */
const versionLength = 12;

/** Atomic steps on one key. ARGV[1] is the version that must stand. */
export const redisScripts = {
  keygridReplace: {
    numberOfKeys: 1,
    lua: `local standing = redis.call('GETRANGE', KEYS[1], 0, ${versionLength - 1})
if standing ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`,
  },
  keygridRemoveIf: {
    numberOfKeys: 1,
    lua: `local standing = redis.call('GETRANGE', KEYS[1], 0, ${versionLength - 1})
if standing ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`,
  },
} as const;

/** A client with the scripts defined on it. */
export type ScriptedRedis = Redis & {
  keygridReplace(key: string, version: string, value: string, lifespanMs: number): Promise<number>;
  keygridRemoveIf(key: string, version: string): Promise<number>;
};

export interface RedisConnectionOptions {
  /** Before every key and channel. */
  readonly prefix: string;
  /** A write is answered once so many replicas have it; 0 = the server's own word is enough. */
  readonly replicas: number;
  readonly replicaTimeoutMs: number;
}

const scanCount = 500;

/** The steps of an external engine as commands and scripts of Redis. */
export class RedisConnection implements RemoteConnection {
  readonly #commands: ScriptedRedis;
  readonly #subscriber: Redis;
  readonly #options: RedisConnectionOptions;
  readonly closed: Promise<Error>;
  readonly #settleClosed: (error: Error) => void;

  constructor(commands: ScriptedRedis, subscriber: Redis, options: RedisConnectionOptions) {
    this.#commands = commands;
    this.#subscriber = subscriber;
    this.#options = options;
    const closed = Promise.withResolvers<Error>();
    this.closed = closed.promise;
    this.#settleClosed = closed.resolve;
    for (const client of [commands, subscriber]) client.on('close', () => this.close(new Error('the server closed the connection')));
  }

  /** Hands over what other nodes, or this one, publish from now on. */
  async listen(onMessage: (message: WorkMessage) => void): Promise<void> {
    this.#subscriber.on('message', (_name: string, text: string) => {
      const message = messageOf(text);
      if (message !== undefined) onMessage(message);
    });
    await this.#subscriber.subscribe(this.#workChannel);
  }

  async get(cache: string, key: string): Promise<StoredEntry | undefined> {
    const stored = await this.#ask(() => this.#commands.get(this.#keyOf(cache, key)));
    return stored === null ? undefined : { version: stored.slice(0, versionLength), value: stored.slice(versionLength) };
  }

  async put(cache: string, key: string, value: string, lifespanMs: number): Promise<void> {
    await this.#write(() => this.#commands.set(this.#keyOf(cache, key), versioned(value), 'PX', ms(lifespanMs)));
  }

  async putIfAbsent(cache: string, key: string, value: string, lifespanMs: number): Promise<boolean> {
    const answer = await this.#write(() => this.#commands.set(this.#keyOf(cache, key), versioned(value), 'PX', ms(lifespanMs), 'NX'));
    return answer === 'OK';
  }

  async replace(cache: string, key: string, value: string, version: string, lifespanMs: number): Promise<boolean> {
    const done = () => this.#commands.keygridReplace(this.#keyOf(cache, key), version, versioned(value), ms(lifespanMs));
    return (await this.#write(done)) === 1;
  }

  async removeIf(cache: string, key: string, version: string): Promise<boolean> {
    return (await this.#write(() => this.#commands.keygridRemoveIf(this.#keyOf(cache, key), version))) === 1;
  }

  async remove(cache: string, key: string): Promise<boolean> {
    return (await this.#write(() => this.#commands.del(this.#keyOf(cache, key)))) === 1;
  }

  async *entries(cache: string): AsyncGenerator<readonly [string, string]> {
    const start = this.#keyOf(cache, '');
    const pattern = `${start.replaceAll(/[\\*?[\]]/g, '\\$&')}*`;
    let cursor = '0';
    do {
      const [next, keys] = await this.#ask(() => this.#commands.scan(cursor, 'MATCH', pattern, 'COUNT', scanCount));
      cursor = next;
      const values = keys.length === 0 ? [] : await this.#ask(() => this.#commands.mget(keys));
      for (const [index, key] of keys.entries()) {
        const value = values[index];
        if (typeof value === 'string') yield [key.slice(start.length), value.slice(versionLength)];
      }
    } while (cursor !== '0');
  }

  async publish(messages: readonly WorkMessage[]): Promise<void> {
    await this.#ask(() => Promise.all(messages.map((message) => this.#commands.publish(this.#workChannel, JSON.stringify(message)))));
  }

  /** Both connections: one that only hears would not notice that the server hangs. */
  async ping(): Promise<void> {
    await this.#ask(() => Promise.all([this.#commands.ping(), this.#subscriber.ping()]));
  }

  close(reason: Error = new Error('the connection was closed')): void {
    this.#settleClosed(reason);
    this.#commands.disconnect();
    this.#subscriber.disconnect();
  }

  get #workChannel(): string {
    return `${this.#options.prefix}work`;
  }

  #keyOf(cache: string, key: string): string {
    return `${this.#options.prefix}${cache}:${key}`;
  }

  /**
   * A write, and where replicas are asked for, their word that they have it. Too few of them: it is not known to last, and the caller asks again
   * until it is, or gives up.
   */
  async #write<T>(work: () => Promise<T>): Promise<T> {
    const { replicas, replicaTimeoutMs } = this.#options;
    if (replicas === 0) return this.#ask(work);
    const [result, copies] = await this.#ask(() => Promise.all([work(), this.#commands.wait(replicas, replicaTimeoutMs)]));
    if (copies < replicas) throw new UnansweredError(`${copies} of ${replicas} replicas have the write after ${replicaTimeoutMs} ms`);
    return result;
  }

  async #ask<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const { name = '', message = '' } = error as Error;
      if (name !== 'ReplyError') throw new UnansweredError(message, { cause: error });
      // A server that became a replica never takes a write again on this connection.
      if (/^(?:READONLY|MASTERDOWN|UNBLOCKED)/.test(message)) this.close(new Error(message));
      if (/^(?:READONLY|MASTERDOWN|UNBLOCKED|LOADING|BUSY|TRYAGAIN|CLUSTERDOWN|NOREPLICAS)/.test(message))
        throw new UnansweredError(message, { cause: error });
      throw new RemoteRefusalError(message, { cause: error });
    }
  }
}

const ms = (lifespanMs: number): number => Math.max(1, Math.ceil(lifespanMs));

function versioned(value: string): string {
  return randomBytes(9).toString('base64url') + value;
}

function messageOf(text: string): WorkMessage | undefined {
  try {
    const { channel, payload } = JSON.parse(text) as Partial<WorkMessage>;
    return typeof channel === 'string' && typeof payload === 'string' ? { channel, payload } : undefined;
  } catch {
    return undefined;
  }
}
