import { GridError } from '../errors.ts';
import { type ByteReader, ByteWriter } from '../protocol/wire.ts';
import type { WireStream } from './carrier.ts';
import { FrameParser, headerBytes, maxFrameBytes } from './frame-parser.ts';

const scratchBytes = 64 * 1_024;
/** Bytes that Node may hold for the socket before we hold further ones ourselves. */
const highWaterBytes = 256 * 1_024;
/** Bytes that are read in one turn of the loop, about: a peer that hands over a gigabyte must not keep the others waiting. */
const turnBytes = 64 * 1_024;

/** How often, and for how long in sum, connections held frames back because the other side did not take them. */
export interface FlowCounts {
  blockings: number;
  blockedMs: number;
}

export interface ConnectionEvents {
  /** `body` is valid only during the call. */
  frame(kind: number, body: ByteReader): void;
  batchEnded(): void;
  /** Once, whatever the cause. */
  closed(error: Error | undefined): void;
  /** Counts of all connections of the transport. */
  readonly flow?: FlowCounts | undefined;
}

/**
 * Frames over one socket. Frames of one turn of the loop leave in one write; what the peer does not take is held up to `windowBytes` and
 * refused beyond, so that a silent peer costs a bounded amount of memory (R3).
 */
export class Connection {
  readonly #socket: WireStream;
  readonly #events: ConnectionEvents;
  #windowBytes: number;
  readonly #parser: FrameParser;
  #writer = new ByteWriter(1_024);
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #flush: NodeJS.Immediate | undefined;
  #ended = false;
  #error: Error | undefined;
  /** Since when frames are held back; undefined = none are. */
  #blockedSinceMs: number | undefined;
  /** Bytes read since reading was interrupted last. */
  #readBytes = 0;

  constructor(socket: WireStream, windowBytes: number, events: ConnectionEvents) {
    this.#socket = socket;
    this.#events = events;
    this.#windowBytes = windowBytes;
    this.#parser = new FrameParser((kind, body) => {
      if (!this.#ended) events.frame(kind, body);
    });
    socket.on('data', (chunk: Buffer) => this.#data(chunk));
    socket.on('drain', () => this.#drain());
    socket.on('error', (error) => {
      this.#error ??= error;
    });
    socket.on('end', () => this.end());
    socket.on('close', () => {
      this.#ended = true;
      this.#clear();
      events.closed(this.#error);
    });
  }

  /** Bytes that were sent by callers and not taken by the socket's other end. */
  get queuedBytes(): number {
    return this.#writer.length + this.#waitingBytes + this.#socket.writableLength;
  }

  get open(): boolean {
    return !this.#ended;
  }

  /** After the handshake, frames may be large; whoever accepted learns only then which lane it is. */
  establish(windowBytes: number): void {
    this.#windowBytes = windowBytes;
    this.#parser.maxBytes = maxFrameBytes;
  }

  /** Bytes taken; 0: the window is full and nothing was. */
  send<Message>(kind: number, write: (writer: ByteWriter, message: Message) => void, message: Message): number {
    if (this.#ended) return 0;
    if (this.queuedBytes >= this.#windowBytes) return 0;
    const at = this.#writer.length;
    this.#writer.u32(0).u8(kind).u8(0);
    write(this.#writer, message);
    const length = this.#writer.length - at;
    if (length > maxFrameBytes) {
      // The cores keep their messages below the limit; a half-written batch cannot go on.
      this.destroy(new GridError('GRID_BAD_ARGUMENT', `frame of ${length} bytes, at most ${maxFrameBytes} allowed`));
      return 0;
    }
    this.#writer.patchU32(at, length - headerBytes + 2);
    if (this.#writer.length >= scratchBytes) this.#push();
    else this.#flush ??= setImmediate(() => this.#push());
    return length;
  }

  /** Lets what was sent leave, then closes. */
  end(): void {
    if (this.#ended) return;
    this.#push();
    this.#ended = true;
    for (const bytes of this.#waiting) this.#socket.write(bytes);
    this.#clear();
    this.#socket.end();
  }

  /** Closes now: the peer is silent or spoke nonsense. */
  destroy(error?: Error): void {
    this.#ended = true;
    this.#error ??= error;
    this.#clear();
    this.#socket.destroy();
  }

  #clear(): void {
    clearImmediate(this.#flush);
    this.#flush = undefined;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#countBlocking();
  }

  #push(): void {
    clearImmediate(this.#flush);
    this.#flush = undefined;
    if (this.#writer.length === 0 || this.#ended) return;
    const bytes = this.#writer.take();
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    this.#drain();
  }

  #drain(): void {
    while (!this.#ended && this.#socket.writableLength < highWaterBytes) {
      const bytes = this.#waiting.shift();
      if (bytes === undefined) break;
      this.#waitingBytes -= bytes.length;
      this.#socket.write(bytes);
    }
    this.#countBlocking();
  }

  #countBlocking(): void {
    const { flow } = this.#events;
    if (flow === undefined) return;
    if (this.#waiting.length > 0 && this.#blockedSinceMs === undefined) {
      flow.blockings += 1;
      this.#blockedSinceMs = performance.now();
    } else if (this.#waiting.length === 0 && this.#blockedSinceMs !== undefined) {
      flow.blockedMs += performance.now() - this.#blockedSinceMs;
      this.#blockedSinceMs = undefined;
    }
  }

  /** Reads on in the next turn. */
  #breathe(): void {
    this.#readBytes = 0;
    this.#socket.pause();
    setImmediate(() => this.#socket.resume());
  }

  #data(chunk: Buffer): void {
    if (this.#ended) return;
    this.#readBytes += chunk.length;
    if (this.#readBytes >= turnBytes) this.#breathe();
    try {
      // A plain array: cutting and copying a Buffer goes through its subclass, and its `slice` is no copy.
      this.#parser.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length));
      this.#events.batchEnded();
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
