import type { MemberId, ViewBody } from '../protocol/types.ts';
import type { Grants } from './lease.ts';
import type { Heartbeat, HeartbeatAnswer } from './messages.ts';
import type { Observation } from './observation.ts';
import type { Peers } from './suspicion.ts';
import type { Timing } from './timing.ts';
import type { MembershipWorld, PeerAddress } from './world.ts';

const maxFollowed = 64;

export interface NeighbourParts {
  readonly world: MembershipWorld;
  readonly timing: Timing;
  readonly peers: Peers;
  readonly grants: Grants;
  readonly observation: Observation;
}

/** Talks with the other members: whom to connect to, heartbeats out, answers and grants back. */
export class Neighbours {
  readonly #parts: NeighbourParts;
  #followed = '';
  #ids: readonly MemberId[] = [];

  constructor(parts: NeighbourParts) {
    this.#parts = parts;
  }

  /** Members of the view, and those who want to become one. True if there are others than before: they wait to be told who is heard. */
  follow(self: MemberId, view: ViewBody | undefined, nowMs: number): boolean {
    const { world, peers, observation } = this.#parts;
    const wanted = new Map<MemberId, PeerAddress>();
    for (const peer of [...(view?.members ?? []), ...observation.rows.values()]) {
      if (peer.id !== self && wanted.size < maxFollowed)
        wanted.set(peer.id, { id: peer.id, incarnation: peer.incarnation, name: peer.name, address: peer.address });
    }
    this.#ids = [...wanted.keys()].sort((left, right) => left - right);
    const followed = `${self}:${this.#ids.join()}`;
    if (followed === this.#followed) return false;
    this.#followed = followed;
    peers.follow(new Set(this.#ids), nowMs);
    world.peers([...wanted.values()]);
    return true;
  }

  /** To all followed, or only to one of them that was just reached. */
  heartbeat(
    state: Pick<Heartbeat, 'epoch' | 'confirmed' | 'leaving' | 'timeline'>,
    nowMs: number,
    to: readonly MemberId[] = this.#ids,
  ): void {
    const { world, peers } = this.#parts;
    const heartbeat: Heartbeat = { kind: 'heartbeat', ...state, sentAtMs: nowMs, heard: peers.heardIds(nowMs) };
    for (const id of to) world.send(id, heartbeat);
  }

  /** `changing`: an own proposal is under way, so nothing may be promised. True if it was not heard before, which is news for the others. */
  answer(from: MemberId, heartbeat: Heartbeat, self: MemberId, view: ViewBody | undefined, changing: boolean, nowMs: number): boolean {
    const { world, peers, grants } = this.#parts;
    const before = peers.hears(from, nowMs);
    peers.heard(from, nowMs, heartbeat);
    const granted =
      !changing && view !== undefined && grants.ofSameEpoch(heartbeat.epoch, view.epoch) && this.#mayGrant(from, self, view, nowMs);
    if (granted) grants.give(from, nowMs);
    world.send(from, { kind: 'heartbeatAnswer', epoch: view?.epoch ?? 0, echoMs: heartbeat.sentAtMs, granted });
    return !before && peers.hears(from, nowMs);
  }

  answered(from: MemberId, answer: HeartbeatAnswer, nowMs: number): void {
    const { peers, grants } = this.#parts;
    peers.heard(from, nowMs);
    if (answer.granted) grants.receive(from, answer.epoch, answer.echoMs);
  }

  /** Only while everybody of the epoch is heard. */
  #mayGrant(to: MemberId, self: MemberId, view: ViewBody, nowMs: number): boolean {
    const { peers, observation, timing } = this.#parts;
    if (observation.frozenMs(to, nowMs) >= timing.stopGrantingMs) return false;
    if (!view.members.some(({ id, state }) => id === to && state !== 'revoked')) return false;
    return view.members.every(({ id }) => id === self || peers.hears(id, nowMs));
  }
}
