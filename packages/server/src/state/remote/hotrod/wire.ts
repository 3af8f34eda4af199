/** Grows as it is written to; numbers in the forms of Hot Rod (variable length: seven bits a byte, the lowest first). */
export class HotRodWriter {
  #buffer = Buffer.allocUnsafe(256);
  #length = 0;

  byte(value: number): this {
    this.#reserve(1);
    this.#buffer[this.#length] = value;
    this.#length += 1;
    return this;
  }

  /** A whole number from 0 to 2^53. */
  variable(value: number): this {
    let rest = value;
    while (rest > 0x7f) {
      this.byte((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    return this.byte(rest);
  }

  raw(bytes: Buffer): this {
    this.#reserve(bytes.length);
    bytes.copy(this.#buffer, this.#length);
    this.#length += bytes.length;
    return this;
  }

  /** Length, then the bytes. */
  bytes(bytes: Buffer): this {
    return this.variable(bytes.length).raw(bytes);
  }

  text(text: string): this {
    const length = Buffer.byteLength(text);
    this.variable(length).#reserve(length);
    this.#buffer.write(text, this.#length);
    this.#length += length;
    return this;
  }

  /** What was written so far; the writer must not be used after it. */
  finish(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length + bytes));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}

/** Thrown by the reader where a frame is not there in full yet; the caller reads it again once more bytes came. */
export class IncompleteFrame extends Error {
  override name = 'IncompleteFrame';
}

/** A number that no peer in its right mind sends. */
export class MalformedFrame extends Error {
  override name = 'MalformedFrame';
}

const incomplete = new IncompleteFrame('the frame is not complete yet');
/** Longest text or byte string that is accepted. */
const maxBytes = 16 * 1024 * 1024;

/** Reads what the server sent, from one position onwards. */
export class HotRodReader {
  readonly #buffer: Buffer;
  #position: number;

  constructor(buffer: Buffer, position = 0) {
    this.#buffer = buffer;
    this.#position = position;
  }

  get position(): number {
    return this.#position;
  }

  byte(): number {
    const value = this.#buffer[this.#position];
    if (value === undefined) throw incomplete;
    this.#position += 1;
    return value;
  }

  variable(): number {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 49; factor *= 0x80) {
      const next = this.byte();
      value += (next & 0x7f) * factor;
      if (next < 0x80) return value;
    }
    throw new MalformedFrame('a number of variable length does not end');
  }

  /** That many bytes; they stay those of the buffer. */
  raw(length: number): Buffer {
    if (length > maxBytes) throw new MalformedFrame(`a field of ${length} bytes, at most ${maxBytes} are accepted`);
    const end = this.#position + length;
    if (end > this.#buffer.length) throw incomplete;
    const bytes = this.#buffer.subarray(this.#position, end);
    this.#position = end;
    return bytes;
  }

  bytes(): Buffer {
    return this.raw(this.variable());
  }

  text(): string {
    return this.bytes().toString();
  }

  long(): bigint {
    return this.raw(8).readBigInt64BE();
  }
}
