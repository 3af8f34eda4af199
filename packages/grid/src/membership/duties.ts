import type { AuthorityRequest, Registration } from '../authority/authority.ts';
import type { MemberId, ViewBody } from '../protocol/types.ts';
import type { Identity } from './data-port.ts';
import { abandoned, type Evidence } from './eviction.ts';
import { coordinatorOf } from './rebalance.ts';
import { Requests } from './requests.ts';
import type { MembershipWorld } from './world.ts';

/** What a member asks of the authority again and again, each at its time and never twice at once. */
export class Duties {
  readonly requests: Requests;
  readonly #world: MembershipWorld;
  readonly #registration: Registration;
  readonly #evidence: Evidence;
  #registerDueMs = 0;
  #beatDueMs = 0;
  #readDueMs = 0;

  constructor(world: MembershipWorld, registration: Registration, evidence: Evidence) {
    this.#world = world;
    this.#registration = registration;
    this.#evidence = evidence;
    this.requests = new Requests(evidence.timing.requestMs);
  }

  ask(request: AuthorityRequest, nowMs: number): number {
    const number = this.requests.add(request, nowMs);
    this.#world.request(number, request);
    return number;
  }

  registerFrom(dueMs: number): void {
    this.#registerDueMs = dueMs;
  }

  beatFrom(dueMs: number): void {
    this.#beatDueMs = dueMs;
  }

  register(knownEpoch: number, nowMs: number): void {
    if (nowMs < this.#registerDueMs || this.requests.pending('register', nowMs)) return;
    this.#registerDueMs = nowMs + this.#evidence.timing.beatMs;
    this.ask({ kind: 'register', registration: this.#registration, knownEpoch }, nowMs);
  }

  beat(identity: Identity, knownEpoch: number, nowMs: number): void {
    if (nowMs < this.#beatDueMs || this.requests.pending('beat', nowMs)) return;
    this.#beatDueMs = nowMs + this.#evidence.timing.beatMs;
    this.ask({ kind: 'beat', ...identity, heard: this.#evidence.peers.heardIds(nowMs), knownEpoch }, nowMs);
  }

  read(knownEpoch: number, nowMs: number): void {
    if (this.requests.pending('read', nowMs)) return;
    this.#readDueMs = nowMs + this.#evidence.timing.watchMs;
    this.ask({ kind: 'read', knownEpoch }, nowMs);
  }

  /** Beats bring the rows every second; that is not enough for a starter (`view` undefined), nor while somebody may be dead. */
  watch(view: ViewBody | undefined, self: MemberId, knownEpoch: number, nowMs: number): void {
    if (nowMs < this.#readDueMs) return;
    const { peers, observation, timing } = this.#evidence;
    const troubled = (id: MemberId) => peers.suspects(id, nowMs) || observation.frozenMs(id, nowMs) > timing.beatMs * 2;
    if (view?.members.every(({ id }) => id === self || !troubled(id)) !== true) this.read(knownEpoch, nowMs);
  }

  /** The coordinator sweeps rows that nobody will use again. */
  forget(view: ViewBody, self: MemberId, nowMs: number): void {
    if (coordinatorOf(view) !== self || this.requests.pending('forget', nowMs)) return;
    const rows = abandoned(view, this.#evidence, nowMs);
    if (rows.length > 0) this.ask({ kind: 'forget', rows, knownEpoch: view.epoch }, nowMs);
  }
}
