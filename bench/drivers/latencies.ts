const BUCKETS_PER_DOUBLING = 32;
const DOUBLINGS = 30;

/** Latencies in buckets 2 % wide from 1 µs on: constant memory and no garbage, whatever the rate. */
export class Latencies {
  readonly #buckets = new Uint32Array(BUCKETS_PER_DOUBLING * DOUBLINGS);
  #count = 0;
  #sumMs = 0;

  get count(): number {
    return this.#count;
  }

  add(ms: number): void {
    const bucket = Math.floor(Math.log2(Math.max(1, ms * 1_000)) * BUCKETS_PER_DOUBLING);
    const index = Math.min(bucket, this.#buckets.length - 1);
    this.#buckets[index] = (this.#buckets[index] ?? 0) + 1;
    this.#count += 1;
    this.#sumMs += ms;
  }

  /** Buckets that hold something, to be sent to another process; means are taken from their middles there. */
  buckets(): [index: number, count: number][] {
    return [...this.#buckets].flatMap((count, index) => (count === 0 ? [] : [[index, count] as [number, number]]));
  }

  /** Adds what another one's `buckets` gave. */
  merge(buckets: readonly (readonly [index: number, count: number])[]): void {
    for (const [index, count] of buckets) {
      this.#buckets[index] = (this.#buckets[index] ?? 0) + count;
      this.#count += count;
      this.#sumMs += (count * 2 ** ((index + 0.5) / BUCKETS_PER_DOUBLING)) / 1_000;
    }
  }

  /** NaN without any. */
  get meanMs(): number {
    return this.#sumMs / this.#count;
  }

  /** Upper end of the bucket below which `share` of the latencies lie, in microseconds; NaN without any. */
  percentileUs(share: number): number {
    const wanted = Math.ceil(this.#count * share);
    let seen = 0;
    for (let index = 0; index < this.#buckets.length; index += 1) {
      seen += this.#buckets[index] ?? 0;
      if (this.#count > 0 && seen >= wanted) return 2 ** ((index + 1) / BUCKETS_PER_DOUBLING);
    }
    return Number.NaN;
  }
}
