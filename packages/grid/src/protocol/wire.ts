import { GridError } from '../errors.ts';

const lengthBytes = 4;
const maxAscii = 0x7f;
const slabBytes = 8_192;
const textEncoder = new TextEncoder();
const textDecoder = new TextDecoder('utf-8', { fatal: true });

/** Appends fixed-layout fields, big-endian, to one growing buffer. `take` hands the bytes out and starts anew. */
export class ByteWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #length = 0;

  constructor(initialBytes = 256) {
    this.#bytes = new Uint8Array(initialBytes);
    this.#view = new DataView(this.#bytes.buffer);
  }

  get length(): number {
    return this.#length;
  }

  // May replace `#view`: reserve first, then read the view.
  #reserve(count: number): number {
    const at = this.#length;
    const needed = at + count;
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, at));
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    this.#length = needed;
    return at;
  }

  u8(value: number): this {
    const at = this.#reserve(1);
    this.#bytes[at] = value;
    return this;
  }

  u16(value: number): this {
    const at = this.#reserve(2);
    this.#view.setUint16(at, value);
    return this;
  }

  u32(value: number): this {
    const at = this.#reserve(4);
    this.#view.setUint32(at, value);
    return this;
  }

  /** Any number; integers are exact to 2^53. */
  f64(value: number): this {
    const at = this.#reserve(8);
    this.#view.setFloat64(at, value);
    return this;
  }

  /** u32 length and UTF-8. Nearly all texts are ASCII, which needs neither an encoder nor a buffer in between. */
  string(value: string): this {
    const { length } = value;
    const at = this.#reserve(lengthBytes + length);
    const bytes = this.#bytes;
    for (let index = 0; index < length; index += 1) {
      const unit = value.charCodeAt(index);
      if (unit > maxAscii) {
        this.#length = at;
        return this.bytes(textEncoder.encode(value));
      }
      bytes[at + lengthBytes + index] = unit;
    }
    this.#view.setUint32(at, length);
    return this;
  }

  /** u32 length and the bytes. */
  bytes(value: Uint8Array): this {
    this.u32(value.length);
    const at = this.#reserve(value.length);
    this.#bytes.set(value, at);
    return this;
  }

  /** Overwrites a u32 written before, e.g. a length known only at the end. */
  patchU32(at: number, value: number): void {
    this.#view.setUint32(at, value);
  }

  take(): Uint8Array<ArrayBuffer> {
    const out = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return out;
  }
}

/** Views of the memory that was read last: the frames of one chunk of a socket share it, and a view of it costs more than to read a frame. */
let sharedBuffer: ArrayBufferLike | undefined;
let sharedView: DataView = new DataView(new ArrayBuffer(0));
let sharedText: Buffer = Buffer.alloc(0);

let slab = new Uint8Array(slabBytes);
let slabUsed = 0;

/** Small copies are cut from slabs: an array with memory of its own costs ten times as much. A view of the source would cost as much as the copy. */
function copyOf(source: Buffer, from: number, to: number): Uint8Array<ArrayBuffer> {
  const length = to - from;
  let copy: Uint8Array<ArrayBuffer>;
  if (length > slabBytes / 4) copy = new Uint8Array(length);
  else {
    if (slabUsed + length > slabBytes) {
      slab = new Uint8Array(slabBytes);
      slabUsed = 0;
    }
    copy = slab.subarray(slabUsed, slabUsed + length);
    slabUsed += length;
  }
  source.copy(copy, 0, from, to);
  return copy;
}

/** Reads what `ByteWriter` wrote; every read is checked against the end and throws `GridError('GRID_MALFORMED_FRAME')`. */
export class ByteReader {
  #bytes!: Uint8Array;
  #view!: DataView;
  #text!: Buffer;
  /** Where `#bytes` begins in `#view`, and in `#text`. */
  #base = 0;
  #at = 0;
  #end = 0;

  constructor(bytes: Uint8Array) {
    this.open(bytes, 0, bytes.length);
  }

