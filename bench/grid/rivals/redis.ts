import { Redis } from 'ioredis';
import { cpuMs } from '../../drivers/cpu.ts';
import { storeLoop } from './loop.ts';
import type { OpenRival, Rival } from './rival.ts';

const prefix = 'keygrid-bench:';

/** A Redis of this machine, one client connection, commands of one turn of the loop in one write. REDIS_URL, default 127.0.0.1:6379. */
export const openRedis: OpenRival = async () => {
  const client = new Redis(process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379', {
    lazyConnect: true,
    enableAutoPipelining: true,
    retryStrategy: () => null,
    keyPrefix: prefix,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch {
    return 'Redis: none answers at REDIS_URL';
  }
  const info = await client.info('server');
  const server = Number(/process_id:(\d+)/.exec(info)?.[1] ?? 0);
  const version = /redis_version:(\S+)/.exec(info)?.[1] ?? '';
  return {
    name: 'Redis',
    setting: `Redis ${version}, one process, one copy, no TLS, through ioredis with automatic pipelining`,
    run: (operation, callers, seconds) =>
      storeLoop(
        {
          get: (key) => client.getBuffer(key),
          put: (key, value) => client.set(key, value),
          take: (key) => client.getdelBuffer(key),
        },
        operation,
        callers,
        seconds,
      ),
    cpuMs: () => cpuMs(server) + cpuMs(process.pid),
    async stop() {
      const keys = await client.keys(`${prefix}*`);
      for (let start = 0; start < keys.length; start += 1_000)
        await client.unlink(...keys.slice(start, start + 1_000).map((key) => key.slice(prefix.length)));
      client.disconnect();
    },
  } satisfies Rival;
};
