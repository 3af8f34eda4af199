import type { Time } from '../facade/time.ts';
import type { WireStream } from './carrier.ts';
import { RejectionLog } from './rejection-log.ts';
import type { SocketTransportOptions } from './socket-options.ts';
import { handshakeMs, maxHalfOpen, maxStrangersOfOneHost } from './socket-options.ts';
import { Turnstile } from './turnstile.ts';

interface Stranger {
  readonly host: string;
  readonly limit: Disposable;
  /** It was told why it is not welcome; that it leaves is no news. */
  answered: boolean;
}

const unknown = 'unknown address';
/** Whose time is up at the same moment, since they came at the same moment, are sent away over several turns of the loop. */
const expiriesPerTurn = 8;

/**
 * Streams of those who have not said yet who they are: so many at a time, so many of one host, for so long. Whoever floods the port from one host
 * cannot keep members of other hosts out, and costs a bounded amount of memory (R1, S1).
 */
export class Admission {
  readonly #time: Time;
  readonly #strangers = new Map<WireStream, Stranger>();
  readonly #ofHost = new Map<string, number>();
  readonly #expired = new Turnstile<WireStream>(expiriesPerTurn, (raw) => this.reject(new Error('no hello in time'), raw));
  readonly log: RejectionLog;
  rejected = 0;

  constructor(options: Pick<SocketTransportOptions, 'time' | 'log' | 'bind'>) {
    this.#time = options.time;
    this.log = new RejectionLog(options.time, options.log, options.bind);
  }

  get waiting(): number {
    return this.#strangers.size;
  }

  /** False: no room. */
  begin(raw: WireStream): boolean {
    const host = raw.remoteAddress ?? unknown;
    const ofHost = this.#ofHost.get(host) ?? 0;
    if (this.#strangers.size >= maxHalfOpen || ofHost >= maxStrangersOfOneHost) {
      this.rejected += 1;
      this.log.add(host, ofHost >= maxStrangersOfOneHost ? 'too many connections of this host wait for a hello' : 'too many connections');
      return false;
    }
    const limit = this.#time.after(handshakeMs, () => this.#expired.push(raw));
    this.#strangers.set(raw, { host, limit, answered: false });
    this.#ofHost.set(host, ofHost + 1);
    raw.once('close', () => {
      if (this.#strangers.get(raw)?.answered === false) this.reject(new Error('it closed the connection before its hello'), raw);
      this.settle(raw);
    });
    return true;
  }

  /** It said a hello that is not welcome, and is told so; its place stays taken until it is gone. */
  answered(raw: WireStream): void {
    const stranger = this.#strangers.get(raw);
    if (stranger !== undefined) stranger.answered = true;
  }

  /** It said a hello that was welcome, or it is gone. */
  settle(raw: WireStream): void {
    const stranger = this.#strangers.get(raw);
    if (stranger === undefined) return;
    this.#strangers.delete(raw);
    stranger.limit[Symbol.dispose]();
    const left = (this.#ofHost.get(stranger.host) ?? 1) - 1;
    if (left === 0) this.#ofHost.delete(stranger.host);
    else this.#ofHost.set(stranger.host, left);
  }

  reject(error: Error, raw: WireStream): void {
    const stranger = this.#strangers.get(raw);
    if (stranger === undefined || stranger.answered) return;
    const { host } = stranger;
    this.rejected += 1;
    this.log.add(host, error.message);
    raw.destroy();
    this.settle(raw);
  }

  stop(): void {
    for (const raw of [...this.#strangers.keys()]) {
      this.settle(raw);
      raw.destroy();
    }
    this.log.stop();
  }
}