  /** Reads these bytes from now on. One reader serves all frames of a connection: to make one for each costs more than to read a short frame. */
  open(bytes: Uint8Array, from: number, to: number): this {
    if (bytes !== this.#bytes) {
      const { buffer } = bytes;
      if (buffer !== sharedBuffer) {
        sharedBuffer = buffer;
        sharedView = new DataView(buffer);
        sharedText = Buffer.from(buffer);
      }
      this.#bytes = bytes;
      this.#view = sharedView;
      this.#text = sharedText;
      this.#base = bytes.byteOffset;
    }
    this.#at = from;
    this.#end = to;
    return this;
  }

  get remaining(): number {
    return this.#end - this.#at;
  }

  /** A view of what was not read yet; it is valid as long as the bytes are. */
  rest(): Uint8Array {
    const at = this.#at;
    this.#at = this.#end;
    return this.#bytes.subarray(at, this.#end);
  }

  #advance(count: number): number {
    const at = this.#at;
    if (count > this.#end - at) this.#short(count);
    this.#at = at + count;
    return at;
  }

  #short(count: number): never {
    throw new GridError('GRID_MALFORMED_FRAME', `${count} bytes wanted, ${this.remaining} there`);
  }

  u8(): number {
    return this.#bytes[this.#advance(1)] as number;
  }

  u16(): number {
    return this.#view.getUint16(this.#base + this.#advance(2));
  }

  u32(): number {
    return this.#view.getUint32(this.#base + this.#advance(4));
  }

  f64(): number {
    return this.#view.getFloat64(this.#base + this.#advance(8));
  }

  /** A count, an id, an epoch: whole, from 0 to 2^53 - 1. What is no such number would pass every comparison, or none. */
  whole(): number {
    const value = this.#view.getFloat64(this.#base + this.#advance(8));
    if (!Number.isSafeInteger(value) || value < 0) throw new GridError('GRID_MALFORMED_FRAME', `number ${value} where a count is due`);
    return value;
  }

  /** A moment or a duration in milliseconds; may be infinite or negative, and is a number. */
  time(): number {
    const value = this.#view.getFloat64(this.#base + this.#advance(8));
    if (Number.isNaN(value)) throw new GridError('GRID_MALFORMED_FRAME', 'a moment that is no number');
    return value;
  }

  string(maxBytes = 65_536): string {
    const length = this.u32();
    if (length > maxBytes) throw new GridError('GRID_MALFORMED_FRAME', `text of ${length} bytes, at most ${maxBytes} allowed`);
    const at = this.#advance(length);
    if (this.#isAscii(at, at + length)) return this.#text.toString('latin1', this.#base + at, this.#base + at + length);
    try {
      return textDecoder.decode(this.#bytes.subarray(at, at + length));
    } catch {
      throw new GridError('GRID_MALFORMED_FRAME', `text at offset ${at} is not UTF-8`);
    }
  }

  #isAscii(from: number, to: number): boolean {
    const bytes = this.#bytes;
    for (let at = from; at < to; at += 1) if ((bytes[at] as number) > maxAscii) return false;
    return true;
  }

  /** A copy, so that the socket's chunk is not kept alive by it. */
  bytes(maxBytes = 1_048_576): Uint8Array<ArrayBuffer> {
    const length = this.u32();
    if (length > maxBytes) throw new GridError('GRID_MALFORMED_FRAME', `${length} bytes announced, at most ${maxBytes} allowed`);
    const at = this.#advance(length);
    return copyOf(this.#text, this.#base + at, this.#base + at + length);
  }

  /** The bytes in place; they are valid during the call that the reader was handed out for. */
  view(maxBytes = 1_048_576): Uint8Array {
    const length = this.u32();
    if (length > maxBytes) throw new GridError('GRID_MALFORMED_FRAME', `${length} bytes announced, at most ${maxBytes} allowed`);
    const at = this.#advance(length);
    return this.#bytes.subarray(at, at + length);
  }

  /** A frame must be read to its end. */
  end(): void {
    if (this.remaining !== 0) throw new GridError('GRID_MALFORMED_FRAME', `${this.remaining} bytes too many`);
  }
}
