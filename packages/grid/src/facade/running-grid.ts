import type {
  Cache,
  CacheOptions,
  GridEvents,
  GridNode,
  MemberOutcome,
  PeerStatistics,
  RunOnAllOptions,
  TaskRun,
  Topic,
  View,
} from '../api.ts';
import type { Discovery } from '../discovery/discovery.ts';
import type { DiscoveryWatch } from '../discovery/discovery-watch.ts';
import { GridError } from '../errors.ts';
import type { MembershipEvent } from '../membership/world.ts';
import type { Address, ViewBody } from '../protocol/types.ts';
import { awaitDiscovery } from './await-discovery.ts';
import type { CertificateKeeper } from './certificate-keeper.ts';
import { aborted, listenWhenFree, type PatienceOptions, waitingLineMs } from './enter-cluster.ts';
import { Listeners } from './listeners.ts';
import { type LogLines, logLines } from './log-lines.ts';
import { MemberShell, type ShellOptions } from './member-shell.ts';
import type { ResolvedOptions } from './resolve-options.ts';
import { ScheduledTasks, type TaskEnvironment } from './scheduled-tasks.ts';
import { type TaskState, taskUpdates } from './task-schedule.ts';
import { noView, viewOf } from './view-of.ts';

export interface RunningGridParts extends Pick<ShellOptions, 'authority' | 'transport' | 'time' | 'timing' | 'isProcessGone' | 'process'> {
  /** Undefined: the authority's rows are discovery enough. */
  readonly discovery?: Discovery | undefined;
  /** Undefined where connections carry no certificate. */
  readonly certificates?: CertificateKeeper | undefined;
}

/** A member as the program that embeds it sees it. */
export class RunningGrid implements GridNode {
  readonly name: string;
  readonly #options: ResolvedOptions;
  readonly #parts: RunningGridParts;
  readonly #shell: MemberShell;
  readonly #listeners: Listeners;
  readonly #tasks: ScheduledTasks;
  readonly #lines: LogLines;
  readonly #left = Promise.withResolvers<void>();
  readonly #joined = Promise.withResolvers<void>();
  #view: View = noView;
  #body: ViewBody | undefined;
  #discovery: DiscoveryWatch | undefined;
  #stopping: Promise<void> | undefined;
  #stopped = false;
  /** How often this member lost its membership and joined anew: what a merge is to clusters that can split. */
  #rejoins = 0;

