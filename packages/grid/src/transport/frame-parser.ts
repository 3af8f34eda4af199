import { GridError } from '../errors.ts';
import { ByteReader } from '../protocol/wire.ts';

/** u32 length of what follows, u8 kind, u8 flags. */
export const headerBytes = 6;
/** Of a whole frame on either lane: the largest value (512 KB) fits with its key, result and versions. */
export const maxFrameBytes = 1_048_576;
/** Before both sides have agreed, nobody may make us hold more than a hello. */
export const maxHandshakeBytes = 4_096;

const lengthBytes = 4;
/** Largest kind of frame that is spoken. */
export const maxKind = 7;
const firstTailBytes = 4_096;
/** Memory of incomplete frames that is kept for the next one: garbage outside the heap brings full collections on (a frame of state transfer holds 64 KB). */
const keptTailBytes = 128 * 1_024;
const nothing = new Uint8Array(0);

/**
 * Cuts a stream of bytes into frames, wherever it is split. A frame that lies whole within a chunk is handed out in place; only an incomplete
 * one is copied, into a buffer of the parser's own, so that no slice of a socket's chunk outlives the call. A length is checked before it is believed.
 */
export class FrameParser {
  readonly #frame: (kind: number, body: ByteReader) => void;
  readonly #reader = new ByteReader(nothing);
  #maxBytes: number;
  #tail: Uint8Array = nothing;
  #held = 0;

  /** `frame` gets a reader of the body, which is valid during the call only. */
  constructor(frame: (kind: number, body: ByteReader) => void, maxBytes: number = maxHandshakeBytes) {
    this.#frame = frame;
    this.#maxBytes = maxBytes;
  }

  set maxBytes(value: number) {
    this.#maxBytes = value;
  }

  /** Bytes of an incomplete frame. */
  get held(): number {
    return this.#held;
  }

  /** Throws GRID_MALFORMED_FRAME; the parser is of no use afterwards. */
  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#held === 0) {
        const end = this.#end(chunk, at);
        if (end !== undefined && end <= chunk.length) {
          this.#frame(chunk[at + lengthBytes] as number, this.#reader.open(chunk, at + headerBytes, end));
          at = end;
          continue;
        }
      }
      at += this.#hold(chunk, at);
    }
  }

  /** Takes what the incomplete frame still needs, and hands it out when it is whole. */
  #hold(chunk: Uint8Array, at: number): number {
    const wanted = this.#end(this.#tail.subarray(0, this.#held), 0) ?? headerBytes;
    const taken = Math.min(wanted - this.#held, chunk.length - at);
    this.#reserve(this.#held + taken, wanted);
    this.#tail.set(chunk.subarray(at, at + taken), this.#held);
    this.#held += taken;
    const end = this.#end(this.#tail.subarray(0, this.#held), 0);
    if (end !== undefined && this.#held === end) {
      const frame = this.#tail;
      this.#held = 0;
      if (frame.length > keptTailBytes) this.#tail = nothing;
      this.#frame(frame[lengthBytes] as number, this.#reader.open(frame, headerBytes, end));
    }
    return taken;
  }

  /** Grows with what has come, not with what was announced: an announcement alone allocates nothing. */
  #reserve(needed: number, wanted: number): void {
    if (needed <= this.#tail.length) return;
    const larger = new Uint8Array(Math.min(wanted, Math.max(needed, this.#tail.length * 2, Math.min(wanted, firstTailBytes))));
    larger.set(this.#tail.subarray(0, this.#held));
    this.#tail = larger;
  }

  /** Where the frame that begins at `at` ends; undefined while its header is incomplete. */
  #end(bytes: Uint8Array, at: number): number | undefined {
    if (bytes.length - at < headerBytes) return undefined;
    const rest =
      ((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number);
    const length = (rest >>> 0) + lengthBytes;
    if (length < headerBytes || length > this.#maxBytes)
      throw new GridError('GRID_MALFORMED_FRAME', `frame of ${length} bytes, allowed are ${headerBytes} to ${this.#maxBytes}`);
    const kind = bytes[at + 4] as number;
    if (kind > maxKind) throw new GridError('GRID_MALFORMED_FRAME', `frame of kind ${kind}`);
    if (bytes[at + 5] !== 0) throw new GridError('GRID_MALFORMED_FRAME', `frame with flags ${bytes[at + 5]}, none is known`);
    return at + length;
  }
}
