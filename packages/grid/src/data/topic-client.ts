import type { PublishOptions, Topic } from '../api.ts';
import { GridError } from '../errors.ts';
import type { CallSite } from './call.ts';
import { pack, unpack } from './codec.ts';
import { limits } from './limits.ts';

type Handler = (payload: unknown, sender: string) => void | Promise<void>;

/** A topic as callers see it. */
export class TopicClient implements Topic {
  readonly #name: string;
  readonly #site: CallSite;
  readonly #handlers = new Set<Handler>();
  readonly #gapHandlers = new Set<(sender: string) => void>();

  constructor(name: string, site: CallSite) {
    this.#name = name;
    this.#site = site;
  }

  async publish(payload: unknown, options?: PublishOptions): Promise<boolean> {
    const { signal, timeoutMs = 1_000 } = options ?? {};
    if (!(timeoutMs >= 0 && timeoutMs <= limits.topicRetainMs))
      throw new GridError('GRID_BAD_ARGUMENT', `timeoutMs is ${timeoutMs}, allowed are 0 to ${limits.topicRetainMs}`);
    const bytes = pack(payload);
    if (bytes.length > limits.maxValueBytes)
      throw new GridError('GRID_BAD_ARGUMENT', `payload of ${bytes.length} bytes, at most ${limits.maxValueBytes} allowed`);
    const aborted = (): GridError => new GridError('GRID_ABORTED', `message on topic ${this.#name}`, { cause: signal?.reason });
    if (signal?.aborted) throw aborted();
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    const abort = (): void => reject(aborted());
    signal?.addEventListener('abort', abort, { once: true });
    this.#site.core.topics.publish(this.#name, bytes, timeoutMs, this.#site.nowMs(), (all) => {
      signal?.removeEventListener('abort', abort);
      resolve(all);
    });
    return promise;
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
