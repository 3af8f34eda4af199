/** Durations counted by upper bound; read at the scrape. */
export class DurationHistogram {
  /** Seconds, ascending. */
  readonly bounds: readonly number[];
  readonly #cumulative: number[];
  #count = 0;
  #sumSeconds = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.#cumulative = bounds.map(() => 0);
  }

  record(seconds: number): void {
    this.#count += 1;
    this.#sumSeconds += seconds;
    for (let at = this.bounds.length - 1; at >= 0 && seconds <= (this.bounds[at] as number); at -= 1)
      this.#cumulative[at] = (this.#cumulative[at] as number) + 1;
  }

  count(): number {
    return this.#count;
  }

  sum(): number {
    return this.#sumSeconds;
  }

  counts(): readonly number[] {
    return this.#cumulative;
  }
}
