import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Command, MemberOptions, MemberState, Operation, Outcome, Report } from './protocol.ts';

const maxLines = 200;
const stopLimitMs = 30_000;

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

export interface MemberEvents {
  view(epoch: number, members: readonly { readonly id: string; readonly name: string }[]): void;
  fenced(reason: string): void;
}

/** A member that runs in a process of its own, as the driver holds it. */
export class MemberHandle {
  readonly name: string;
  /** Resolves with the moment at which it called Grid.start, on the machine's monotonic clock; rejects if it ends before it is started. */
  readonly started: Promise<number>;
  readonly exited: Promise<void>;
  /** What it logged last. */
  readonly lines: string[] = [];
  isStarted = false;
  isGone = false;
  /** The driver ended it, or told it to end. */
  isDismissed = false;
  /** How long the orderly leave took; undefined = it did not leave in order. */
  leftMs: number | undefined;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ready: Promise<void>;
  readonly #start = Promise.withResolvers<number>();
  #count = 0;

  constructor(name: string, events: MemberEvents) {
    this.name = name;
    const child = fork(fileURLToPath(new URL('./member.ts', import.meta.url)), { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => this.#line(chunk.toString()));
    this.#ready = new Promise((resolve) => child.once('message', () => resolve()));
    this.started = this.#start.promise;
    this.started.catch(() => undefined);
    // 'close' comes after the last line of its output: what it died of.
    this.exited = once(child, 'close').then(([code, signal]) => this.#gone(String(code ?? signal)));
    child.on('error', () => undefined);
    child.on('message', (report: Report) => this.#reported(report, events));
  }

  /** Begins to join; what the process needs to load is loaded before, so that two of these calls are as close as the driver makes them. */
  async prepare(): Promise<void> {
    await Promise.race([this.#ready, this.exited]);
  }

  start(options: MemberOptions, at: number): void {
    this.#send({ kind: 'start', options, at });
  }

  operate(operation: Operation): Promise<Outcome> {
    return this.#ask((id) => ({ kind: 'operate', id, operation }));
  }

  state(): Promise<MemberState> {
    return this.#ask((id) => ({ kind: 'state', id }));
  }

  /** Milliseconds that its loop stood still at most, since the last call. */
  stall(): Promise<number> {
    return this.#ask((id) => ({ kind: 'stall', id }));
  }

  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
    if (name === 'SIGKILL') this.isDismissed = true;
    this.#child.kill(name);
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.exited;
  }

  /** Leaves in order; false if it had to be killed. */
  async stop(): Promise<boolean> {
    this.isDismissed = true;
    this.#send({ kind: 'stop' });
    const limit = setTimeout(() => this.#child.kill('SIGKILL'), stopLimitMs);
    await this.exited;
    clearTimeout(limit);
    return this.leftMs !== undefined;
  }

  #ask<T>(command: (id: number) => Command): Promise<T> {
    this.#count += 1;
    const id = this.#count;
    return new Promise<T>((resolve, reject) => {
      if (this.isGone) {
        reject(new Error('gone'));
        return;
      }
      this.#waiting.set(id, { resolve: resolve as (value: never) => void, reject });
      this.#send(command(id));
    });
  }

  #send(command: Command): void {
    if (this.#child.connected) this.#child.send(command, () => undefined);
  }

  #reported(report: Report, events: MemberEvents): void {
    switch (report.kind) {
      case 'started':
        this.isStarted = true;
        this.#start.resolve(report.beganAt);
        return;
      case 'outcome':
        this.#settle(report.id, (waiting) => waiting.resolve(report.outcome as never));
        return;
      case 'failure':
        this.#settle(report.id, (waiting) => waiting.reject(new Error(report.code)));
        return;
      case 'state':
        this.#settle(report.id, (waiting) => waiting.resolve(report.state as never));
        return;
      case 'stall':
        this.#settle(report.id, (waiting) => waiting.resolve(report.ms as never));
        return;
      case 'view':
        this.#line(`view ${report.epoch}: ${report.members.map(({ id, name }) => `${name}#${id}`).join(' ')}`);
        events.view(report.epoch, report.members);
        return;
      case 'fenced':
        this.#line(`fenced: ${report.reason}`);
        events.fenced(report.reason);
        return;
      case 'log':
        this.#line(`${report.level}: ${report.message}`);
        return;
      case 'left':
        this.leftMs = report.tookMs;
        return;
      case 'waiting':
        return;
    }
  }

  #settle(id: number, end: (waiting: Waiting) => void): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    end(waiting);
  }

  #gone(how: string): void {
    this.#line(`ended: ${how}`);
    this.isGone = true;
    this.isStarted = false;
    this.#start.reject(new Error(`member ${this.name} ended before it was started:\n${this.lines.join('\n')}`));
    for (const waiting of this.#waiting.values()) waiting.reject(new Error('gone'));
    this.#waiting.clear();
  }

  #line(text: string): void {
    this.lines.push(`${performance.now().toFixed(0)} ${text}`);
    if (this.lines.length > maxLines) this.lines.shift();
  }
}
