import { Duplex } from 'node:stream';
import type { UdxSocket, UdxStream } from 'udx-native';
import type { WireStream } from './carrier.ts';

export interface UdxTarget {
  readonly remoteId: number;
  readonly host: string;
  readonly port: number;
}

/**
 * A reliable stream of datagrams as a stream of Node, so that TLS can stand on it. What is written before `connect` waits; what the other side does
 * not take holds the writer back.
 */
export class UdxDuplex extends Duplex implements WireStream {
  readonly remoteAddress: string | undefined;
  readonly #stream: UdxStream;
  #connected = false;
  #closed = false;
  #start: (() => void) | undefined;

  constructor(stream: UdxStream, remoteAddress: string | undefined) {
    super({ allowHalfOpen: true });
    this.#stream = stream;
    this.remoteAddress = remoteAddress;
    stream.on('data', (chunk: Uint8Array) => {
      if (!this.push(chunk)) stream.pause();
    });
    stream.on('end', () => this.push(null));
    stream.on('error', (error: Error) => this.destroy(error));
    stream.on('close', () => {
      this.#closed = true;
      this.destroy();
    });
    stream.pause();
  }

  /** The handshake is done: bytes may flow. */
  connectTo(socket: UdxSocket, { remoteId, port, host }: UdxTarget): void {
    if (this.destroyed) return;
    this.#stream.connect(socket, remoteId, port, host);
    this.#connected = true;
    this.#start?.();
    this.emit('connect');
  }

  destroySoon(): void {
    if (this.writableFinished) this.destroy();
    else {
      this.once('finish', () => this.destroy());
      if (!this.writableEnded) this.end();
    }
  }

  override _read(): void {
    this.#stream.resume();
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (!this.#connected) {
      this.#start = () => this._write(chunk, _encoding, done);
      return;
    }
    if (this.#stream.write(chunk)) done();
    else this.#stream.once('drain', done);
  }

  override _final(done: (error?: Error | null) => void): void {
    if (!this.#connected || this.#closed) {
      done();
      return;
    }
    this.#stream.end();
    // A stream that is destroyed forgets what was not acknowledged.
    const closed = new Promise<void>((resolve) => this.#stream.once('close', resolve));
    void Promise.race([this.#stream.flush().catch(() => false), closed]).then(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (this.#closed) done(error);
    else {
      this.#stream.once('close', () => done(error));
      this.#stream.destroy();
    }
  }
}
