import type { AbstractConnector, Redis, RedisOptions } from 'ioredis';
import { RemoteRefusalError } from '../remote-connection.ts';

/** What is used of the package. */
export interface Ioredis {
  readonly Redis: new (options: RedisOptions) => Redis;
  readonly AbstractConnector: typeof AbstractConnector;
}

/** The client of Redis is an optional dependency: only nodes that keep their state there load it. @throws RemoteRefusalError */
export async function loadIoredis(): Promise<Ioredis> {
  try {
    const { Redis: Client, AbstractConnector: Connector } = await import('ioredis');
    return { Redis: Client, AbstractConnector: Connector };
  } catch (error) {
    throw new RemoteRefusalError("the package 'ioredis' is not installed; 'npm install ioredis' adds it", { cause: error });
  }
}
