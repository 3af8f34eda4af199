import { SEGMENTS } from '../protocol/types.ts';
import type { Place } from './diversity.ts';

/**
 * Who owns what while a table is made, and counts of it that every change keeps up. Members are numbers 0..n-1 here. A table is made on the event loop
 * of a member that serves, and so rarely that no compiler has warmed up for it: nothing here allocates by segment, or looks at what did not change.
 */
export class Level {
  readonly places: readonly Place[];
  /** Owners of each segment. */
  readonly sets: readonly number[][];
  /** Copies per member. */
  readonly load: readonly number[];
  /** The first `fixed` owners of each segment may not be replaced: a smaller level stands on them. */
  fixed = 0;
  readonly #members: number;
  readonly #load: number[];
  /** Whether a member owns a segment now, and whether it did before: [segment * members + member]. */
  readonly #holds: Uint8Array;
  readonly #held: Uint8Array;
  /** How many segments two members own together: [one * members + other]. */
  readonly #pairs: Int32Array;

  constructor(places: readonly Place[]) {
    this.places = places;
    this.#members = places.length;
    this.#load = new Array<number>(places.length).fill(0);
    this.load = this.#load;
    this.sets = Array.from({ length: SEGMENTS }, () => []);
    this.#holds = new Uint8Array(SEGMENTS * places.length);
    this.#held = new Uint8Array(SEGMENTS * places.length);
    this.#pairs = new Int32Array(places.length * places.length);
  }

  holds(segment: number, member: number): boolean {
    return this.#holds[segment * this.#members + member] === 1;
  }

  /** Whether the member brings a copy of the segment along. */
  held(segment: number, member: number): boolean {
    return this.#held[segment * this.#members + member] === 1;
  }

  markHeld(segment: number, member: number): void {
    this.#held[segment * this.#members + member] = 1;
  }

  add(segment: number, member: number): void {
    const set = this.sets[segment] as number[];
    this.#count(set, member, 1);
    set.push(member);
    this.#holds[segment * this.#members + member] = 1;
    this.#load[member] = (this.#load[member] as number) + 1;
  }

  /** One copy moves. */
  replace(segment: number, slot: number, member: number): void {
    const set = this.sets[segment] as number[];
    const out = set[slot] as number;
    this.#count(set, out, -1);
    this.#holds[segment * this.#members + out] = 0;
    this.#load[out] = (this.#load[out] as number) - 1;
    set[slot] = member;
    this.#count(set, member, 1);
    this.#holds[segment * this.#members + member] = 1;
    this.#load[member] = (this.#load[member] as number) + 1;
  }

  /** How many segments the member owns together with the others of a set, leaving out one of them. */
  together(segment: number, member: number, without = -1): number {
    const set = this.sets[segment] as number[];
    const first = member * this.#members;
    let sum = 0;
    for (let index = 0; index < set.length; index += 1) {
      const other = set[index] as number;
      if (other !== without && other !== member) sum += this.#pairs[first + other] as number;
    }
    return sum;
  }

  /** The member with the most copies, the first of them. */
  fullest(): number {
    let found = 0;
    for (let member = 1; member < this.#members; member += 1)
      if ((this.#load[member] as number) > (this.#load[found] as number)) found = member;
    return found;
  }

  /** The member with the fewest copies, the first of them. */
  emptiest(): number {
    let found = 0;
    for (let member = 1; member < this.#members; member += 1)
      if ((this.#load[member] as number) < (this.#load[found] as number)) found = member;
    return found;
  }

  /** No two loads differ by more than one. */
  get even(): boolean {
    return (this.#load[this.fullest()] as number) - (this.#load[this.emptiest()] as number) < 2;
  }

  #count(set: readonly number[], member: number, by: number): void {
    for (let index = 0; index < set.length; index += 1) {
      const other = set[index] as number;
      if (other === member) continue;
      const [one, two] = [member * this.#members + other, other * this.#members + member];
      this.#pairs[one] = (this.#pairs[one] as number) + by;
      this.#pairs[two] = (this.#pairs[two] as number) + by;
    }
  }
}
