import type { GridLogLine } from '../api.ts';
import type { Time } from '../facade/time.ts';
import { coded } from '../log-codes.ts';
import type { Address } from '../protocol/types.ts';

const maxLinesPerMinute = 5;

/** Says who was rejected, at most five times a minute: a port scan must not fill the log. */
export class RejectionLog {
  address: Address;
  readonly #log: (line: GridLogLine) => void;
  readonly #time: Time;
  #minuteEndsMs = Number.NEGATIVE_INFINITY;
  #lines = 0;
  #suppressed = 0;

  constructor(time: Time, log: (line: GridLogLine) => void, address: Address) {
    this.#time = time;
    this.#log = log;
    this.address = address;
  }

  add(remote: string, reason: string): void {
    const nowMs = this.#time.nowMs();
    if (nowMs >= this.#minuteEndsMs) {
      this.#report();
      this.#minuteEndsMs = nowMs + 60_000;
      this.#lines = 0;
    }
    this.#lines += 1;
    if (this.#lines > maxLinesPerMinute) {
      this.#suppressed += 1;
      return;
    }
    const { host, port } = this.address;
    this.#log(coded('JGRP000006', `${host}:${port}: failed accepting connection from peer SSLSocket[${remote}]: ${reason}`));
  }

  stop(): void {
    this.#report();
  }

  #report(): void {
    if (this.#suppressed > 0) this.#log({ level: 'warn', message: `${this.#suppressed} more connections were rejected` });
    this.#suppressed = 0;
  }
}
