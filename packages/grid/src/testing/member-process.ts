import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** What a member does otherwise than by default. */
export interface MemberSettings {
  readonly rotationIntervalMs?: number | undefined;
  readonly protocolVersion?: number | undefined;
  /** The other durations that hang on it grow with it. */
  readonly leaseMs?: number | undefined;
}

export interface MemberState {
  readonly ready: boolean;
  readonly phase: string;
  readonly epoch: number;
  readonly members: readonly string[];
  readonly coordinator: string | undefined;
}

/** A member that runs in a process of its own, as tests hold it. */
export class MemberProcess {
  readonly name: string;
  readonly output: string[] = [];
  readonly started: Promise<void>;
  readonly exited: Promise<number | null>;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #count = 0;
  #gone = false;

  constructor(name: string, databaseUrl: string, { rotationIntervalMs, protocolVersion, leaseMs }: MemberSettings = {}) {
    this.name = name;
    const program = fileURLToPath(new URL('./grid-node-process.ts', import.meta.url));
    const settings = [rotationIntervalMs, protocolVersion, leaseMs].map((setting) => String(setting ?? ''));
    const child = spawn(process.execPath, [program, name, databaseUrl, ...settings], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#child = child;
    child.stderr?.on('data', (chunk: Buffer) => void this.output.push(chunk.toString()));
    child.stdin?.on('error', () => undefined);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.started = promise;
    this.exited = new Promise((done) => child.once('exit', (code) => done(code)));
    void this.exited.then(() => {
      this.#gone = true;
      reject(new Error(`member ${name} ended early:\n${this.output.join('\n')}`));
      for (const waiting of this.#waiting.values()) waiting.reject(new Error(`member ${name} is gone`));
    });
    promise.catch(() => undefined);
    if (child.stdout !== null)
      createInterface({ input: child.stdout }).on('line', (line) => {
        const said = JSON.parse(line) as { id?: number; result?: unknown; error?: string; event?: string };
        if (said.event === 'started') resolve();
        const waiting = said.event === undefined && said.id !== undefined ? this.#waiting.get(said.id) : undefined;
        if (waiting === undefined || said.id === undefined) {
          this.output.push(line);
          return;
        }
        this.#waiting.delete(said.id);
        if (said.error === undefined) waiting.resolve(said.result);
        else waiting.reject(new Error(said.error));
      });
  }

  ask<T>(name: string, key?: string, value?: string): Promise<T> {
    this.#count += 1;
    const id = this.#count;
    return new Promise<T>((resolve, reject) => {
      if (this.#gone) {
        reject(new Error(`member ${this.name} is gone`));
        return;
      }
      this.#waiting.set(id, { resolve: resolve as (result: unknown) => void, reject });
      this.#child.stdin?.write(`${JSON.stringify({ id, name, key, value })}\n`);
    });
  }

  state(): Promise<MemberState> {
    return this.ask('state');
  }

  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' | 'SIGTERM'): void {
    this.#child.kill(name);
  }
}