  constructor(options: ResolvedOptions, parts: RunningGridParts) {
    this.name = options.nodeName;
    this.#options = options;
    this.#parts = parts;
    this.#lines = logLines(options.clusterName, options.versionLabel);
    this.#listeners = new Listeners(options.log);
    this.#shell = new MemberShell({
      ...parts,
      name: options.nodeName,
      labels: options.labels,
      onMembership: (event) => this.#membership(event),
      onLost: (segments) => this.#lost(segments),
      onRefused: (peer, reason) => options.log(this.#lines.refused(peer, reason)),
      onFailed: (where, error) =>
        options.log({ level: 'error', message: `${where} failed: ${error instanceof Error ? error.message : String(error)}` }),
      hooks: options.hooks,
    });
    for (const [name, cache] of Object.entries(options.caches)) this.#shell.data.cache(name, cache as CacheOptions<unknown>);
    this.#tasks = new ScheduledTasks({
      time: parts.time,
      states: this.#shell.data.ownCache<TaskState>('grid tasks', { owners: 3, updates: taskUpdates }),
      claimant: () => this.#claimant(),
      log: options.log,
    });
  }

  /** Resolves when this is a member that may serve. */
  async start(): Promise<void> {
    this.#options.log(this.#lines.starting(this.#options.stackName));
    using stack = new DisposableStack();
    // Whoever aborts while the listener opens is heard once that has ended.
    this.#joined.promise.catch(() => {});
    try {
      this.#parts.certificates?.start({
        topic: this.#shell.data.topic('grid-certificates'),
        coordinates: () => this.#coordinates(),
        epoch: () => this.#view.epoch,
      });
      const address = await listenWhenFree(() => this.#shell.listen(), this.#where, this.#patience);
      this.#options.log(this.#lines.address(this.name, address));
      this.#discovery = await this.#discover(address);
      this.#shell.join(address);
      stack.use(this.#limitJoin());
      await Promise.race([this.#joined.promise, stack.use(aborted(this.#options.signal)).promise]);
    } catch (error) {
      this.#stopped = true;
      this.#parts.certificates?.stop();
      await this.#discovery?.stop();
      await this.#shell.close();
      throw error;
    }
  }

  get #patience(): PatienceOptions {
    return { time: this.#parts.time, log: this.#options.log, signal: this.#options.signal };
  }

  get #where(): string {
    const { bindAddress, bindPort, bindPortRange } = this.#options;
    return `${bindAddress}:${bindPort}${bindPortRange === 0 ? '' : ` to ${bindPort + bindPortRange}`}`;
  }

  async #discover(address: Address): Promise<DiscoveryWatch | undefined> {
    const { discovery, authority, timing, isProcessGone } = this.#parts;
    if (discovery === undefined) return undefined;
    const own = { cluster: this.#options.clusterName, name: this.name, address };
    return awaitDiscovery({ ...this.#patience, discovery, own, authority, timing, isProcessGone });
  }

  /** Says now and then why this is no member yet, and gives up after `startTimeoutMs`. */
  #limitJoin(): Disposable {
    const { time } = this.#parts;
    const { startTimeoutMs, log } = this.#options;
    const timers = new DisposableStack();
    timers.use(time.every(waitingLineMs, () => log({ level: 'warn', message: `this node is no member yet: ${this.#shell.obstacle}` })));
    if (startTimeoutMs === Number.POSITIVE_INFINITY) return timers;
    const giveUp = (): void =>
      this.#joined.reject(
        new GridError('GRID_TIMEOUT', `no membership within startTimeoutMs (${startTimeoutMs} ms): ${this.#shell.obstacle}`),
      );
    timers.use(time.after(startTimeoutMs, giveUp));
    return timers;
  }

  get view(): View {
    return this.#view;
  }

  get ready(): boolean {
    return !this.#stopped && this.#stopping === undefined && !this.fenced && (this.#shell.membership?.active ?? false);
  }

  get fenced(): boolean {
    return !(this.#shell.membership?.mayServe(this.#parts.time.nowMs()) ?? false);
  }

  cache<K extends string, V>(name: string, options?: CacheOptions<V>): Cache<K, V> {
    this.#refuseIfStopped();
    return this.#shell.data.cache(name, options);
  }

  topic(name: string): Topic {
    this.#refuseIfStopped();
    return this.#shell.data.topic(name);
  }

  schedule(name: string, intervalMs: number, task: (run: TaskRun) => Promise<void>): Disposable {
    this.#refuseIfStopped();
    return this.#tasks.schedule(name, intervalMs, task);
  }

  defineTask(name: string, task: (argument: unknown, caller: string) => unknown): Disposable {
    this.#refuseIfStopped();
    return this.#shell.data.calls.define(name, task);
  }

  async runOnAll<R = unknown>(name: string, argument?: unknown, options?: RunOnAllOptions): Promise<readonly MemberOutcome<R>[]> {
    this.#refuseIfStopped();
    return this.#shell.data.calls.runOnAll<R>(name, argument, options);
  }

  on<E extends keyof GridEvents>(event: E, listener: GridEvents[E]): Disposable {
    return this.#listeners.on(event, listener);
  }

  health(_cacheName: string): 'HEALTHY' | 'HEALTHY_REBALANCING' | 'DEGRADED' | 'FAILED' {
    if (this.#stopped) return 'FAILED';
    if (this.fenced) return 'DEGRADED';
    return this.#view.phase === 'STABLE' ? 'HEALTHY' : 'HEALTHY_REBALANCING';
  }

  figures(): ReadonlyMap<string, number> {
    return new Map(
      Object.entries({
        ...this.#shell.figures(),
        rejoins: this.#rejoins,
        ...this.#parts.certificates?.figures(),
        ...this.#discovery?.figures(),
      }),
    );
  }

  peers(): readonly PeerStatistics[] {
    return this.#shell.peers();
  }

  stop(timeoutMs: number = this.#options.stopTimeoutMs): Promise<void> {
    if (this.#stopping === undefined) this.#stopping = this.#stop(timeoutMs);
    else this.#shell.membership?.leaveNow(this.#parts.time.nowMs());
    return this.#stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #stop(timeoutMs: number): Promise<void> {
    const { time } = this.#parts;
    this.#options.log(this.#lines.disconnecting());
    const late = Promise.withResolvers<void>();
    const limit = time.after(timeoutMs, () => {
      late.resolve();
      this.#shell.membership?.leaveNow(time.nowMs());
    });
    // Before the leave: the next coordinator must not begin a task that this one has not ended.
    await Promise.race([this.#tasks.stop(), late.promise, this.#left.promise]);
    this.#shell.membership?.leave(time.nowMs());
    await this.#left.promise;
    limit[Symbol.dispose]();
    this.#stopped = true;
    this.#parts.certificates?.stop();
    await this.#discovery?.stop();
    await this.#shell.close();
  }

  #refuseIfStopped(): void {
    if (this.#stopped) throw new GridError('GRID_STOPPED', `member ${this.name}`);
  }

  #claimant(): ReturnType<TaskEnvironment['claimant']> {
    const member = this.#coordinates() ? this.#shell.membership?.identity?.id : undefined;
    if (member === undefined) return undefined;
    return { member: String(member), members: this.#view.members.map(({ id }) => id), epoch: this.#view.epoch };
  }

  #coordinates(): boolean {
    return this.#stopping === undefined && !this.fenced && this.#view.members.some((member) => member.self && member.coordinator);
  }

  #lost(segments: readonly number[]): void {
    this.#options.log(this.#lines.lost(segments.length));
    this.#listeners.emit('lost', segments);
  }

  #membership(event: MembershipEvent): void {
    switch (event.kind) {
      case 'joining':
        return;
      case 'view':
        this.#installed(event.view);
        return;
      case 'fenced':
        this.#options.log({
          level: this.#stopping === undefined ? 'warn' : 'debug',
          message: `this member serves nothing for now: ${event.reason}`,
        });
        this.#tasks.recheck();
        this.#listeners.emit('fenced', event.reason);
        return;
      case 'unfenced':
        if (this.#view !== noView) this.#joined.resolve();
        this.#tasks.recheck();
        this.#parts.certificates?.changed();
        this.#listeners.emit('unfenced');
        return;
      case 'lost':
        this.#view = noView;
        this.#body = undefined;
        this.#rejoins += 1;
        this.#options.log({ level: 'warn', message: `membership is lost, joining anew: ${event.reason}` });
        this.#tasks.recheck();
        return;
      case 'left':
        this.#left.resolve();
        return;
    }
  }

  #installed(body: ViewBody): void {
    const before = this.#view;
    this.#view = viewOf(body, this.#shell.membership?.identity?.id);
    for (const line of this.#lines.view(body, this.#body)) this.#options.log(line);
    this.#body = body;
    if (!this.fenced) this.#joined.resolve();
    this.#tasks.recheck();
    this.#parts.certificates?.changed();
    this.#listeners.emit('view', this.#view);
    if (before.phase !== body.phase) this.#listeners.emit('rebalance', body.phase);
  }
}
