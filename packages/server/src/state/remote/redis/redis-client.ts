import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Redis, RedisOptions } from 'ioredis';
import type { RemoteAddress } from '../remote-connection.ts';
import { type RemoteTls, tlsOptions } from '../tls-options.ts';
import { loadIoredis } from './load-ioredis.ts';
import { redisScripts } from './redis-connection.ts';

export interface RedisClientOptions {
  /** Absent: plain TCP. */
  readonly tls?: RemoteTls | undefined;
  readonly credentials?: { readonly username?: string | undefined; readonly password: string } | undefined;
  readonly openTimeoutMs: number;
  readonly requestTimeoutMs: number;
}

/** A client of one server that connects once: the link connects anew, on the next address. */
export async function newRedisClient({ tls, credentials, ...timeouts }: RedisClientOptions, address: RemoteAddress): Promise<Redis> {
  const { AbstractConnector, Redis: Client } = await loadIoredis();

  /**
   * The client's own listens for the first error of a socket alone; a further one (an alert after a certificate was refused) would end the
   * process. And it leaves a socket open for a while that a server which hangs never closes.
   */
  class Connector extends AbstractConnector {
    constructor() {
      super(0);
    }

    override async connect(): Promise<Socket> {
      const socket = tls === undefined ? connectPlain(address) : connectTls({ ...address, ...tlsOptions(address.host, tls) });
      socket.on('error', (error) => {
        this.firstError ??= error;
      });
      this.connecting = true;
      this.stream = socket;
      return socket;
    }

    override disconnect(): void {
      this.connecting = false;
      this.stream?.destroy();
    }
  }

  const options: RedisOptions = {
    Connector,
    scripts: redisScripts,
    lazyConnect: true,
    retryStrategy: () => null,
    reconnectOnError: () => false,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResubscribe: false,
    connectTimeout: timeouts.openTimeoutMs,
    commandTimeout: timeouts.requestTimeoutMs,
    keepAlive: 10_000,
    // Says to the client when the socket is connected; the socket itself is made above.
    ...(tls === undefined ? {} : { tls: {} }),
    ...(credentials?.username === undefined ? {} : { username: credentials.username }),
    ...(credentials === undefined ? {} : { password: credentials.password }),
  };
  return new Client(options);
}

/** Connects; `connect` alone hides why it failed, the last error of the client tells. */
export async function connected(client: Redis): Promise<void> {
  let last: unknown;
  client.on('error', (error: unknown) => {
    last = error;
  });
  try {
    await client.connect();
  } catch (error) {
    throw last ?? error;
  }
}
