import { InfinispanProcess, infinispanFolder } from '../../packages/server/src/testing/external/infinispan-process.ts';
import { freePort } from '../../packages/server/src/testing/external/ports.ts';
import { RedisProcess, redisProgram } from '../../packages/server/src/testing/external/redis-process.ts';

/** A server of an external engine, which disturbances kill and freeze. */
export interface ExternalServer extends AsyncDisposable {
  readonly port: number;
  readonly pid: number;
  start(): Promise<void>;
  kill(signal?: NodeJS.Signals): Promise<void>;
  forget(): void;
  isWhole(members: number): Promise<boolean>;
  signal(signal: NodeJS.Signals): void;
}

export type ExternalType = 'infinispan' | 'redis';

/** Whether this machine has what the servers need. */
export function hasExternal(type: ExternalType): boolean {
  return (type === 'redis' ? redisProgram() : infinispanFolder()) !== undefined;
}

/** The external caches of a cluster: real servers of its own. */
export class ExternalCaches {
  readonly type: ExternalType;
  readonly servers: readonly ExternalServer[];

  private constructor(type: ExternalType, servers: readonly ExternalServer[]) {
    this.type = type;
    this.servers = servers;
  }

  /** One server as it comes, for measurements. */
  static async startPlain(type: ExternalType): Promise<ExternalCaches> {
    return new ExternalCaches(type, [type === 'redis' ? await RedisProcess.start() : await InfinispanProcess.start({ small: false })]);
  }

  /** What survives a kill. Infinispan: two servers that form a cluster. Redis: one, whose file is written before it answers. */
  static async startSafe(type: ExternalType): Promise<ExternalCaches> {
    if (type === 'redis') return new ExternalCaches(type, [await RedisProcess.start(['--appendonly', 'yes', '--appendfsync', 'always'])]);
    const clusterPorts = [await freePort(), await freePort()];
    const options = { cluster: `cluster-${clusterPorts[0]}`, clusterPorts };
    return new ExternalCaches(type, await Promise.all(clusterPorts.map((port) => InfinispanProcess.start(options, port))));
  }

  /** All of them go at once, and come back with nothing. */
  async loseEverything(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.kill()));
    for (const server of this.servers) server.forget();
    await Promise.all(this.servers.map((server) => server.start()));
  }

  /** Whether all see each other and every entry has all its copies. */
  async isWhole(): Promise<boolean> {
    const whole = await Promise.all(this.servers.map((server) => server.isWhole(this.servers.length)));
    return whole.every(Boolean);
  }

  /** Options of a node that uses them. */
  get arguments(): readonly string[] {
    const hosts = this.servers.map(({ port }) => `127.0.0.1:${port}`).join(',');
    return [
      '--features=clusterless',
      `--cache-remote-type=${this.type}`,
      `--cache-remote-host=${hosts}`,
      '--cache-remote-tls-enabled=false',
    ];
  }

  async stop(): Promise<void> {
    await Promise.all(this.servers.map((server) => server[Symbol.asyncDispose]()));
  }
}
