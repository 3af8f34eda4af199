import type { Lane } from '../protocol/types.ts';
import type { Random } from './random.ts';
import type { Schedule } from './schedule.ts';

interface Link {
  /** Bytes vanish, nothing is closed. */
  blackHole: boolean;
  slowMs: number;
  readonly lastArrivalMs: Record<Lane, number>;
  /** Grows with each reset: frames of an older connection are lost. */
  connection: number;
}

/** Per ordered pair: a delay, FIFO order in each lane, resets, black holes (also one-way) and slow links. Hosts are named; frames are closures. */
export class Network {
  /** Probability that a frame is lost without a reset; by kind of message, or for all others. */
  lossRate = 0;
  /** Probability that a request comes once more, out of order and late. */
  duplicateRate = 0;
  readonly lossOf = new Map<string, number>();
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
    const link = { blackHole: false, slowMs: 0, lastArrivalMs: { control: 0, bulk: 0 }, connection: 0 };
    this.#links.set(name, link);
    return link;
  }

  open(from: string, to: string): boolean {
    return !this.link(from, to).blackHole;
  }

  /** Whether a frame of this kind never leaves: a full queue, a connection that stands no more. */
  loses(kind: string): boolean {
    const rate = this.lossOf.get(kind) ?? this.lossRate;
    return rate > 0 && this.#random.chance(rate);
  }

  send(from: string, to: string, lane: Lane, deliver: () => void): void {
    const link = this.link(from, to);
    const { connection } = link;
    if (link.blackHole) return;
    const arriveMs = Math.max(link.lastArrivalMs[lane], this.#schedule.nowMs + 0.1 + this.#random.about(0.3) + link.slowMs);
    link.lastArrivalMs[lane] = arriveMs;
    this.#schedule.at(arriveMs, () => {
      if (!link.blackHole && link.connection === connection) deliver();
    });
  }

  /** A copy of a request on a connection that was given up, delivered after all. */
  repeatLate(from: string, to: string, deliver: () => void): void {
    if (this.duplicateRate === 0 || !this.#random.chance(this.duplicateRate)) return;
    const link = this.link(from, to);
    this.#schedule.after(50 + this.#random.about(1_500), () => {
      if (!link.blackHole) deliver();
    });
  }

  /** Everything under way between the two is lost. */
  reset(left: string, right: string): void {
    this.link(left, right).connection += 1;
    this.link(right, left).connection += 1;
  }

  heal(): void {
    this.lossRate = 0;
    this.duplicateRate = 0;
    this.lossOf.clear();
    for (const link of this.#links.values()) Object.assign(link, { blackHole: false, slowMs: 0 });
  }
}
