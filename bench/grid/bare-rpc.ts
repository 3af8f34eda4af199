import type { Server, Socket } from 'node:net';
import type { Channel } from '../../packages/grid/src/transport/secure-channel.ts';

/** Bytes before the body: u32 length of the body, u32 number, u32 bytes wanted in return, u8 hops left; the top bit of the number marks answers. */
const HEADER_BYTES = 13;
const ANSWER = 0x8000_0000;

/**
 * The least that an RPC can be: frames over the same kind of TLS socket, written once a turn of the loop, no codec and no state. What the grid
 * costs beyond it is the grid's own doing.
 */
export class BareRpc {
  readonly #channel: Channel;
  readonly #peers: BarePeer[] = [];
  #server: Server | undefined;

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  listen(): Promise<number> {
    const server = this.#channel.server(
      (socket) => void new BarePeer(socket, this.#peers),
      () => undefined,
    );
    this.#server = server;
    return new Promise((resolve) => {
      server.listen({ host: '127.0.0.1', port: 0 }, () => {
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  }

  /** Connects to the other members' listeners, in this order. */
  async connect(ports: readonly number[]): Promise<void> {
    for (const port of ports) {
      const socket = await new Promise<Socket>((resolve) => {
        this.#channel.dial({ host: '127.0.0.1', port }, resolve);
      });
      this.#peers.push(new BarePeer(socket, this.#peers));
    }
  }

  /** Sends `body` to the first peer, which answers with `wanted` bytes; with `hops` 1 it asks its own last peer before it answers. */
  call(body: Uint8Array, wanted: number, hops: number): Promise<void> {
    return new Promise((resolve) => this.#peers[0]?.ask(body, wanted, hops, resolve));
  }

  close(): void {
    for (const peer of this.#peers) peer.close();
    this.#server?.close();
  }
}

class BarePeer {
  readonly #socket: Socket;
  readonly #peers: readonly BarePeer[];
  readonly #waiting = new Map<number, () => void>();
  #scratch = Buffer.allocUnsafe(65_536);
  #length = 0;
  #scheduled = false;
  #number = 0;
  #tail: Buffer = Buffer.alloc(0);

  constructor(socket: Socket, peers: readonly BarePeer[]) {
    this.#socket = socket;
    this.#peers = peers;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#data(chunk));
    socket.on('error', () => undefined);
  }

  ask(body: Uint8Array, wanted: number, hops: number, done: () => void): void {
    this.#number = (this.#number + 1) % ANSWER;
    this.#waiting.set(this.#number, done);
    this.#send(this.#number, body, wanted, hops);
  }

  close(): void {
    this.#socket.destroy();
  }

  #send(number: number, body: Uint8Array, wanted: number, hops: number): void {
    if (this.#length + HEADER_BYTES + body.length > this.#scratch.length) this.#flush();
    let at = this.#scratch.writeUInt32BE(body.length, this.#length);
    at = this.#scratch.writeUInt32BE(number, at);
    at = this.#scratch.writeUInt32BE(wanted, at);
    at = this.#scratch.writeUInt8(hops, at);
    this.#scratch.set(body, at);
    this.#length = at + body.length;
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#length === 0) return;
    this.#socket.write(this.#scratch.subarray(0, this.#length));
    this.#scratch = Buffer.allocUnsafe(65_536);
    this.#length = 0;
  }

  #data(chunk: Buffer): void {
    const bytes = this.#tail.length === 0 ? chunk : Buffer.concat([this.#tail, chunk]);
    let at = 0;
    while (bytes.length - at >= HEADER_BYTES) {
      const length = bytes.readUInt32BE(at);
      const end = at + HEADER_BYTES + length;
      if (end > bytes.length) break;
      const number = bytes.readUInt32BE(at + 4);
      if (number >= ANSWER) this.#answered(number - ANSWER);
      else this.#asked(number, bytes.subarray(at + HEADER_BYTES, end), bytes.readUInt32BE(at + 8), bytes.readUInt8(at + 12));
      at = end;
    }
    this.#tail = at === bytes.length ? Buffer.alloc(0) : Buffer.from(bytes.subarray(at));
  }

  #answered(number: number): void {
    const done = this.#waiting.get(number);
    this.#waiting.delete(number);
    done?.();
  }

  #asked(number: number, body: Uint8Array, wanted: number, hops: number): void {
    const answer = (): void => this.#send(ANSWER + number, blank.subarray(0, wanted), 0, 0);
    const next = this.#peers.at(-1);
    if (hops > 0 && next !== undefined) next.ask(body, wanted, hops - 1, answer);
    else answer();
  }
}

const blank = new Uint8Array(4_096);
