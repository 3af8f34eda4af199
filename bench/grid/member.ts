// One member in a process of its own: runs what the benchmark says over the channel to its parent.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Grid, type GridNode } from '@keygrid/grid';
import { loadCredentials } from '../../packages/grid/src/certificates/load-credentials.ts';
import { DatabaseCertificateStore } from '../../packages/grid/src/testing/database-store.ts';
import { TlsChannel } from '../../packages/grid/src/transport/secure-channel.ts';
import { residentMb } from '../drivers/cpu.ts';
import { BareRpc } from './bare-rpc.ts';
import { fill, openBulk, steady } from './bulk.ts';
import { callerLoop } from './caller-loop.ts';
import { type BenchCaches, type GridOperation, gridOperations, openCaches } from './operations.ts';
import type { EndAnswer, MemberCommand, MemberSetting, RunAnswer, StartAnswer, StateAnswer } from './protocol.ts';

const STALL_RESOLUTION_MS = 5;
/** A gigabyte is handed over meanwhile. */
const LEAVE_WITHIN_MS = 120_000;
const WATCHERS = 16;
const WATCHED_KEYS = 64;
const setting = JSON.parse(process.argv[2] ?? '{}') as MemberSetting;

class Member {
  readonly store = new DatabaseCertificateStore(setting.databaseUrl);
  readonly #stalls = monitorEventLoopDelay({ resolution: STALL_RESOLUTION_MS });
  #grid: GridNode | undefined;
  #bare: BareRpc | undefined;
  #caches: BenchCaches | undefined;
  #operations: readonly GridOperation[] | undefined;
  #cpu = process.cpuUsage();

  get grid(): GridNode {
    if (this.#grid === undefined) throw new Error('not started');
    return this.#grid;
  }

  async start(members: number): Promise<StartAnswer> {
    const beganAt = performance.now();
    const { name: nodeName, cluster: clusterName, databaseUrl: connectionString, fastDeath } = setting;
    const authority = { kind: 'postgres', connection: { connectionString } } as const;
    this.#grid = await Grid.start({ nodeName, clusterName, bindPort: 0, fastDeath, authority, tls: { store: this.store } });
    const servingMs = performance.now() - beganAt;
    this.#caches = openCaches(this.grid);
    openBulk(this.grid);
    await this.#whole(members);
    const stableMs = performance.now() - beganAt;
    this.#bare = new BareRpc(new TlsChannel(await loadCredentials(this.store, Date.now())));
    this.#stalls.enable();
    return { port: await this.#bare.listen(), servingMs, stableMs };
  }

  async #whole(members: number): Promise<void> {
    while (this.grid.view.members.length < members || this.grid.view.phase !== 'STABLE')
      await new Promise((resolve) => setTimeout(resolve, 5));
  }

  async execute(command: MemberCommand): Promise<unknown> {
    switch (command.kind) {
      case 'start':
        return this.start(command.members);
      case 'connect':
        return this.#bare?.connect(command.ports);
      case 'run':
        return this.#run(command.operation, command.callers, command.seconds);
      case 'begin':
        this.#stalls.reset();
        this.#cpu = process.cpuUsage();
        return undefined;
      case 'end':
        return this.#end();
      case 'fill':
        return fill(openBulk(this.grid), command.entries);
      case 'size':
        return openBulk(this.grid).size();
      case 'steady':
        return steady(openBulk(this.grid), command.entries, command.perSecond, command.seconds);
      case 'watch':
        return this.#watch(command.primary, command.seconds);
      case 'state':
        return this.#state();
      case 'stop':
        this.#bare?.close();
        await this.#grid?.stop(LEAVE_WITHIN_MS);
        await this.store.close();
        return undefined;
    }
  }

  async #run(name: string, callers: number, seconds: number): Promise<RunAnswer> {
    if (this.#caches === undefined || this.#bare === undefined) throw new Error('not started');
    this.#operations ??= gridOperations(this.#caches, this.#bare);
    const operation = this.#operations.find((each) => each.name === name);
    if (operation === undefined) throw new Error(`there is no operation "${name}"`);
    await operation.prepare?.();
    return callerLoop(operation, callers, seconds);
  }

  #end(): EndAnswer {
    const used = process.cpuUsage(this.#cpu);
    return { cpuUs: used.user + used.system, longestStallMs: Math.max(0, this.#stalls.max / 1e6 - STALL_RESOLUTION_MS) };
  }

  async #watch(primary: string, seconds: number): Promise<RunAnswer> {
    const cache = openBulk(this.grid);
    const keys: string[] = [];
    for (let index = 0; keys.length < WATCHED_KEYS && index < 100_000; index += 1)
      if (cache.primaryOf(`watched-${index}`) === primary) keys.push(`watched-${index}`);
    const value = new Uint8Array(16);
    let longestMs = 0;
    const run = async (index: number): Promise<void> => {
      const beganAt = performance.now();
      const key = keys[index % keys.length] ?? '';
      if (index % 2 === 0) await cache.put(key, value);
      else await cache.get(key);
      longestMs = Math.max(longestMs, performance.now() - beganAt);
    };
    return { ...(await callerLoop({ name: 'watch', run }, WATCHERS, seconds)), longestMs };
  }

  #state(): StateAnswer {
    const { epoch, members, phase } = this.grid.view;
    return {
      epoch,
      members: members.map(({ name }) => name),
      phase,
      residentMb: residentMb(process.pid),
      transferredRecords: this.grid.figures().get('transferredRecords') ?? 0,
    };
  }
}

const member = new Member();
process.on('message', (command: MemberCommand) => {
  member.execute(command).then(
    (answer) => {
      process.send?.({ answer });
      if (command.kind === 'stop') process.disconnect();
    },
    (error: Error) => process.send?.({ error: error.message }),
  );
});
process.on('disconnect', () => process.exit());
process.send?.({ answer: true });
