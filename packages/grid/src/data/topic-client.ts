import type { Topic } from '../api.ts';
import { GridError } from '../errors.ts';
import { pack, unpack } from './codec.ts';
import type { DataCore } from './core.ts';
import { limits } from './limits.ts';

type Handler = (payload: unknown, sender: string) => void | Promise<void>;

/** A topic as callers see it. */
export class TopicClient implements Topic {
  readonly #name: string;
  readonly #core: DataCore;
  readonly #nowMs: () => number;
  readonly #handlers = new Set<Handler>();
  readonly #gapHandlers = new Set<(sender: string) => void>();

  constructor(name: string, core: DataCore, nowMs: () => number) {
    if (name.length === 0 || name.length > 80)
      throw new GridError('GRID_BAD_ARGUMENT', `topic name of ${name.length} units, allowed are 1 to 80`);
    this.#name = name;
    this.#core = core;
    this.#nowMs = nowMs;
  }

  publish(payload: unknown, timeoutMs = 1_000): Promise<boolean> {
    const bytes = pack(payload);
    if (bytes.length > limits.maxValueBytes)
      throw new GridError('GRID_BAD_ARGUMENT', `payload of ${bytes.length} bytes, at most ${limits.maxValueBytes} allowed`);
    return new Promise((resolve) =>
      this.#core.topics.publish(this.#name, bytes, Math.min(timeoutMs, limits.topicRetainMs), this.#nowMs(), resolve),
    );
  }

  subscribe(handler: Handler): Disposable {
    this.#handlers.add(handler);
    return { [Symbol.dispose]: () => void this.#handlers.delete(handler) };
  }

  onGap(handler: (sender: string) => void): Disposable {
    this.#gapHandlers.add(handler);
    return { [Symbol.dispose]: () => void this.#gapHandlers.delete(handler) };
  }

  /** Runs the handlers; acknowledges when all have ended. One that fails counts as a gap. */
  deliver(bytes: Uint8Array, sender: string, acknowledge: () => void): void {
    const payload = unpack(bytes);
    const running: (void | Promise<void>)[] = [];
    try {
      for (const handler of this.#handlers) running.push(handler(payload, sender));
    } catch {
      this.#failed(sender, acknowledge);
      return;
    }
    Promise.all(running).then(acknowledge, () => this.#failed(sender, acknowledge));
  }

  // Whoever clears what it derived has done more than the handler would have.
  #failed(sender: string, acknowledge: () => void): void {
    this.gap(sender);
    if (this.#gapHandlers.size > 0) acknowledge();
  }

  gap(sender: string): void {
    for (const handler of this.#gapHandlers) handler(sender);
  }
}
