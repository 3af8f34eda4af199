import type { Server, Socket } from 'node:net';
import type { Address, Lane, MemberId } from '../protocol/types.ts';
import { PROTOCOL_VERSION } from '../protocol/types.ts';
import type { ByteWriter } from '../protocol/wire.ts';
import { Connection } from './connection.ts';
import { dialableHost } from './dialable-host.ts';
import { type Hello, readHello, readRefusal, refusalOf, writeHello, writeRefusal } from './hello.ts';
import { connectionFigures, PeerLink } from './peer-link.ts';
import { RejectionLog } from './rejection-log.ts';
import {
  closeMs,
  dialTickMs,
  handshakeMs,
  lanes,
  maxHalfOpen,
  maxLinks,
  type SocketTransportOptions,
  strangerMs,
  windows,
} from './socket-options.ts';
import {
  frameKind,
  type PayloadKind,
  type SendOutcome,
  type Transport,
  type TransportEvents,
  type TransportIdentity,
  type TransportPeer,
} from './transport.ts';

/** Members connected by sockets: two connections a pair, one for each lane. */
export class SocketTransport implements Transport {
  readonly #options: SocketTransportOptions;
  readonly #links = new Map<MemberId, PeerLink>();
  readonly #sockets = new Set<Socket>();
  readonly #rejections: RejectionLog;
  #server: Server | undefined;
  #events: TransportEvents | undefined;
  #self: TransportIdentity | undefined;
  #dialer: Disposable | undefined;
  #halfOpen = 0;
  #closed = false;
  readonly #counts = { framesSent: 0, framesReceived: 0, bytesReceived: 0, connectionsRejected: 0 };

  constructor(options: SocketTransportOptions) {
    this.#options = options;
    this.#rejections = new RejectionLog(options.time, options.log, options.bind);
  }

