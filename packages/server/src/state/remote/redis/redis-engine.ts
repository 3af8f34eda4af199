import type { Redis } from 'ioredis';
import type { Logger } from '../../../observability/logger.ts';
import {
  type RemoteAddress,
  type RemoteConnection,
  type RemoteEngine,
  RemoteRefusalError,
  type WorkMessage,
} from '../remote-connection.ts';
import { connected, newRedisClient, type RedisClientOptions } from './redis-client.ts';
import { RedisConnection, type RedisConnectionOptions, type ScriptedRedis } from './redis-connection.ts';

export interface RedisEngineOptions extends RedisConnectionOptions, RedisClientOptions {
  readonly logger: Logger;
}

/** `SET … PX … NX` together with `GET` and scripts' effects as replication know them from here on. */
const oldestMajor = 6;

/** An external Redis or Valkey: one server, or the one of several addresses that is the master. */
export function redisEngine(options: RedisEngineOptions): RemoteEngine {
  return { name: 'Redis', defaultPort: 6_379, open: (address, onMessage) => open(options, address, onMessage) };
}

async function open(
  options: RedisEngineOptions,
  address: RemoteAddress,
  onMessage: (message: WorkMessage) => void,
): Promise<RemoteConnection> {
  const commands = (await newRedisClient(options, address)) as ScriptedRedis;
  const subscriber = await newRedisClient(options, address);
  try {
    await Promise.all([connected(commands), connected(subscriber)]);
    await check(commands, options);
    const connection = new RedisConnection(commands, subscriber, options);
    await connection.listen(onMessage);
    return connection;
  } catch (error) {
    commands.disconnect();
    subscriber.disconnect();
    throw refusalOf(error, options);
  }
}

/** Whether the server may hold this state. */
async function check(client: Redis, { logger, replicas }: RedisEngineOptions): Promise<void> {
  const facts = factsOf(await client.info());
  const version = facts.get('redis_version') ?? '0';
  if (Number.parseInt(version, 10) < oldestMajor)
    throw new RemoteRefusalError(`it is version ${version}, at least ${oldestMajor} is needed`);
  if (facts.get('redis_mode') === 'sentinel')
    throw new RemoteRefusalError('it is a Sentinel; name the servers that it watches, and the master among them is used');
  if (facts.get('cluster_enabled') === '1')
    throw new RemoteRefusalError('it is a cluster of shards, and one master with replicas is what can be used');
  if (facts.get('role') !== 'master') throw new Error(`it is a ${facts.get('role')}, not the master`);
  const policy = facts.get('maxmemory_policy') ?? 'noeviction';
  if (Number(facts.get('maxmemory') ?? 0) > 0 && policy !== 'noeviction')
    throw new RemoteRefusalError(
      `its maxmemory-policy is ${policy}, so that it would drop entries that are still needed; set it to noeviction`,
    );
  if (facts.get('aof_enabled') === '0' && replicas === 0)
    logger.info(
      'The external Redis keeps no append-only file and no write waits for a replica: logins in progress, counters and marks do not survive its restart.',
    );
}

function factsOf(info: string): ReadonlyMap<string, string> {
  return new Map(
    info
      .split(/\r?\n/)
      .filter((line) => line.includes(':'))
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  );
}

/** Errors of a start that would come again with the next try, in words that name the option. */
function refusalOf(error: unknown, { tls, credentials }: RedisEngineOptions): unknown {
  const { code = '', message = '' } = error as NodeJS.ErrnoException;
  if (/NOAUTH/.test(message))
    return new RemoteRefusalError("it asks for a password; set 'cache-remote-username' and 'cache-remote-password'", { cause: error });
  if (/WRONGPASS|without any password configured/.test(message))
    return new RemoteRefusalError(`it refuses the user '${credentials?.username ?? 'default'}' or the password`, { cause: error });
  if (/NOPERM/.test(message)) return new RemoteRefusalError(`the user may not use it: ${message}`, { cause: error });
  if (tls !== undefined && /^(?:CERT_|DEPTH_|SELF_SIGNED|UNABLE_TO|ERR_TLS_CERT)/.test(code)) {
    const way = "see 'spi-cache-remote--default--trust-store-file' and 'spi-cache-remote--default--tls-sni-hostname'";
    return new RemoteRefusalError(`its certificate is not trusted (${message}); ${way}`, { cause: error });
  }
  if (tls !== undefined && /wrong version number|ERR_SSL|packet length too long/i.test(`${code} ${message}`))
    return new RemoteRefusalError("it does not speak TLS; set 'cache-remote-tls-enabled=false' or enable TLS there", { cause: error });
  return error;
}
