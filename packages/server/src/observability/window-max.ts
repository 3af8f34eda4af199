/** The greatest value of the last one to two minutes: two halves, of which the older goes every minute. */
export class WindowMax {
  readonly #nowMs: () => number;
  readonly #halfMs: number;
  #half = 0;
  #current = 0;
  #before = 0;

  constructor(nowMs: () => number, halfMs = 60_000) {
    this.#nowMs = nowMs;
    this.#halfMs = halfMs;
    this.#half = Math.floor(nowMs() / halfMs);
  }

  record(value: number): void {
    this.#turn();
    this.#current = Math.max(this.#current, value);
  }

  read(): number {
    this.#turn();
    return Math.max(this.#current, this.#before);
  }

  #turn(): void {
    const half = Math.floor(this.#nowMs() / this.#halfMs);
    if (half === this.#half) return;
    this.#before = half === this.#half + 1 ? this.#current : 0;
    this.#current = 0;
    this.#half = half;
  }
}
