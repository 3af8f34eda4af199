import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { MemberCommand, ReadyAnswer } from './protocol.ts';

const STOP_WITHIN_MS = 15_000;

/** A member as the benchmark holds it; one command at a time. */
export class BenchMember {
  readonly ready: Promise<ReadyAnswer>;
  readonly #child: ChildProcess;

  constructor(name: string, databaseUrl: string, nodeArguments: readonly string[]) {
    this.#child = fork(fileURLToPath(new URL('./member.ts', import.meta.url)), [name, databaseUrl], { execArgv: [...nodeArguments] });
    this.ready = this.#next<ReadyAnswer>();
    this.ready.catch(() => undefined);
  }

  ask<T>(command: MemberCommand): Promise<T> {
    const answer = this.#next<T>();
    this.#child.send(command);
    return answer;
  }

  /** Leaves in order, or is killed if that takes too long. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()));
    const limit = setTimeout(() => this.#child.kill('SIGKILL'), STOP_WITHIN_MS);
    await this.ask({ kind: 'stop' }).catch(() => this.#child.kill('SIGKILL'));
    await exited;
    clearTimeout(limit);
  }

  #next<T>(): Promise<T> {
    return new Promise((resolve, reject) => {
      const gone = (): void => reject(new Error('a member ended early'));
      this.#child.once('exit', gone);
      this.#child.once('message', (message: { answer?: T; error?: string }) => {
        this.#child.off('exit', gone);
        if (message.error === undefined) resolve(message.answer as T);
        else reject(new Error(message.error));
      });
    });
  }
}
