import type { MemberId } from '../protocol/types.ts';
import type { Heartbeat } from './messages.ts';
import type { Timing } from './timing.ts';

interface Peer {
  heardMs: number;
  closed: boolean;
  last: Heartbeat | undefined;
}

/** What this member hears of others. It feeds suspicion only; nobody loses membership because of it alone. */
export class Peers {
  readonly #timing: Timing;
  readonly #peers = new Map<MemberId, Peer>();

  constructor(timing: Timing) {
    this.#timing = timing;
  }

  /** Follows exactly these ids; a new one counts as heard now. */
  follow(ids: ReadonlySet<MemberId>, nowMs: number): void {
    for (const id of this.#peers.keys()) if (!ids.has(id)) this.#peers.delete(id);
    for (const id of ids) if (!this.#peers.has(id)) this.#peers.set(id, { heardMs: nowMs, closed: false, last: undefined });
  }

  heard(id: MemberId, nowMs: number, heartbeat?: Heartbeat): void {
    const peer = this.#peers.get(id);
    if (peer === undefined) return;
    peer.heardMs = nowMs;
    peer.closed = false;
    if (heartbeat !== undefined) peer.last = heartbeat;
  }

  /** A closed or refused connection is a reason to suspect at once, until something is heard again. */
  closed(id: MemberId): void {
    const peer = this.#peers.get(id);
    if (peer !== undefined) peer.closed = true;
  }

  /** The own loop was late: silence of that time is nobody's fault. */
  forgive(delayMs: number, nowMs: number): void {
    for (const peer of this.#peers.values()) peer.heardMs = Math.min(nowMs, peer.heardMs + delayMs);
  }

  suspects(id: MemberId, nowMs: number): boolean {
    const peer = this.#peers.get(id);
    return peer === undefined || peer.closed || nowMs - peer.heardMs >= this.#timing.suspectMs;
  }

  /** Whether a heartbeat came from it, ever and lately. */
  hears(id: MemberId, nowMs: number): boolean {
    return this.#peers.get(id)?.last !== undefined && !this.suspects(id, nowMs);
  }

  last(id: MemberId): Heartbeat | undefined {
    return this.#peers.get(id)?.last;
  }

  /** Whether it said last that it has installed a view. */
  isMember(id: MemberId): boolean {
    return (this.#peers.get(id)?.last?.epoch ?? 0) > 0;
  }

  heardIds(nowMs: number): MemberId[] {
    return [...this.#peers.keys()].filter((id) => this.hears(id, nowMs));
  }
}
