import type { Cache, CacheOptions, GridEvents, GridNode, Member, Topic, View } from '../api.ts';
import { GridError } from '../errors.ts';
import { coordinatorOf } from '../membership/rebalance.ts';
import type { MembershipEvent } from '../membership/world.ts';
import type { ViewBody } from '../protocol/types.ts';
import { notYet } from '../transport/hello.ts';
import type { CertificateRotation } from './certificate-rotation.ts';
import { Listeners } from './listeners.ts';
import { type LogLines, logLines } from './log-lines.ts';
import { MemberShell, type ShellOptions } from './member-shell.ts';
import type { ResolvedOptions } from './resolve-options.ts';
import { ScheduledTasks } from './scheduled-tasks.ts';

const noView: View = { epoch: 0, members: [], phase: 'STABLE' };

export interface RunningGridParts extends Pick<ShellOptions, 'authority' | 'transport' | 'time' | 'timing' | 'isProcessGone' | 'process'> {
  /** Name of the discovery in the log: `jdbc-ping`, or `local`. */
  readonly stack: string;
  /** Undefined where connections carry no certificate of the store. */
  readonly certificates?: CertificateRotation | undefined;
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
  #memberNames = '';
  #stopping: Promise<void> | undefined;
  #stopped = false;

  constructor(options: ResolvedOptions, parts: RunningGridParts) {
    this.name = options.nodeName;
    this.#options = options;
    this.#parts = parts;
    this.#lines = logLines(options.clusterName, options.versionLabel);
    this.#listeners = new Listeners(options.log);
    this.#tasks = new ScheduledTasks(parts.time, () => this.#coordinates(), options.log);
    this.#shell = new MemberShell({
      ...parts,
      name: options.nodeName,
      labels: options.labels,
      onMembership: (event) => this.#membership(event),
      onLost: (segments) => this.#lost(segments),
      onRefused: (peer, reason) =>
        options.log({ level: reason === notYet ? 'debug' : 'warn', message: `member ${peer} refuses the connection: ${reason}` }),
    });
    for (const [name, cache] of Object.entries(options.caches)) this.#shell.data.cache(name, cache);
  }

  /** Resolves when this is a member that may serve. */
  async start(): Promise<void> {
    this.#options.log(this.#lines.starting(this.#parts.stack));
    let limit: Disposable | undefined;
    const { startTimeoutMs } = this.#options;
    try {
      this.#parts.certificates?.start({
        topic: this.#shell.data.topic('grid-certificates'),
        coordinates: () => this.#coordinates(),
        epoch: () => this.#view.epoch,
      });
      const address = await this.#shell.start();
      this.#options.log(this.#lines.address(this.name, address));
      limit = this.#parts.time.after(startTimeoutMs, () =>
        this.#joined.reject(new GridError('GRID_TIMEOUT', `no membership within startTimeoutMs (${startTimeoutMs} ms)`)),
      );
      await this.#joined.promise;
    } catch (error) {
      this.#stopped = true;
      this.#parts.certificates?.stop();
      await this.#shell.close();
      throw error;
    } finally {
      limit?.[Symbol.dispose]();
    }
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

  cache<V>(name: string, options?: CacheOptions<V>): Cache<V> {
    this.#refuseIfStopped();
    return this.#shell.data.cache(name, options);
  }

  topic(name: string): Topic {
    this.#refuseIfStopped();
    return this.#shell.data.topic(name);
  }

  schedule(name: string, intervalMs: number, task: (signal: AbortSignal) => Promise<void>): Disposable {
    this.#refuseIfStopped();
    return this.#tasks.schedule(name, intervalMs, task);
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
    return new Map(Object.entries({ ...this.#shell.figures(), ...this.#parts.certificates?.figures() }));
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
    this.#tasks.stop();
    this.#options.log(this.#lines.disconnecting());
    const limit = time.after(timeoutMs, () => this.#shell.membership?.leaveNow(time.nowMs()));
    this.#shell.membership?.leave(time.nowMs());
    await this.#left.promise;
    limit[Symbol.dispose]();
    this.#stopped = true;
    this.#parts.certificates?.stop();
    await this.#shell.close();
  }

  #refuseIfStopped(): void {
    if (this.#stopped) throw new GridError('GRID_STOPPED', `member ${this.name}`);
  }

  #coordinates(): boolean {
    return this.#stopping === undefined && !this.fenced && this.#view.members.some((member) => member.self && member.coordinator);
  }

  #lost(segments: readonly number[]): void {
    this.#options.log({ level: 'warn', message: `the last copy of ${segments.length} segments is gone` });
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
        this.#parts.certificates?.changed();
        this.#listeners.emit('unfenced');
        return;
      case 'lost':
        this.#view = noView;
        this.#memberNames = '';
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
    const coordinator = coordinatorOf(body) ?? body.members[0]?.id;
    const self = this.#shell.membership?.identity?.id;
    this.#view = {
      epoch: body.epoch,
      phase: body.phase,
      members: body.members.map(
        (member): Member => ({
          id: String(member.id),
          name: member.name,
          address: `${member.address.host}:${member.address.port}`,
          coordinator: member.id === coordinator,
          self: member.id === self,
          ...member.labels,
        }),
      ),
    };
    const names = body.members.map((member) => member.id).join();
    if (names !== this.#memberNames) this.#options.log(this.#lines.view(body));
    this.#memberNames = names;
    if (!this.fenced) this.#joined.resolve();
    this.#tasks.recheck();
    this.#parts.certificates?.changed();
    this.#listeners.emit('view', this.#view);
    if (before.phase !== body.phase) this.#listeners.emit('rebalance', body.phase);
  }
}
