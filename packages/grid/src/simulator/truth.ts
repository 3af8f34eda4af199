import type { Cluster } from './cluster.ts';
import type { Random } from './random.ts';

/** One committed change of a row, as the outbox shows it. */
export interface Change {
  readonly key: string;
  readonly version: number;
  readonly committedMs: number;
}

const timeoutMs = 1_000;

/** Rows whose truth is a database: versions that only grow, and an outbox that is written in the same transaction. The paths are those of the members. */
export class Truth {
  readonly outbox: Change[] = [];
  readonly #cluster: Cluster;
  readonly #random: Random;
  readonly #versions = new Map<string, number>();

  constructor(cluster: Cluster, random: Random) {
    this.#cluster = cluster;
    this.#random = random;
  }

  versionOf(key: string): number {
    return this.#versions.get(key) ?? 0;
  }

  /** `done(undefined)`: the outcome is unknown. */
  change(client: string, key: string, done: (change: Change | undefined) => void): void {
    this.#request(client, done, () => {
      const change: Change = { key, version: this.versionOf(key) + 1, committedMs: this.#cluster.schedule.nowMs };
      this.#versions.set(key, change.version);
      this.outbox.push(change);
      return change;
    });
  }

  load(client: string, key: string, done: (version: number | undefined) => void): void {
    this.#request(client, done, () => this.versionOf(key));
  }

  /** Changes from `position` on. */
  read(client: string, position: number, done: (changes: readonly Change[] | undefined) => void): void {
    this.#request(client, done, () => this.outbox.slice(position));
  }

  #request<Answer>(client: string, done: (answer: Answer | undefined) => void, execute: () => Answer): void {
    const { schedule, database } = this.#cluster;
    const path = database.path(client);
    schedule.after(0.2 + this.#random.about(0.5), () => {
      if (!path.reachable || schedule.nowMs < database.downUntilMs) {
        schedule.after(timeoutMs, () => done(undefined));
        return;
      }
      const answer = execute();
      const lost = this.#random.chance(path.loseAnswers);
      schedule.after(lost ? timeoutMs : 0.2 + this.#random.about(0.5) + path.slowAnswerMs, () => done(lost ? undefined : answer));
    });
  }
}
