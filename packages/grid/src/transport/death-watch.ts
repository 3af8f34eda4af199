import { connect, createServer, type Server, type Socket } from 'node:net';
import type { GridLogLine } from '../api.ts';
import type { Time } from '../facade/time.ts';
import type { MemberId } from '../protocol/types.ts';
import { maxQuestionBytes, no, readQuestion, writeQuestion, yes } from './death-question.ts';
import type { TransportIdentity, TransportPeer } from './transport.ts';

const maxPort = 65_535;
/** A connection without a whole question, or a dial without an answer, ends after so long. */
const answerMs = 1_000;
const tickMs = 500;
const redialMs = 1_000;
/** After a peer was not found at any of its ports: it may stand behind a mapping that has none for this. */
const restMs = 10_000;
const maxConnections = 256;
/** Who asked and is no member after so long is a stranger who knows how to ask. */
const strangerMs = 5_000;

export interface DeathWatchOptions {
  readonly cluster: string;
  /** Address to listen on. */
  readonly host: string;
  /** Added to the port of the transport. */
  readonly portOffset: number;
  /** How many ports above that one are tried where it is taken. */
  readonly portRange: number;
  readonly time: Time;
  readonly log: (line: GridLogLine) => void;
  /** A connection that stood has ended: the process at its other end may be gone. */
  closed(peer: MemberId): void;
}

interface Asked {
  /** Undefined until the whole question is there. */
  from: MemberId | undefined;
  sinceMs: number;
}

interface Watched {
  readonly peer: TransportPeer;
  socket: Socket | undefined;
  /** Index of the port that is tried next. */
  next: number;
  dueMs: number;
}

/**
 * One plain TCP connection for each pair of members, as FD_SOCK2 of JGroups has them: the operating system closes it when the process at the other end
 * dies, whatever the transport is. It carries one question and one byte of answer, nothing secret, and its end is a reason to suspect and no
 * more: what is heard afterwards takes the suspicion back, and only the database evicts. The smaller id dials.
 */
export class DeathWatch {
  readonly #options: DeathWatchOptions;
  readonly #watched = new Map<MemberId, Watched>();
  readonly #accepted = new Map<Socket, Asked>();
  #server: Server | undefined;
  #self: TransportIdentity | undefined;
  #ticker: Disposable | undefined;
  #closed = false;
  #port: number | undefined;

  constructor(options: DeathWatchOptions) {
    this.#options = options;
  }

  /** The port that is listened on; undefined = none. */
  get port(): number | undefined {
    return this.#port;
  }

