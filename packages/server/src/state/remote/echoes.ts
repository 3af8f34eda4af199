import { randomBytes } from 'node:crypto';
import type { WorkMessage } from './remote-connection.ts';

/** How long a message to oneself may take before the channel counts as broken. */
const echoWithinMs = 1_000;
/** So many messages to oneself in a row that do not come back say that the engine takes no writes. */
const maxMissed = 3;

export interface EchoesOptions {
  readonly nodeId: string;
  readonly publish: (message: WorkMessage) => Promise<void>;
  /** Told of each message: whether it came back in time, and when that was known. */
  readonly observe: (heard: boolean, tookMs: number) => void;
  /** Told when the channel begins to carry again, and when it no longer does. */
  readonly changed: (carries: boolean) => void;
}

/** Messages of this node to itself: proof that the channel carries. */
export class Echoes {
  readonly #options: EchoesOptions;
  readonly #channel: string;
  readonly #waiting = new Map<string, () => void>();
  #missed = 0;

  constructor(options: EchoesOptions) {
    this.#options = options;
    this.#channel = `keygrid_echo_${options.nodeId}`;
  }

  /** Whether messages come back; a single one may be late. */
  get carries(): boolean {
    return this.#missed < maxMissed;
  }

  /** True if the message was one of these. */
  receive(channel: string, payload: string): boolean {
    if (channel !== this.#channel) return false;
    this.#waiting.get(payload)?.();
    return true;
  }

  /** Sends one, and says whether it came back in time. */
  async heard(): Promise<boolean> {
    const { publish, observe } = this.#options;
    const word = randomBytes(9).toString('base64url');
    const echo = Promise.withResolvers<boolean>();
    const beganMs = performance.now();
    const timer = setTimeout(() => echo.resolve(false), echoWithinMs);
    this.#waiting.set(word, () => echo.resolve(true));
    try {
      publish({ channel: this.#channel, payload: word }).catch(() => echo.resolve(false));
      const heard = await echo.promise;
      const carried = this.carries;
      this.#missed = heard ? 0 : this.#missed + 1;
      if (this.carries !== carried) this.#options.changed(this.carries);
      observe(heard, performance.now() - beganMs);
      return heard;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(word);
    }
  }
}
