import type { Listener, WireStream } from '../../packages/grid/src/transport/carrier.ts';
import type { Channel } from '../../packages/grid/src/transport/secure-channel.ts';

/** Bytes before the body: u32 length of the body, u32 number, u32 bytes wanted in return, u8 relay; the top bit of the number marks answers. */
const HEADER_BYTES = 13;
const ANSWER = 0x8000_0000;

/**
 * The least that an RPC can be: frames over the same kind of TLS socket, written once a turn of the loop, no codec and no state. What the grid
 * costs beyond it is the grid's own doing.
 */
export class BareRpc {
  readonly #channel: Channel;
  readonly #peers: BarePeer[] = [];
  /** The other members, in the order of the ports that `connect` got. */
  readonly #others: BarePeer[] = [];
  #listener: Listener | undefined;

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  async listen(): Promise<number> {
    this.#listener = await this.#channel.listen({ host: '127.0.0.1', port: 0 }, 64, {
      opened: () => true,
      accepted: (stream) => this.#peers.push(new BarePeer(stream, (relay) => this.#next(relay))),
      rejected: () => undefined,
      failed: () => undefined,
    });
    return this.#listener.port;
  }

  /** Connects to the other members' listeners, in this order. */
  async connect(ports: readonly number[]): Promise<void> {
    for (const port of ports) {
      const socket = await new Promise<WireStream>((resolve) => {
        this.#channel.dial({ host: '127.0.0.1', port }, resolve);
      });
      const peer = new BarePeer(socket, (relay) => this.#next(relay));
      this.#others.push(peer);
      this.#peers.push(peer);
    }
  }

  /** Sends `body` to the first other member, which answers with `wanted` bytes; `relayed`: it asks its own last one before it answers. */
  call(body: Uint8Array, wanted: number, relayed: boolean): Promise<void> {
    return new Promise((resolve) => this.#others[0]?.ask(body, wanted, relayed ? this.#others.length : 0, resolve));
  }

  /** The ways that writes take: to each other member in turn, which asks one of its others in turn, this member among them. */
  callSpread(body: Uint8Array, wanted: number, index: number): Promise<void> {
    const { length } = this.#others;
    const relay = 1 + (Math.floor(index / length) % length);
    return new Promise((resolve) => this.#others[index % length]?.ask(body, wanted, relay, resolve));
  }

  /** Whom a relayed call goes to: number 1 is the first other member, 0 nobody. */
  #next(relay: number): BarePeer | undefined {
    return this.#others[relay - 1];
  }

  close(): void {
    for (const peer of this.#peers) peer.close();
    void this.#listener?.close();
  }
}

class BarePeer {
  readonly #socket: WireStream;
  readonly #next: (relay: number) => BarePeer | undefined;
  readonly #waiting = new Map<number, () => void>();
  #scratch = Buffer.allocUnsafe(65_536);
  #length = 0;
  #scheduled = false;
  #number = 0;
  #tail: Buffer = Buffer.alloc(0);

  constructor(socket: WireStream, next: (relay: number) => BarePeer | undefined) {
    this.#socket = socket;
    this.#next = next;
    socket.on('data', (chunk: Buffer) => this.#data(chunk));
    socket.on('error', () => undefined);
  }

  ask(body: Uint8Array, wanted: number, relay: number, done: () => void): void {
    this.#number = (this.#number + 1) % ANSWER;
    this.#waiting.set(this.#number, done);
    this.#send(this.#number, body, wanted, relay);
  }

  close(): void {
    this.#socket.destroy();
  }

  #send(number: number, body: Uint8Array, wanted: number, relay: number): void {
    if (this.#length + HEADER_BYTES + body.length > this.#scratch.length) this.#flush();
    let at = this.#scratch.writeUInt32BE(body.length, this.#length);
    at = this.#scratch.writeUInt32BE(number, at);
    at = this.#scratch.writeUInt32BE(wanted, at);
    at = this.#scratch.writeUInt8(relay, at);
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

  #asked(number: number, body: Uint8Array, wanted: number, relay: number): void {
    const answer = (): void => this.#send(ANSWER + number, blank.subarray(0, wanted), 0, 0);
    const next = this.#next(relay);
    if (next === undefined) answer();
    else next.ask(body, wanted, 0, answer);
  }
}

const blank = new Uint8Array(4_096);