  /** Listens at `transportPort` and the offset, or at the next free port of the range; without a free one the watch goes on without. */
  async listen(transportPort: number): Promise<void> {
    const { host, portOffset, portRange, time, log } = this.#options;
    this.#ticker = time.every(tickMs, () => {
      this.#dialDue();
      this.#endStrangers();
    });
    const first = transportPort + portOffset;
    const last = Math.min(first + portRange, maxPort);
    for (let port = first; port <= last; port += 1) {
      const server = await listening(host, port, (socket) => this.#accept(socket));
      if (server === undefined) continue;
      server.on('error', (error) => log({ level: 'warn', message: `the listener of failure detection failed: ${error.message}` }));
      this.#server = server;
      this.#port = port;
      log({ level: 'debug', message: `failure detection listens on ${host}:${port}` });
      return;
    }
    const message =
      first > maxPort
        ? `no port of failure detection: ${transportPort} + ${portOffset} is above ${maxPort}; heartbeats and leases judge alone (another offset gives one)`
        : `no port of failure detection: ${first} to ${last} are taken; heartbeats and leases judge alone`;
    log({ level: 'info', message });
  }

  identify(identity: TransportIdentity | undefined): void {
    this.#self = identity;
    this.#forget();
  }

  /** Watches exactly these. */
  follow(peers: readonly TransportPeer[]): void {
    const self = this.#self;
    if (self === undefined) return;
    const wanted = new Map(peers.map((peer) => [peer.id, peer]));
    for (const [id, watched] of this.#watched) {
      const peer = wanted.get(id);
      if (peer?.incarnation === watched.peer.incarnation) continue;
      this.#watched.delete(id);
      watched.socket?.destroy();
    }
    const nowMs = this.#options.time.nowMs();
    for (const peer of peers)
      if (!this.#watched.has(peer.id)) this.#watched.set(peer.id, { peer, socket: undefined, next: 0, dueMs: nowMs });
    this.#dialDue();
  }

  figures(): Record<string, number> {
    const dialled = [...this.#watched.values()].filter(({ socket }) => socket !== undefined).length;
    const asked = [...this.#accepted.values()].filter(({ from }) => from !== undefined).length;
    return { failureDetectionPort: this.#port ?? 0, failureDetectionConnections: dialled + asked };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#ticker?.[Symbol.dispose]();
    this.#forget();
    for (const socket of this.#accepted.keys()) socket.destroy();
    const server = this.#server;
    if (server !== undefined) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  #forget(): void {
    const sockets = [...this.#watched.values()].map(({ socket }) => socket);
    this.#watched.clear();
    for (const socket of sockets) socket?.destroy();
  }

  #dialDue(): void {
    const self = this.#self;
    if (self === undefined || this.#closed) return;
    const nowMs = this.#options.time.nowMs();
    for (const watched of this.#watched.values())
      if (self.id < watched.peer.id && watched.socket === undefined && watched.dueMs <= nowMs) this.#dial(watched, self);
  }

  #dial(watched: Watched, self: TransportIdentity): void {
    const { cluster, portOffset, portRange, time } = this.#options;
    const { peer } = watched;
    const port = peer.address.port + portOffset + watched.next;
    if (port > maxPort) {
      watched.dueMs = time.nowMs() + restMs;
      return;
    }
    const socket = connect({ host: peer.address.host, port });
    watched.socket = socket;
    let stood = false;
    const limit = time.after(answerMs, () => socket.destroy());
    socket.setKeepAlive(true, answerMs).unref();
    socket.once('connect', () => socket.write(writeQuestion({ cluster, to: peer.id, incarnation: peer.incarnation, from: self.id })));
    socket.on('data', (bytes) => {
      if (stood || bytes[0] !== yes) socket.destroy();
      else {
        stood = true;
        limit[Symbol.dispose]();
      }
    });
    socket.on('error', () => {});
    socket.once('close', () => {
      limit[Symbol.dispose]();
      watched.socket = undefined;
      const nowMs = time.nowMs();
      // It is at the same port again if it is there at all; otherwise the next one is looked at, and after the last one comes a rest.
      if (!stood) watched.next = (watched.next + 1) % (portRange + 1);
      watched.dueMs = nowMs + (stood ? redialMs : watched.next === 0 ? restMs : 0);
      if (stood && this.#watched.get(peer.id) === watched && !this.#closed) this.#options.closed(peer.id);
    });
  }

  #accept(socket: Socket): void {
    if (this.#closed || this.#accepted.size >= maxConnections) {
      socket.destroy();
      return;
    }
    const asked: Asked = { from: undefined, sinceMs: this.#options.time.nowMs() };
    this.#accepted.set(socket, asked);
    const limit = this.#options.time.after(answerMs, () => socket.destroy());
    let received = Buffer.alloc(0);
    socket.setKeepAlive(true, answerMs).unref();
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      // After the question nothing is said.
      if (asked.from !== undefined || received.length + bytes.length > maxQuestionBytes) {
        socket.destroy();
        return;
      }
      received = Buffer.concat([received, bytes]);
      asked.from = this.#answer(socket, received);
      if (asked.from !== undefined) limit[Symbol.dispose]();
    });
    socket.once('close', () => {
      limit[Symbol.dispose]();
      this.#accepted.delete(socket);
      const { from } = asked;
      const another = [...this.#accepted.values()].some((other) => other.from === from);
      if (from !== undefined && !another && !this.#closed && this.#watched.has(from)) this.#options.closed(from);
    });
  }

  #endStrangers(): void {
    const nowMs = this.#options.time.nowMs();
    for (const [socket, { from, sinceMs }] of this.#accepted)
      if (from !== undefined && !this.#watched.has(from) && nowMs - sinceMs > strangerMs) socket.destroy();
  }

  /** Who asked, where the whole question is there and this member is meant. */
  #answer(socket: Socket, received: Uint8Array): MemberId | undefined {
    try {
      const question = readQuestion(received);
      if (question === undefined) return undefined;
      const self = this.#self;
      const meant = question.cluster === this.#options.cluster && question.to === self?.id && question.incarnation === self.incarnation;
      if (meant) {
        socket.write(Uint8Array.of(yes));
        return question.from;
      }
      socket.end(Uint8Array.of(no));
    } catch {
      socket.destroy();
    }
    return undefined;
  }
}

function listening(host: string, port: number, accepted: (socket: Socket) => void): Promise<Server | undefined> {
  const server = createServer({ noDelay: true }, accepted);
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen({ host, port }, () => {
      server.removeAllListeners('error');
      server.unref();
      resolve(server);
    });
  });
}
