interface Event {
  readonly atMs: number;
  readonly sequence: number;
  readonly run: () => void;
}

/** Events in a binary heap ordered by (time, sequence): the same seed runs the same events in the same order. */
export class Schedule {
  readonly #heap: Event[] = [];
  #nowMs = 0;
  #sequence = 0;
  #executed = 0;

  /** True time of the simulated world. */
  get nowMs(): number {
    return this.#nowMs;
  }

  get executed(): number {
    return this.#executed;
  }

  after(delayMs: number, run: () => void): void {
    this.at(this.#nowMs + Math.max(0, delayMs), run);
  }

  at(atMs: number, run: () => void): void {
    this.#sequence += 1;
    const heap = this.#heap;
    heap.push({ atMs: Math.max(atMs, this.#nowMs), sequence: this.#sequence, run });
    for (let index = heap.length - 1; index > 0; ) {
      const parent = (index - 1) >> 1;
      if (!earlier(heap[index] as Event, heap[parent] as Event)) break;
      this.#swap(index, parent);
      index = parent;
    }
  }

  /** Runs everything up to `untilMs`; `afterEach` is where cheap checkers stand. */
  run(untilMs: number, afterEach: () => void): void {
    for (let next = this.#heap[0]; next !== undefined && next.atMs <= untilMs; next = this.#heap[0]) {
      this.#pop();
      this.#nowMs = next.atMs;
      this.#executed += 1;
      next.run();
      afterEach();
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Event;
    if (heap.length === 0) return;
    heap[0] = last;
    for (let index = 0; ; ) {
      const left = index * 2 + 1;
      if (left >= heap.length) return;
      const child = left + 1 < heap.length && earlier(heap[left + 1] as Event, heap[left] as Event) ? left + 1 : left;
      if (!earlier(heap[child] as Event, heap[index] as Event)) return;
      this.#swap(index, child);
      index = child;
    }
  }

  #swap(left: number, right: number): void {
    const held = this.#heap[left] as Event;
    this.#heap[left] = this.#heap[right] as Event;
    this.#heap[right] = held;
  }
}

const earlier = (left: Event, right: Event): boolean =>
  left.atMs < right.atMs || (left.atMs === right.atMs && left.sequence < right.sequence);
