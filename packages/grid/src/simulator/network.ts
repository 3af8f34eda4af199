import type { Random } from './random.ts';
import type { Schedule } from './schedule.ts';

interface Link {
  /** Bytes vanish, nothing is closed. */
  blackHole: boolean;
  slowMs: number;
  lastArrivalMs: number;
  /** Grows with each reset: frames of an older connection are lost. */
  connection: number;
}

/** Per ordered pair: a delay, FIFO order, resets, black holes (also one-way) and slow links. Hosts are named; frames are closures. */
export class Network {
  readonly #schedule: Schedule;
  readonly #random: Random;
  readonly #links = new Map<string, Link>();

  constructor(schedule: Schedule, random: Random) {
    this.#schedule = schedule;
    this.#random = random;
  }

  link(from: string, to: string): Link {
    const name = `${from}>${to}`;
    const known = this.#links.get(name);
    if (known !== undefined) return known;
    const link = { blackHole: false, slowMs: 0, lastArrivalMs: 0, connection: 0 };
    this.#links.set(name, link);
    return link;
  }

  open(from: string, to: string): boolean {
    return !this.link(from, to).blackHole;
  }

  send(from: string, to: string, deliver: () => void): void {
    const link = this.link(from, to);
    const { connection } = link;
    if (link.blackHole) return;
    const arriveMs = Math.max(link.lastArrivalMs, this.#schedule.nowMs + 0.1 + this.#random.about(0.3) + link.slowMs);
    link.lastArrivalMs = arriveMs;
    this.#schedule.at(arriveMs, () => {
      if (!link.blackHole && link.connection === connection) deliver();
    });
  }

  /** Everything under way between the two is lost. */
  reset(left: string, right: string): void {
    this.link(left, right).connection += 1;
    this.link(right, left).connection += 1;
  }

  heal(): void {
    for (const link of this.#links.values()) Object.assign(link, { blackHole: false, slowMs: 0 });
  }
}
