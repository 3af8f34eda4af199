import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { DatabaseCertificateStore } from '../../packages/grid/src/testing/database-store.ts';
import type { MemberCommand, MemberSetting, StartAnswer } from './protocol.ts';

const STOP_WITHIN_MS = 130_000;

/** A member as the benchmark holds it; one command at a time, but for `state` and the end of a run. */
export class BenchMember {
  readonly name: string;
  /** The process has loaded what it needs and waits for `start`. */
  readonly loaded: Promise<unknown>;
  readonly #child: ChildProcess;
  #last: Promise<unknown> = Promise.resolve();

  constructor(setting: MemberSetting, nodeArguments: readonly string[] = []) {
    this.name = setting.name;
    const program = fileURLToPath(new URL('./member.ts', import.meta.url));
    this.#child = fork(program, [JSON.stringify(setting)], { execArgv: [...nodeArguments] });
    this.loaded = this.#next();
    this.loaded.catch(() => undefined);
  }

  start(members: number): Promise<StartAnswer> {
    return this.ask({ kind: 'start', members });
  }

  ask<T>(command: MemberCommand): Promise<T> {
    // Answers come in the order of the questions only if one is asked after the other.
    const answer = this.#last.then(() => {
      const next = this.#next<T>();
      this.#child.send(command);
      return next;
    });
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
    this.#child.kill(name);
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()));
    this.#child.kill('SIGKILL');
    await exited;
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
      const gone = (): void => reject(new Error(`member ${this.name} ended early`));
      this.#child.once('exit', gone);
      this.#child.once('message', (message: { answer?: T; error?: string }) => {
        this.#child.off('exit', gone);
        if (message.error === undefined) resolve(message.answer as T);
        else reject(new Error(message.error));
      });
    });
  }
}

/** Members n1, n2, …, all in one stable view. */
export async function startMembers(
  databaseUrl: string,
  count: number,
  setting: Omit<MemberSetting, 'name' | 'databaseUrl'>,
  nodeArguments: readonly string[] = [],
): Promise<{ readonly members: readonly BenchMember[]; readonly ports: readonly number[] }> {
  await prepareStore(databaseUrl);
  const members = Array.from(
    { length: count },
    (_, index) => new BenchMember({ ...setting, name: `n${index + 1}`, databaseUrl }, nodeArguments),
  );
  await Promise.all(members.map((member) => member.loaded));
  const starts = await Promise.all(members.map((member) => member.start(count)));
  return { members, ports: starts.map(({ port }) => port) };
}

export async function prepareStore(databaseUrl: string): Promise<void> {
  const store = new DatabaseCertificateStore(databaseUrl);
  await store.prepare();
  await store.close();
}
