import { VoterGate } from '../authority/majority/voter-links.ts';
import { RepeatedLine } from '../discovery/repeated-line.ts';
import type { Address, Lane, MemberId } from '../protocol/types.ts';
import type { ByteReader } from '../protocol/wire.ts';
import { Admission } from './admission.ts';
import type { Listener, WireStream } from './carrier.ts';
import { Connection } from './connection.ts';
import { dialableHost } from './dialable-host.ts';
import { readHello, readRefusal, writeHello, writeRefusal } from './hello.ts';
import { helloTo, refusalHere } from './introduction.ts';
import { connectionFigures, PeerLink } from './peer-link.ts';
import {
  closeMs,
  dialTickMs,
  handshakeMs,
  lanes,
  maxHalfOpen,
  maxLinks,
  type SocketTransportOptions,
  strangerMs,
  unreachableLineMs,
  unreachableMs,
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
  type Write,
} from './transport.ts';

/** Members connected by sockets: two connections a pair, one for each lane. */
export class SocketTransport implements Transport {
  readonly #options: SocketTransportOptions;
  readonly #links = new Map<MemberId, PeerLink>();
  readonly #streams = new Set<WireStream>();
  readonly #admission: Admission;
  readonly #unreachable: RepeatedLine;
  #listener: Listener | undefined;
  #events: TransportEvents | undefined;
  #self: TransportIdentity | undefined;
  #dialer: Disposable | undefined;
  #closed = false;
  readonly #counts = { framesSent: 0, framesReceived: 0, bytesSent: 0, bytesReceived: 0, blockings: 0, blockedMs: 0 };

  constructor(options: SocketTransportOptions) {
    this.#options = options;
    this.#admission = new Admission(options);
    this.#unreachable = new RepeatedLine(options.time, options.log);
  }

