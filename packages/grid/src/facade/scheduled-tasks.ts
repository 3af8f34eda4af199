import type { Cache, GridLogLine, TaskRun } from '../api.ts';
import { GridError } from '../errors.ts';
import type { Claim, ClaimOutcome, TaskState } from './task-schedule.ts';
import { tokenOf } from './task-schedule.ts';
import type { Time } from './time.ts';

const maxTasks = 64;
const maxIntervalMs = 31_536_000_000;
/** Timers hold no longer than 24 days; a look at the schedule once in an hour costs nothing. */
const maxTimerMs = 3_600_000;
/** Wait after a claim that failed. */
const retryMs = 1_000;

interface Task {
  readonly name: string;
  readonly intervalMs: number;
  readonly work: (run: TaskRun) => Promise<void>;
  timer: Disposable | undefined;
  /** A claim or a run is under way. */
  busy: Promise<void> | undefined;
  running: AbortController | undefined;
  ended: boolean;
}

export interface TaskEnvironment {
  readonly time: Time;
  /** Opened with `taskUpdates`. */
  readonly states: Cache<string, TaskState>;
  /** This member as the one that may run tasks now, undefined = it may not. */
  claimant(): Omit<Claim, 'intervalMs'> | undefined;
  log(line: GridLogLine): void;
}

/**
 * Tasks that run on one member at a time: on the coordinator, under its lease. When it last ran stands in the grid, so that a new coordinator
 * goes on with the schedule instead of beginning it anew. A member that stops being coordinator or loses its lease aborts what it runs.
 */
export class ScheduledTasks {
  readonly #environment: TaskEnvironment;
  readonly #tasks = new Map<string, Task>();
  #coordinating = false;

  constructor(environment: TaskEnvironment) {
    this.#environment = environment;
  }

  schedule(name: string, intervalMs: number, work: (run: TaskRun) => Promise<void>): Disposable {
    if (name.length === 0 || name.length > 80)
      throw new GridError('GRID_BAD_ARGUMENT', `task name of ${name.length} units, allowed are 1 to 80`);
    if (this.#tasks.has(name)) throw new GridError('GRID_BAD_ARGUMENT', `task '${name}' is scheduled already`);
    if (this.#tasks.size >= maxTasks) throw new GridError('GRID_BAD_ARGUMENT', `more than ${maxTasks} tasks`);
    if (!(intervalMs >= 1 && intervalMs <= maxIntervalMs))
      throw new GridError('GRID_BAD_ARGUMENT', `interval of ${intervalMs} ms for task '${name}', allowed are 1 to ${maxIntervalMs}`);
    const task: Task = { name, intervalMs, work, timer: undefined, busy: undefined, running: undefined, ended: false };
    this.#tasks.set(name, task);
    this.#check(task);
    return {
      [Symbol.dispose]: () => {
        if (this.#tasks.get(name) === task) this.#tasks.delete(name);
        this.#end(task);
      },
    };
  }

  /** The view or the lease changed. */
  recheck(): void {
    const coordinates = this.#environment.claimant() !== undefined;
    if (!coordinates) for (const task of this.#tasks.values()) task.running?.abort();
    else if (!this.#coordinating) for (const task of this.#tasks.values()) this.#check(task);
    this.#coordinating = coordinates;
  }

  /** Aborts what runs; resolves when all has ended, so that the next coordinator may begin. */
  async stop(): Promise<void> {
    const tasks = [...this.#tasks.values()];
    this.#tasks.clear();
    for (const task of tasks) this.#end(task);
    await Promise.all(tasks.map(({ busy }) => busy));
  }

  #end(task: Task): void {
    task.ended = true;
    task.timer?.[Symbol.dispose]();
    task.running?.abort();
  }

  #check(task: Task): void {
    task.timer?.[Symbol.dispose]();
    task.timer = undefined;
    if (task.ended || task.busy !== undefined) return;
    const claimant = this.#environment.claimant();
    if (claimant === undefined) return;
    task.busy = this.#claim(task, { ...claimant, intervalMs: task.intervalMs }).then((dueInMs) => {
      task.busy = undefined;
      if (task.ended) return;
      const delayMs = Math.min(Math.max(dueInMs, 1), maxTimerMs);
      task.timer = this.#environment.time.after(delayMs, () => this.#check(task));
    });
  }

  /** Runs the task if it is due. Never rejects; resolves to the time until the next look. */
  async #claim(task: Task, claim: Claim): Promise<number> {
    const { states } = this.#environment;
    try {
      let outcome = await states.update<ClaimOutcome>(task.name, 'claim', claim);
      if (!outcome.granted) return outcome.dueInMs;
      const { epoch, run } = outcome;
      await this.#run(task, tokenOf(outcome));
      outcome = await states.update<ClaimOutcome>(task.name, 'end', { member: claim.member, epoch, run, intervalMs: task.intervalMs });
      return outcome.granted ? retryMs : outcome.dueInMs;
    } catch {
      // No lease or no primary at the moment; whoever coordinates next asks again.
      return retryMs;
    }
  }

  async #run(task: Task, fencingToken: bigint): Promise<void> {
    // The answer to the claim may have come late.
    if (task.ended || this.#environment.claimant() === undefined) return;
    const controller = new AbortController();
    task.running = controller;
    try {
      await task.work({ name: task.name, signal: controller.signal, fencingToken });
    } catch (error) {
      if (!controller.signal.aborted)
        this.#environment.log({
          level: 'warn',
          message: `task '${task.name}' failed: ${error instanceof Error ? error.message : String(error)}`,
        });
    } finally {
      task.running = undefined;
    }
  }
}
