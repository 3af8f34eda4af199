import type { Cluster } from './cluster.ts';

/** What a put costs at a member, divided by its messages: an upper bound of what was measured (bench/results/grid-profile.md). */
const messageMs = 0.006;
const byteMs = 0.000_003;
const limitMs = 5;

/** R2 in a model of cost: what the data core of one member does within one turn of its loop, by the messages that it makes and takes. */
export class TurnCost {
  readonly #cluster: Cluster;
  readonly #name: string;
  #turn = -1;
  #costMs = 0;

  constructor(cluster: Cluster, name: string) {
    this.#cluster = cluster;
    this.#name = name;
  }

  worked(bytes: number): void {
    const { executed } = this.#cluster.schedule;
    if (executed !== this.#turn) this.#costMs = 0;
    this.#turn = executed;
    this.#costMs += messageMs + bytes * byteMs;
    if (this.#costMs > limitMs) this.#cluster.checkers.violate('R2', `${this.#name} works for ${this.#costMs.toFixed(1)} ms in one turn`);
  }
}
