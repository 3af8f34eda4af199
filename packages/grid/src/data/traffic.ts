import type { MemberId } from '../protocol/types.ts';

/** What went from this member to one other since both are in one view; durations are sums. */
export interface PeerTraffic {
  /** Operations that it answered, and the time from sending to the answer. */
  requests: number;
  requestTimeMs: number;
  /** Operations that it did not answer in time; each was sent again. */
  timedOut: number;
  /** Messages that nobody waits for an answer to: replication, acknowledgements, state transfer, broadcasts. */
  otherMessages: number;
}

const nothingYet = (): PeerTraffic => ({ requests: 0, requestTimeMs: 0, timedOut: 0, otherMessages: 0 });

/** Counts by member. Who leaves the view is forgotten, so that it stays as small as the view. */
export class Traffic {
  readonly #peers = new Map<MemberId, PeerTraffic>();

  /** Undefined for who is no member of the view. */
  of(member: MemberId): PeerTraffic | undefined {
    return this.#peers.get(member);
  }

  /** A message that has no answer left for the member. */
  sent(to: MemberId): void {
    const peer = this.#peers.get(to);
    if (peer !== undefined) peer.otherMessages += 1;
  }

  /** Exactly these, until the next call. */
  follow(members: readonly MemberId[]): void {
    const kept = new Set(members);
    for (const member of this.#peers.keys()) if (!kept.has(member)) this.#peers.delete(member);
    for (const member of members) if (!this.#peers.has(member)) this.#peers.set(member, nothingYet());
  }

  entries(): IterableIterator<[MemberId, Readonly<PeerTraffic>]> {
    return this.#peers.entries();
  }
}