  async listen(events: TransportEvents): Promise<Address> {
    const { channel, bind, time, externalAddress, externalPort } = this.#options;
    this.#events = events;
    const server = channel.server(
      (socket) => this.#accept(socket),
      (error, socket) => this.#reject(error, socket),
    );
    this.#server = server;
    // Sockets count from the first byte on, so that none outlives `close`.
    server.on('connection', (socket: Socket) => {
      if (this.#sockets.size >= maxHalfOpen + maxLinks * 2) socket.destroy();
      else this.#track(socket);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: bind.host, port: bind.port, backlog: 128 }, resolve);
    });
    server.on('error', (error) => this.#options.log({ level: 'error', message: `the cluster's listener failed: ${error.message}` }));
    const bound = server.address();
    const port = typeof bound === 'object' && bound !== null ? bound.port : bind.port;
    this.#rejections.address = { host: bind.host, port };
    this.#dialer = time.every(dialTickMs, () => this.#dialDue());
    return { host: externalAddress ?? dialableHost(bind.host), port: externalPort ?? port };
  }

  identify(identity: TransportIdentity | undefined): void {
    for (const link of this.#links.values()) link.destroy();
    this.#links.clear();
    this.#self = identity;
  }

  peers(peers: readonly TransportPeer[]): void {
    const [self, nowMs] = [this.#self, this.#options.time.nowMs()];
    if (self === undefined) return;
    const wanted = new Map(peers.map((peer) => [peer.id, peer]));
    for (const [id, link] of this.#links) {
      if (wanted.has(id) || link.peer === undefined) continue;
      link.destroy();
      this.#links.delete(id);
    }
    for (const peer of peers) {
      const link = this.#links.get(peer.id) ?? new PeerLink(peer.id, peer.incarnation, self.id, nowMs);
      link.peer = peer;
      this.#links.set(peer.id, link);
    }
    this.#dialDue();
  }

  send(to: MemberId, lane: Lane, kind: PayloadKind, write: (writer: ByteWriter) => void): SendOutcome {
    const connection = this.#links.get(to)?.lanes[lane].connection;
    if (connection === undefined || !connection.open) return 'unconnected';
    if (!connection.send(kind, write)) return 'overloaded';
    this.#counts.framesSent += 1;
    return 'sent';
  }

  figures(): Record<string, number> {
    return { ...this.#counts, ...connectionFigures(this.#links.values()), halfOpenConnections: this.#halfOpen };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#dialer?.[Symbol.dispose]();
    this.#rejections.stop();
    const server = this.#server;
    const closed = new Promise<void>((resolve) => (server?.listening ? server.close(() => resolve()) : resolve()));
    for (const link of this.#links.values()) for (const lane of lanes) link.lanes[lane].connection?.end();
    this.#self = undefined;
    const destroyAll = () => this.#sockets.forEach((socket) => void socket.destroy());
    const limit = this.#options.time.after(closeMs, destroyAll);
    for (const socket of this.#sockets) socket.destroySoon();
    await closed;
    limit[Symbol.dispose]();
    destroyAll();
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  #reject(error: Error, socket: Socket): void {
    this.#counts.connectionsRejected += 1;
    this.#rejections.add(socket.remoteAddress ?? 'unknown address', error.message);
    socket.destroy();
  }

  #dialDue(): void {
    const [self, nowMs] = [this.#self, this.#options.time.nowMs()];
    if (self === undefined || this.#closed) return;
    for (const [id, link] of this.#links) {
      if (link.peer === undefined && nowMs - link.sinceMs > strangerMs) {
        link.destroy();
        this.#links.delete(id);
      } else for (const lane of lanes) if (link.isDue(lane, nowMs)) this.#dial(link, lane, self);
    }
  }

  #dial(link: PeerLink, lane: Lane, self: TransportIdentity): void {
    const peer = link.peer;
    if (peer === undefined) return;
    const { channel, time, cluster } = this.#options;
    const state = link.lanes[lane];
    state.dialing = 'connecting';
    let refusal: string | undefined;
    let connection: Connection | undefined;
    const failed = () => {
      limit[Symbol.dispose]();
      if (state.connection !== undefined && state.connection === connection) {
        this.#lost(link, lane, connection);
        return;
      }
      if (state.dialing === undefined || (connection !== undefined && state.dialing !== connection)) return;
      link.failed(lane, time.nowMs());
      if (this.#links.get(link.id) !== link || state.connection?.open) return;
      if (refusal !== undefined) this.#events?.refused(link.id, refusal);
      else if (lane === 'control') this.#events?.closed(link.id);
    };
    const socket = channel.dial(peer.address, () => {
      connection = new Connection(socket, windows[lane], {
        frame: (kind, body) => {
          if (state.connection === connection) return this.#frame(link.id, kind, body);
          if (kind === frameKind.refused) {
            refusal = readRefusal(body);
            connection?.end();
            return undefined;
          }
          const answer = kind === frameKind.welcome ? readHello(body) : undefined;
          const fits =
            answer?.from === peer.id && answer.incarnation === peer.incarnation && answer.cluster === cluster && answer.to === self.id;
          if (!fits || connection === undefined || this.#links.get(link.id) !== link) {
            connection?.destroy();
            return undefined;
          }
          limit[Symbol.dispose]();
          state.dialing = undefined;
          return this.#install(link, lane, connection, self.id, self.id);
        },
        batchEnded: () => this.#events?.batchEnded(),
        closed: failed,
      });
      state.dialing = connection;
      const hello: Hello = {
        version: PROTOCOL_VERSION,
        cluster,
        from: self.id,
        incarnation: self.incarnation,
        name: self.name,
        to: peer.id,
        lane,
      };
      connection.send(frameKind.hello, (writer) => writeHello(writer, hello));
    });
    const limit = time.after(handshakeMs, () => socket.destroy());
    this.#track(socket);
    socket.on('error', () => {});
    socket.once('close', () => {
      if (connection === undefined) failed();
    });
  }

  #accept(socket: Socket): void {
    const { time, cluster } = this.#options;
    if (this.#closed || this.#halfOpen >= maxHalfOpen) {
      socket.destroy();
      return;
    }
    this.#halfOpen += 1;
    let halfOpen = true;
    const settled = () => {
      limit[Symbol.dispose]();
      if (halfOpen) this.#halfOpen -= 1;
      halfOpen = false;
    };
    let link: PeerLink | undefined;
    let lane: Lane = 'control';
    const connection = new Connection(socket, windows.control, {
      frame: (kind, body) => {
        if (link !== undefined) {
          if (this.#links.get(link.id) === link) this.#frame(link.id, kind, body);
          return;
        }
        if (kind !== frameKind.hello) {
          connection.destroy();
          return;
        }
        const hello = readHello(body);
        const self = this.#self;
        const refusal = refusalOf(hello, { cluster, self: self?.id, incarnationOf: (id) => this.#links.get(id)?.peer?.incarnation });
        if (refusal !== undefined || self === undefined || (this.#links.size >= maxLinks && !this.#links.has(hello.from))) {
          connection.send(frameKind.refused, (writer) => writeRefusal(writer, refusal ?? 'too many connections'));
          connection.end();
          return;
        }
        lane = hello.lane;
        link = this.#links.get(hello.from);
        if (link === undefined) {
          link = new PeerLink(hello.from, hello.incarnation, self.id, time.nowMs());
          this.#links.set(hello.from, link);
        }
        settled();
        const welcome: Hello = {
          version: PROTOCOL_VERSION,
          cluster,
          from: self.id,
          incarnation: self.incarnation,
          name: self.name,
          to: hello.from,
          lane,
        };
        connection.send(frameKind.welcome, (writer) => writeHello(writer, welcome));
        this.#install(link, lane, connection, hello.from, self.id);
      },
      batchEnded: () => this.#events?.batchEnded(),
      closed: () => {
        settled();
        if (link !== undefined) this.#lost(link, lane, connection);
      },
    });
    const limit = time.after(handshakeMs, () => {
      this.#rejections.add(socket.remoteAddress ?? 'unknown address', 'no hello in time');
      socket.destroy();
    });
  }

  #install(link: PeerLink, lane: Lane, connection: Connection, opener: MemberId, self: MemberId): void {
    connection.establish(windows[lane]);
    if (!link.install(lane, connection, opener, self)) {
      connection.end();
      return;
    }
    this.#events?.connected(link.id, lane);
  }

  #lost(link: PeerLink, lane: Lane, connection: Connection): void {
    const state = link.lanes[lane];
    if (state.connection !== connection) return;
    state.connection = undefined;
    link.failed(lane, this.#options.time.nowMs());
    if (lane === 'control' && this.#links.get(link.id) === link && !this.#closed) this.#events?.closed(link.id);
  }

  #frame(from: MemberId, kind: number, body: Uint8Array): void {
    this.#counts.framesReceived += 1;
    this.#counts.bytesReceived += body.length;
    if (kind === frameKind.membership || kind === frameKind.data) this.#events?.received(from, kind, body);
  }
}
