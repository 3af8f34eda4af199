import type { DatabaseHost } from '../config/database-url.ts';

/** The hosts of one database, tried in order: a failed connection moves on to the next for everybody. */
export class Hosts {
  readonly #hosts: readonly DatabaseHost[];
  #at = 0;

  constructor(hosts: readonly DatabaseHost[]) {
    if (hosts.length === 0) throw new RangeError('a database needs at least one host');
    this.#hosts = hosts;
  }

  get current(): DatabaseHost {
    return this.#hosts[this.#at] ?? { host: 'localhost', port: 5_432 };
  }

  get count(): number {
    return this.#hosts.length;
  }

  /** No-op where another connection moved on already. */
  leave(host: DatabaseHost): void {
    if (this.current === host) this.#at = (this.#at + 1) % this.#hosts.length;
  }
}
