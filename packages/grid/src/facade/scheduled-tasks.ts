import type { GridLogLine } from '../api.ts';
import { GridError } from '../errors.ts';
import type { Time } from './time.ts';

const maxTasks = 64;

interface Task {
  readonly name: string;
  readonly timer: Disposable;
  running: AbortController | undefined;
}

/**
 * Tasks that run on one member at a time: on the coordinator, under its lease. A member that stops being coordinator or loses its lease
 * aborts what it runs; the next one starts with its own next interval. A run that outlasts its interval skips turns.
 */
export class ScheduledTasks {
  readonly #time: Time;
  readonly #mayRun: () => boolean;
  readonly #log: (line: GridLogLine) => void;
  readonly #tasks = new Map<string, Task>();

  constructor(time: Time, mayRun: () => boolean, log: (line: GridLogLine) => void) {
    this.#time = time;
    this.#mayRun = mayRun;
    this.#log = log;
  }

  schedule(name: string, intervalMs: number, work: (signal: AbortSignal) => Promise<void>): Disposable {
    if (this.#tasks.has(name)) throw new GridError('GRID_BAD_ARGUMENT', `task '${name}' is scheduled already`);
    if (this.#tasks.size >= maxTasks) throw new GridError('GRID_BAD_ARGUMENT', `more than ${maxTasks} tasks`);
    if (!(intervalMs >= 1))
      throw new GridError('GRID_BAD_ARGUMENT', `interval of ${intervalMs} ms for task '${name}', at least 1 is allowed`);
    const task: Task = { name, timer: this.#time.every(intervalMs, () => void this.#run(task, work)), running: undefined };
    this.#tasks.set(name, task);
    return {
      [Symbol.dispose]: () => {
        if (this.#tasks.get(name) === task) this.#tasks.delete(name);
        this.#end(task);
      },
    };
  }

  /** The view or the lease changed. */
  recheck(): void {
    if (this.#mayRun()) return;
    for (const task of this.#tasks.values()) task.running?.abort();
  }

  stop(): void {
    for (const task of this.#tasks.values()) this.#end(task);
    this.#tasks.clear();
  }

  #end(task: Task): void {
    task.timer[Symbol.dispose]();
    task.running?.abort();
  }

  async #run(task: Task, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    if (task.running !== undefined || !this.#mayRun()) return;
    const controller = new AbortController();
    task.running = controller;
    try {
      await work(controller.signal);
    } catch (error) {
      if (!controller.signal.aborted)
        this.#log({ level: 'warn', message: `task '${task.name}' failed: ${error instanceof Error ? error.message : String(error)}` });
    } finally {
      task.running = undefined;
    }
  }
}
