import type { Address, Lane, MemberId } from '../protocol/types.ts';
import { ByteReader, ByteWriter } from '../protocol/wire.ts';
import type { PayloadKind, SendOutcome, Transport, TransportEvents, TransportIdentity, TransportPeer, Write } from './transport.ts';

const lanes: readonly Lane[] = ['control', 'bulk'];

/** A network within one process: frames arrive in order, in a later microtask; links can be cut. The fake beside the real transport. */
export class MemoryNetwork {
  readonly #members = new Map<MemberId, MemoryTransport>();
  readonly #cuts = new Set<string>();
  #ports = 0;

  transport(): Transport {
    return new MemoryTransport(this);
  }

  nextPort(): number {
    this.#ports += 1;
    return this.#ports;
  }

  /** Frames between the two vanish, both ways, and neither is told. */
  cut(left: MemberId, right: MemberId): void {
    this.#cuts.add(`${left} ${right}`).add(`${right} ${left}`);
  }

  heal(): void {
    this.#cuts.clear();
  }

  place(id: MemberId, transport: MemoryTransport | undefined): void {
    if (transport === undefined) this.#members.delete(id);
    else this.#members.set(id, transport);
  }

  reach(from: MemberId, to: MemberId): MemoryTransport | undefined {
    return this.#cuts.has(`${from} ${to}`) ? undefined : this.#members.get(to);
  }
}

class MemoryTransport implements Transport {
  readonly #network: MemoryNetwork;
  #events: TransportEvents | undefined;
  #self: TransportIdentity | undefined;
  #peers = new Set<MemberId>();

  constructor(network: MemoryNetwork) {
    this.#network = network;
  }

  listen(events: TransportEvents): Promise<Address> {
    this.#events = events;
    return Promise.resolve({ host: 'memory', port: this.#network.nextPort() });
  }

  identify(identity: TransportIdentity | undefined): void {
    if (this.#self !== undefined) this.#network.place(this.#self.id, undefined);
    this.#self = identity;
    this.#peers.clear();
    if (identity !== undefined) this.#network.place(identity.id, this);
  }

  peers(peers: readonly TransportPeer[]): void {
    const known = this.#peers;
    this.#peers = new Set(peers.map((peer) => peer.id));
    for (const id of this.#peers) if (!known.has(id)) queueMicrotask(() => lanes.forEach((lane) => void this.#events?.connected(id, lane)));
  }

  send<Message>(to: MemberId, _lane: Lane, kind: PayloadKind, write: Write<Message>, message: Message): SendOutcome {
    const self = this.#self;
    if (self === undefined) return 'unconnected';
    const writer = new ByteWriter();
    write(writer, message);
    const body = writer.take();
    queueMicrotask(() => this.#network.reach(self.id, to)?.deliver(self.id, kind, body));
    return 'sent';
  }

  deliver(from: MemberId, kind: PayloadKind, body: Uint8Array): void {
    if (this.#self === undefined) return;
    this.#events?.received(from, kind, new ByteReader(body));
    this.#events?.batchEnded();
  }

  figures(): Record<string, number> {
    return {};
  }

  bytesSentTo(): number {
    return 0;
  }

  close(): Promise<void> {
    this.identify(undefined);
    this.#events = undefined;
    return Promise.resolve();
  }
}