  async listen(events: TransportEvents): Promise<Address> {
    const { bind, time, externalAddress, externalPort } = this.#options;
    this.#events = events;
    const listener = await this.#bind(bind);
    this.#listener = listener;
    // The start was given up meanwhile.
    if (this.#closed) await listener.close();
    const { port } = listener;
    this.#admission.log.address = { host: bind.host, port };
    if (!this.#closed) this.#dialer = time.every(dialTickMs, () => this.#dialDue());
    return { host: externalAddress ?? dialableHost(bind.host), port: externalPort ?? port };
  }

  /** At the first free port of the range. */
  async #bind({ host, port }: Address): Promise<Listener> {
    const { channel, portRange = 0, log } = this.#options;
    for (let offset = 0; ; offset += 1) {
      try {
        return await channel.listen({ host, port: port === 0 ? 0 : port + offset }, maxHalfOpen + maxLinks * lanes.length, {
          opened: (raw) => !this.#closed && this.#admission.begin(raw),
          accepted: (stream, raw) => this.#accept(stream, raw),
          rejected: (error, raw) => this.#admission.reject(error, raw),
          failed: (error) => log({ level: 'error', message: `the cluster's listener failed: ${error.message}` }),
        });
      } catch (error) {
        if (offset >= portRange || !(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
      }
    }
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

  send<Message>(to: MemberId, lane: Lane, kind: PayloadKind, write: Write<Message>, message: Message): SendOutcome {
    const sent = this.#links.get(to)?.send(lane, kind, write, message) ?? 'unconnected';
    if (typeof sent === 'string') return sent;
    this.#counts.bytesSent += sent;
    this.#counts.framesSent += 1;
    return 'sent';
  }

  figures(): Record<string, number> {
    const { waiting, rejected } = this.#admission;
    return { ...this.#counts, ...connectionFigures(this.#links.values()), halfOpenConnections: waiting, connectionsRejected: rejected };
  }

  bytesSentTo(peer: MemberId): number {
    return this.#links.get(peer)?.bytesSent ?? 0;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#dialer?.[Symbol.dispose]();
    this.#admission.stop();
    const closed = this.#listener?.close();
    for (const link of this.#links.values()) for (const lane of lanes) link.lanes[lane].connection?.end();
    this.#self = undefined;
    const destroyAll = () => this.#streams.forEach((stream) => void stream.destroy());
    const limit = this.#options.time.after(closeMs, destroyAll);
    for (const stream of this.#streams) stream.destroySoon();
    await closed;
    limit[Symbol.dispose]();
    destroyAll();
    await this.#options.channel.close();
  }

  /** Streams are ours from the first byte on, so that none outlives `close`. */
  #track(stream: WireStream): void {
    this.#streams.add(stream);
    stream.once('close', () => this.#streams.delete(stream));
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
    const [peer, state] = [link.peer, link.lanes[lane]];
    if (peer === undefined) return;
    const { channel, time, cluster } = this.#options;
    state.dialing = 'connecting';
    let refusal: string | undefined;
    let connection: Connection | undefined;
    let cause: Error | undefined;
    const failed = () => {
      limit[Symbol.dispose]();
      if (state.connection !== undefined && state.connection === connection) {
        this.#lost(link, lane, connection);
        return;
      }
      if (state.dialing === undefined || (connection !== undefined && state.dialing !== connection)) return;
      link.failed(lane, time.nowMs());
      if (this.#links.get(link.id) !== link || state.connection?.open) return;
      if (refusal === undefined) this.#tellUnreachable(link, peer, cause);
      if (refusal !== undefined) this.#events?.refused(link.id, refusal);
      else if (lane === 'control') this.#events?.closed(link.id);
    };
    const socket = channel.dial(peer.address, () => {
      connection = new Connection(socket, windows[lane], {
        frame: (kind, body) => {
          if (state.connection === connection) return this.#frame(link.id, kind, body);
          if (kind === frameKind.refused) {
            refusal = readRefusal(body.rest());
            connection?.end();
            return undefined;
          }
          const answer = kind === frameKind.welcome ? readHello(body.rest()) : undefined;
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
        flow: this.#counts,
      });
      state.dialing = connection;
      connection.send(frameKind.hello, writeHello, helloTo(this.#options, self, peer.id, lane));
    });
    const limit = time.after(handshakeMs, () => socket.destroy(new Error('no answer in time')));
    this.#track(socket);
    socket.on('error', (error) => {
      cause ??= error;
    });
    socket.once('close', () => {
      if (connection === undefined) failed();
    });
  }

  /** Not at once: whoever leaves in order closes its listener a moment before the view says so. */
  #tellUnreachable({ failingSinceMs }: PeerLink, { id, address }: TransportPeer, cause: Error | undefined): void {
    if (failingSinceMs === undefined || this.#options.time.nowMs() - failingSinceMs < unreachableMs) return;
    const message = `member ${id} cannot be reached at ${address.host}:${address.port}: ${cause?.message ?? 'it closed the connection'}`;
    this.#unreachable.say({ level: 'warn', message }, unreachableLineMs);
  }

  #accept(socket: WireStream, raw: WireStream): void {
    const { time, voter } = this.#options;
    const gate = new VoterGate(voter);
    if (this.#closed) {
      socket.destroy();
      return;
    }
    this.#track(socket);
    let link: PeerLink | undefined;
    let lane: Lane = 'control';
    const connection = new Connection(socket, windows.control, {
      frame: (kind, body) => {
        if (link !== undefined) {
          if (this.#links.get(link.id) === link) this.#frame(link.id, kind, body);
          return;
        }
        const voted = gate.take(connection, kind, body);
        if (voted === 'greeted') this.#admission.settle(raw);
        if (voted !== undefined) return;
        if (kind !== frameKind.hello) {
          connection.destroy();
          return;
        }
        const hello = readHello(body.rest());
        const self = this.#self;
        const refusal = refusalHere(hello, this.#options, self, this.#links);
        if (refusal !== undefined || self === undefined || (this.#links.size >= maxLinks && !this.#links.has(hello.from))) {
          this.#admission.answered(raw);
          connection.send(frameKind.refused, writeRefusal, refusal ?? 'too many connections');
          connection.end();
          return;
        }
        lane = hello.lane;
        link = this.#links.get(hello.from);
        if (link === undefined) {
          link = new PeerLink(hello.from, hello.incarnation, self.id, time.nowMs());
          this.#links.set(hello.from, link);
        }
        this.#admission.settle(raw);
        connection.send(frameKind.welcome, writeHello, helloTo(this.#options, self, hello.from, lane));
        this.#install(link, lane, connection, hello.from, self.id);
      },
      batchEnded: () => this.#events?.batchEnded(),
      closed: () => {
        if (link !== undefined) this.#lost(link, lane, connection);
      },
      flow: this.#counts,
    });
  }

  #install(link: PeerLink, lane: Lane, connection: Connection, opener: MemberId, self: MemberId): void {
    connection.establish(windows[lane]);
    if (!link.install(lane, connection, opener, self, this.#options.time.nowMs())) {
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

  #frame(from: MemberId, kind: number, body: ByteReader): void {
    this.#counts.framesReceived += 1;
    this.#counts.bytesReceived += body.remaining;
    if (kind === frameKind.membership || kind === frameKind.data) this.#events?.received(from, kind, body);
  }
}
