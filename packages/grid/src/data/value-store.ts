const slabBytes = 256 * 1_024;
/** A larger value gets memory of its own, so that little is left over at the end of a slab. */
const largestShared = slabBytes / 8;
/** Bytes that may lie unused before anything is done about it. */
const toleratedBytes = 8 * slabBytes;

/** Memory that many values share. It is only ever appended to, so that a view that somebody still holds shows what it always showed. */
export interface Slab {
  readonly bytes: Uint8Array;
  used: number;
  /** Bytes of values in it that are somebody's newest state. */
  live: number;
}

/** Where a value lies; `slab` undefined = there is none. */
export interface ValuePlace {
  slab: Slab | undefined;
  offset: number;
  length: number;
}

/**
 * The values of one cache, as places in slabs: an array object for each value would keep the garbage collector busy for as long as the value
 * lives (157 ms at a time with a million of them, 18 ms with places). What is dropped is freed with its slab; `isSparse` says whom to move.
 */
export class ValueStore {
  #current: Slab = { bytes: new Uint8Array(0), used: 0, live: 0 };
  #liveBytes = 0;
  #heldBytes = 0;

  /** Bytes of values, and of the memory that they keep. */
  get liveBytes(): number {
    return this.#liveBytes;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** More than half of the memory is held for nothing. */
  get wasteful(): boolean {
    return this.#heldBytes > this.#liveBytes * 2 + toleratedBytes;
  }

  /** Copies the bytes and says where they lie. They count from `placed` on. */
  keep(place: ValuePlace, value: Uint8Array): void {
    const { length } = value;
    let slab = this.#current;
    if (length > largestShared) slab = { bytes: new Uint8Array(length), used: 0, live: 0 };
    else if (slab.bytes.length - slab.used < length) {
      slab = { bytes: new Uint8Array(slabBytes), used: 0, live: 0 };
      this.#current = slab;
    }
    slab.bytes.set(value, slab.used);
    place.slab = slab;
    place.offset = slab.used;
    place.length = length;
    slab.used += length;
  }

  /** The value is the newest state of its key now. */
  placed({ slab, length }: ValuePlace): void {
    if (slab === undefined) return;
    if (slab.live === 0) this.#heldBytes += slab.bytes.length;
    // A value of no bytes holds its slab too.
    slab.live += length || 1;
    this.#liveBytes += length || 1;
  }

  /** It is not any more. */
  released({ slab, length }: ValuePlace): void {
    if (slab === undefined) return;
    slab.live -= length || 1;
    this.#liveBytes -= length || 1;
    if (slab.live === 0) this.#heldBytes -= slab.bytes.length;
  }

  /** Whether most of its slab lies idle. */
  isSparse({ slab }: ValuePlace): boolean {
    return slab !== undefined && slab !== this.#current && slab.live * 2 < slab.bytes.length;
  }

  /** Writes a placed value anew, so that its old slab becomes free sooner. */
  move(place: ValuePlace): void {
    const { slab, offset, length } = place;
    if (slab === undefined) return;
    this.released(place);
    this.keep(place, slab.bytes.subarray(offset, offset + length));
    this.placed(place);
  }

  /** All of its values are gone. */
  reset(): void {
    this.#current = { bytes: new Uint8Array(0), used: 0, live: 0 };
    this.#liveBytes = 0;
    this.#heldBytes = 0;
  }
}
