import type { Entry } from './entry.ts';

/**
 * SIEVE eviction: one bit an entry, a hand that moves from old to new and takes the first entry not visited since it last passed.
 * Places are indices into arrays with a free list, because re-inserting into a Map to keep an order costs more than the whole read.
 */
export class SieveOrder {
  readonly maxCount: number;
  readonly #keys: string[] = [];
  readonly #segments: number[] = [];
  readonly #older: number[] = [];
  readonly #newer: number[] = [];
  readonly #visited: boolean[] = [];
  readonly #free: number[] = [];
  #oldest = -1;
  #newest = -1;
  #hand = -1;
  #count = 0;

  constructor(maxCount: number) {
    this.maxCount = maxCount;
  }

  get count(): number {
    return this.#count;
  }

  get overfull(): boolean {
    return this.#count > this.maxCount;
  }

  add(entry: Entry, key: string, segment: number): void {
    if (entry.slot !== -1) return;
    const slot = this.#free.pop() ?? this.#keys.length;
    this.#keys[slot] = key;
    this.#segments[slot] = segment;
    this.#visited[slot] = false;
    this.#older[slot] = this.#newest;
    this.#newer[slot] = -1;
    if (this.#newest === -1) this.#oldest = slot;
    else this.#newer[this.#newest] = slot;
    this.#newest = slot;
    this.#count += 1;
    entry.slot = slot;
  }

  visit(entry: Entry): void {
    if (entry.slot !== -1) this.#visited[entry.slot] = true;
  }

  /** A new value of the same key keeps its place. */
  replace(old: Entry, entry: Entry): void {
    entry.slot = old.slot;
    old.slot = -1;
    this.visit(entry);
  }

  remove(entry: Entry): void {
    const slot = entry.slot;
    if (slot === -1) return;
    entry.slot = -1;
    const older = this.#older[slot] ?? -1;
    const newer = this.#newer[slot] ?? -1;
    if (older === -1) this.#oldest = newer;
    else this.#newer[older] = newer;
    if (newer === -1) this.#newest = older;
    else this.#older[newer] = older;
    if (this.#hand === slot) this.#hand = newer;
    this.#keys[slot] = '';
    this.#free.push(slot);
    this.#count -= 1;
  }

  /** The next victim; undefined when empty. At most two turns round. */
  victim(): { key: string; segment: number } | undefined {
    if (this.#count === 0) return undefined;
    let slot = this.#hand === -1 ? this.#oldest : this.#hand;
    while (this.#visited[slot]) {
      this.#visited[slot] = false;
      const newer = this.#newer[slot] ?? -1;
      slot = newer === -1 ? this.#oldest : newer;
    }
    this.#hand = slot;
    return { key: this.#keys[slot] ?? '', segment: this.#segments[slot] ?? 0 };
  }
}
