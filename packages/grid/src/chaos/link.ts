import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** What happens to bytes of one direction. Both directions of all connections of a link share two of these. */
export interface Flow {
  /** Nothing arrives any more, and nobody is told: a cable that was pulled. Bytes are held and arrive late once it is plugged in again. */
  stalled: boolean;
  delayMs: number;
  bytesPerSecond: number;
}

const maxHeldBytes = 256 * 1_024;
const freeFlow = (): Flow => ({ stalled: false, delayMs: 0, bytesPerSecond: Number.POSITIVE_INFINITY });

/** A TCP proxy in front of one listener, for one dialler: what lies between two machines. In user space, because a kernel may lack netem. */
export class Link {
  /** From whoever dials to the listener, and back. */
  readonly forward = freeFlow();
  readonly backward = freeFlow();
  /** False: connections are refused by closing them at once. */
  accepting = true;
  /** Told of every piece of bytes before it goes on, in either direction. */
  watch: (() => void) | undefined;
  #target: number;
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();

  private constructor(target: number) {
    this.#target = target;
    this.#server = createServer({ allowHalfOpen: true }, (near) => {
      if (!this.accepting) {
        near.resetAndDestroy();
        return;
      }
      const pair = new Pair(near, connect({ host: '127.0.0.1', port: this.#target, allowHalfOpen: true }), this);
      this.#pairs.add(pair);
      pair.onEnd = () => this.#pairs.delete(pair);
    });
  }

  static async to(port: number): Promise<Link> {
    const link = new Link(port);
    await new Promise<void>((resolve) => link.#server.listen({ host: '127.0.0.1', port: 0 }, resolve));
    return link;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** New connections lead there. */
  retarget(port: number): void {
    this.#target = port;
  }

  /** After a change of a flow. */
  changed(): void {
    for (const pair of this.#pairs) pair.changed();
  }

  /** Both ends of every connection get a reset. */
  reset(): void {
    for (const pair of [...this.#pairs]) pair.reset();
  }

  /** The listener's end is gone, the dialler's end stays open and swallows: a peer that lost its state. Until `heal`. */
  halfOpen(): void {
    for (const pair of this.#pairs) pair.abandon();
  }

  /** Everything flows again; `keep` false = connections that stood through the fault are reset. */
  heal(keep: boolean): void {
    this.accepting = true;
    for (const flow of [this.forward, this.backward]) Object.assign(flow, freeFlow());
    if (keep) for (const pair of [...this.#pairs]) pair.heal();
    else this.reset();
  }

  async close(): Promise<void> {
    this.reset();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

class Pair {
  onEnd: () => void = () => {};
  readonly #near: Socket;
  readonly #far: Socket;
  readonly #pipes: readonly Pipe[];
  #abandoned = false;

  constructor(near: Socket, far: Socket, link: Link) {
    this.#near = near;
    this.#far = far;
    for (const socket of [near, far]) socket.setNoDelay(true);
    const passing = (): void => link.watch?.();
    this.#pipes = [new Pipe(near, far, link.forward, passing), new Pipe(far, near, link.backward, passing)];
    for (const pipe of this.#pipes) pipe.onBroken = () => this.#broken();
  }

  changed(): void {
    for (const pipe of this.#pipes) pipe.changed();
  }

  heal(): void {
    if (this.#abandoned) this.reset();
    else this.changed();
  }

  abandon(): void {
    this.#abandoned = true;
    this.#far.resetAndDestroy();
    this.#near.resume();
  }

  reset(): void {
    this.#abandoned = false;
    this.#near.resetAndDestroy();
    this.#far.resetAndDestroy();
    this.#broken();
  }

  #broken(): void {
    if (this.#abandoned) return;
    this.#near.destroy();
    this.#far.destroy();
    for (const pipe of this.#pipes) pipe.stop();
    this.onEnd();
  }
}

/** One direction of one connection. The end of a stream travels like its bytes. */
class Pipe {
  onBroken: () => void = () => {};
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #flow: Flow;
  #held: { readonly chunk: Buffer; readonly dueAt: number }[] = [];
  #heldBytes = 0;
  #lastDueAt = 0;
  #end: 'none' | 'end' | 'broken' = 'none';
  #timer: NodeJS.Timeout | undefined;

  constructor(from: Socket, to: Socket, flow: Flow, passing: () => void) {
    this.#from = from;
    this.#to = to;
    this.#flow = flow;
    from.on('data', (chunk: Buffer) => {
      passing();
      this.#take(chunk);
    });
    from.on('end', () => this.#ended('end'));
    from.on('error', () => this.#ended('broken'));
    from.on('close', () => this.#ended('broken'));
    to.on('drain', () => this.#pump());
    if (flow.stalled) from.pause();
  }

  changed(): void {
    if (this.#flow.stalled) {
      clearTimeout(this.#timer);
      this.#from.pause();
    } else this.#pump();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#held = [];
  }

  #take(chunk: Buffer): void {
    const { delayMs, bytesPerSecond, stalled } = this.#flow;
    const now = performance.now();
    const dueAt = Math.max(now + delayMs, this.#lastDueAt + (chunk.length / bytesPerSecond) * 1_000);
    this.#lastDueAt = dueAt;
    this.#held.push({ chunk, dueAt });
    this.#heldBytes += chunk.length;
    if (stalled || this.#heldBytes >= maxHeldBytes) this.#from.pause();
    this.#pump();
  }

  #ended(how: 'end' | 'broken'): void {
    if (this.#end !== 'broken') this.#end = how;
    this.#pump();
  }

  #pump(): void {
    clearTimeout(this.#timer);
    if (this.#flow.stalled) return;
    while (!this.#to.writableNeedDrain) {
      const first = this.#held[0];
      if (first === undefined) break;
      const waitMs = first.dueAt - performance.now();
      if (waitMs > 0.5) {
        this.#timer = setTimeout(() => this.#pump(), waitMs);
        return;
      }
      this.#held.shift();
      this.#heldBytes -= first.chunk.length;
      this.#to.write(first.chunk);
    }
    if (this.#heldBytes < maxHeldBytes && this.#from.isPaused()) this.#from.resume();
    if (this.#held.length > 0 || this.#end === 'none') return;
    if (this.#end === 'broken') this.onBroken();
    else if (!this.#to.writableEnded) this.#to.end();
  }
}
