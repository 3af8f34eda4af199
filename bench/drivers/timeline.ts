export const SLICE_MS = 100;

/** What ended within one slice of 100 ms. */
export interface Slice {
  readonly ok: number;
  readonly failed: number;
  readonly longestMs: number;
}

/** Requests by the time that they ended at, from the start of a stream on. */
export class Timeline {
  readonly #slices: { ok: number; failed: number; longestMs: number }[] = [];

  add(endedAtMs: number, tookMs: number, failed: boolean): void {
    const index = Math.max(0, Math.floor(endedAtMs / SLICE_MS));
    while (this.#slices.length <= index) this.#slices.push({ ok: 0, failed: 0, longestMs: 0 });
    const slice = this.#slices[index] as { ok: number; failed: number; longestMs: number };
    if (failed) slice.failed += 1;
    else slice.ok += 1;
    slice.longestMs = Math.max(slice.longestMs, tookMs);
  }

  get slices(): readonly Slice[] {
    return this.#slices;
  }
}
