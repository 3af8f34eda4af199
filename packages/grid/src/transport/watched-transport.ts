import type { Address, Lane, MemberId } from '../protocol/types.ts';
import { DeathWatch, type DeathWatchOptions } from './death-watch.ts';
import type { PayloadKind, SendOutcome, Transport, TransportEvents, TransportIdentity, TransportPeer, Write } from './transport.ts';

/** A transport with a port of failure detection beside its own. */
export class WatchedTransport implements Transport {
  readonly #inner: Transport;
  readonly #options: Omit<DeathWatchOptions, 'closed'>;
  /** The port that is bound, where others dial another one. */
  readonly #boundPort: number | undefined;
  #watch: DeathWatch | undefined;

  constructor(inner: Transport, options: Omit<DeathWatchOptions, 'closed'>, boundPort?: number) {
    this.#inner = inner;
    this.#options = options;
    this.#boundPort = boundPort;
  }

  async listen(events: TransportEvents): Promise<Address> {
    const address = await this.#inner.listen(events);
    const watch = new DeathWatch({ ...this.#options, closed: (peer) => events.closed(peer) });
    this.#watch = watch;
    await watch.listen(this.#boundPort ?? address.port);
    return address;
  }

  identify(identity: TransportIdentity | undefined): void {
    this.#inner.identify(identity);
    this.#watch?.identify(identity);
  }

  peers(peers: readonly TransportPeer[]): void {
    this.#inner.peers(peers);
    this.#watch?.follow(peers);
  }

  send<Message>(to: MemberId, lane: Lane, kind: PayloadKind, write: Write<Message>, message: Message): SendOutcome {
    return this.#inner.send(to, lane, kind, write, message);
  }

  figures(): Record<string, number> {
    return { ...this.#inner.figures(), ...this.#watch?.figures() };
  }

  bytesSentTo(peer: MemberId): number {
    return this.#inner.bytesSentTo(peer);
  }

  async close(): Promise<void> {
    await Promise.all([this.#watch?.close(), this.#inner.close()]);
  }
}
