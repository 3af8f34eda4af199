import type { MemberOutcome, RunOnAllOptions } from '../api.ts';
import { GridError, type GridErrorCode } from '../errors.ts';
import type { MemberId } from '../protocol/types.ts';
import type { CallSite } from './call.ts';
import { pack, unpack } from './codec.ts';
import { limits } from './limits.ts';
import type { TopicAnswers } from './topics.ts';

/** A task that every member has under the same name. */
type Task = (argument: unknown, caller: string) => unknown;

interface Call {
  readonly task: string;
  readonly argument: unknown;
}

/** What a member answers; exactly one of the two is there. */
interface Answer {
  readonly value?: unknown;
  readonly error?: { readonly code: GridErrorCode; readonly message: string };
}

/** The topic that carries the calls; its space keeps it apart from those of programs. */
export const callTopic = 'grid calls';

const maxTasks = 256;

/**
 * Tasks that run on all members when one of them asks for it. A call is a message of a topic, so a member runs it at most once, and its answer
 * comes back with the acknowledgement.
 */
export class MemberCalls {
  readonly #site: CallSite;
  readonly #tasks = new Map<string, Task>();

  constructor(site: CallSite) {
    this.#site = site;
  }

  define(name: string, task: Task): Disposable {
    if (name.length === 0 || name.length > 80)
      throw new GridError('GRID_BAD_ARGUMENT', `task name of ${name.length} units, allowed are 1 to 80`);
    if (this.#tasks.has(name)) throw new GridError('GRID_BAD_ARGUMENT', `task '${name}' is defined already`);
    if (this.#tasks.size >= maxTasks) throw new GridError('GRID_BAD_ARGUMENT', `more than ${maxTasks} tasks`);
    this.#tasks.set(name, task);
    return {
      [Symbol.dispose]: () => {
        if (this.#tasks.get(name) === task) this.#tasks.delete(name);
      },
    };
  }

  async runOnAll<R>(task: string, argument: unknown, options: RunOnAllOptions | undefined): Promise<MemberOutcome<R>[]> {
    const { signal, timeoutMs = 5_000 } = options ?? {};
    const { core } = this.#site;
    if (!(timeoutMs >= 0 && timeoutMs <= limits.topicRetainMs))
      throw new GridError('GRID_BAD_ARGUMENT', `timeoutMs is ${timeoutMs}, allowed are 0 to ${limits.topicRetainMs}`);
    if (signal?.aborted) throw aborted(task, signal);
    if (!core.serving(this.#site.nowMs())) throw new GridError('GRID_FENCED', `task '${task}' on all members`);
    const bytes = pack({ task, argument } satisfies Call);
    if (bytes.length > limits.maxValueBytes)
      throw new GridError('GRID_BAD_ARGUMENT', `argument of ${bytes.length} bytes, at most ${limits.maxValueBytes} allowed`);
    const members = [...core.node.memberIds];
    const { promise, resolve, reject } = Promise.withResolvers<TopicAnswers>();
    const abort = (): void => reject(aborted(task, signal));
    signal?.addEventListener('abort', abort, { once: true });
    try {
      const own = this.#run({ task, argument }, core.node.self);
      core.topics.publish(callTopic, bytes, timeoutMs, this.#site.nowMs(), (_all, answers) => resolve(answers));
      const answers = new Map<MemberId, Uint8Array>(await promise);
      answers.set(core.node.self, await own);
      return members.map((member) => this.#outcomeOf<R>(task, member, answers.get(member)));
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /** A call of another member has arrived. */
  deliver(payload: Uint8Array, sender: MemberId, acknowledge: (answer: Uint8Array) => void): void {
    void this.#run(unpack(payload) as Call, sender).then(acknowledge);
  }

  /** Never rejects: what the task throws is its answer. */
  async #run({ task, argument }: Call, caller: MemberId): Promise<Uint8Array> {
    const run = this.#tasks.get(task);
    if (run === undefined) return failure('GRID_UNKNOWN_TASK', `no task '${task}' is defined on this member`);
    try {
      const bytes = pack({ value: await run(argument, this.#nameOf(caller)) } satisfies Answer);
      if (bytes.length <= limits.maxValueBytes) return bytes;
      return failure('GRID_TASK_FAILED', `the answer has ${bytes.length} bytes, at most ${limits.maxValueBytes} are allowed`);
    } catch (error) {
      return failure('GRID_TASK_FAILED', error instanceof Error ? error.message : String(error));
    }
  }

  #outcomeOf<R>(task: string, id: MemberId, bytes: Uint8Array | undefined): MemberOutcome<R> {
    const member = this.#nameOf(id);
    if (bytes === undefined) {
      const stays = this.#site.core.node.memberIds.includes(id);
      const error = stays
        ? new GridError('GRID_TIMEOUT', `task '${task}': member ${member} did not answer in time; it may run still`)
        : new GridError('GRID_OUTCOME_UNKNOWN', `task '${task}': member ${member} left before it answered`);
      return { member, value: undefined, error };
    }
    const { value, error } = unpack(bytes) as Answer;
    if (error === undefined) return { member, value: value as R, error: undefined };
    return { member, value: undefined, error: new GridError(error.code, `task '${task}' on member ${member}: ${error.message}`) };
  }

  #nameOf(member: MemberId): string {
    return this.#site.memberName(member) ?? String(member);
  }
}

function failure(code: GridErrorCode, message: string): Uint8Array {
  return pack({ error: { code, message: message.slice(0, 500) } } satisfies Answer);
}

function aborted(task: string, signal: AbortSignal | undefined): GridError {
  return new GridError('GRID_ABORTED', `task '${task}' on all members`, { cause: signal?.reason });
}
