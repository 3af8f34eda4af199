import type { AuthorityAnswer } from '../authority/authority.ts';
import type { MemberId, ViewBody } from '../protocol/types.ts';
import type { Identity, MembershipPort } from './data-port.ts';
import { Fence } from './fence.ts';
import type { Heartbeat, MembershipMessage } from './messages.ts';
import { assemble, type Parts } from './parts.ts';
import { nobodyStays } from './rebalance.ts';
import type { SentRequest } from './requests.ts';
import { isNewer, nothingStored, outdated, storedAfter } from './timeline.ts';
import type { MembershipOptions, MembershipWorld } from './world.ts';

export { tickMs } from './clock-watch.ts';

export type Stage = 'idle' | 'registering' | 'joining' | 'member' | 'stopped';

/**
 * One member's part in the cluster: a synchronous state machine. Events and the own monotonic clock (`nowMs`) go in, calls on the world and on
 * the data side come out. It reads no clock, sets no timer and knows no socket.
 */
export class Membership implements MembershipPort {
  readonly #options: MembershipOptions;
  readonly #world: MembershipWorld;
  readonly #parts: Parts;
  #stage: Stage = 'idle';
  #identity: Identity | undefined;
  /** Greatest view seen, whether it contains this member or not. */
  #view: ViewBody | undefined;
  #confirmed = 0;
  #leaving = false;
  readonly #fence = new Fence();
  #changeNumber = 0;
  #lastRowsNumber = 0;
  #stored = nothingStored;
  #heartbeatDueMs = 0;

  constructor(options: MembershipOptions) {
    this.#options = options;
    this.#world = options.world;
    this.#parts = assemble(options);
  }

  get stage(): Stage {
    return this.#stage;
  }

  get identity(): Identity | undefined {
    return this.#identity;
  }

  /** The installed view, undefined while this is no member. */
  get view(): ViewBody | undefined {
    return this.#stage === 'member' ? this.#view : undefined;
  }

  get fenced(): boolean {
    return this.#fence.up;
  }

  /** Whether this member's first transfer is done. */
  get active(): boolean {
    return this.view?.members.find(({ id }) => id === this.#identity?.id)?.state === 'active';
  }

  suspects(id: MemberId, nowMs: number): boolean {
    return this.#parts.peers.suspects(id, nowMs);
  }

  leaseEndMs(): number {
    return this.#parts.tenure.endMs(this.view, this.#identity?.id, this.#changeNumber !== 0);
  }

  mayServe(nowMs: number): boolean {
    return this.#stage === 'member' && this.#parts.tenure.holds(this.view, this.#identity?.id, this.#changeNumber !== 0, nowMs);
  }

  start(nowMs: number): void {
    this.#stage = 'registering';
    this.#parts.duties.registerFrom(nowMs);
    this.#parts.duties.register(this.#epoch, nowMs);
  }

  /** `wallMs` is compared with `nowMs` only to find out that the machine slept. */
  tick(nowMs: number, wallMs: number): void {
    if (this.#stage === 'idle' || this.#stage === 'stopped') return;
    const { lateMs, slept } = this.#parts.tenure.tick(nowMs, wallMs);
    if (lateMs > 0) this.#parts.peers.forgive(lateMs, nowMs);
    if (slept) this.#parts.duties.beatFrom(nowMs);
    if (this.#stage === 'registering' || this.#identity === undefined) this.#parts.duties.register(this.#epoch, nowMs);
    else {
      this.#parts.duties.beat(this.#identity, this.#epoch, nowMs);
      this.#parts.duties.watch(this.view, this.#identity.id, this.#epoch, nowMs);
      if (nowMs >= this.#heartbeatDueMs) this.#heartbeat(nowMs);
      this.#decide(nowMs);
      if (this.view !== undefined) this.#parts.duties.forget(this.view, this.#identity.id, nowMs);
      if (this.#leaving && this.#nobodyStays()) this.leaveNow(nowMs);
    }
    this.#reportFence(nowMs);
  }

  confirm(epoch: number, nowMs: number): void {
    if (this.view?.epoch !== epoch || this.#confirmed === epoch) return;
    this.#confirmed = epoch;
    this.#heartbeat(nowMs);
  }

  /** Asks to be handed over; ends with the event `left`. Alone or not yet a member it leaves at once. */
  leave(nowMs: number): void {
    this.#leaving = true;
    if (this.#identity === undefined || this.#nobodyStays()) {
      this.leaveNow(nowMs);
      return;
    }
    this.#parts.duties.ask({ kind: 'leave', ...this.#identity, remove: false, knownEpoch: this.#epoch }, nowMs);
    this.#heartbeat(nowMs);
  }

  #nobodyStays(): boolean {
    return this.#identity === undefined || nobodyStays(this.view, this.#identity.id, this.#parts.observation.rows);
  }

  /** Gives everything up without a hand-over; the others take over from their copies as soon as they see that the row is gone. */
  leaveNow(nowMs: number): void {
    if (this.#stage === 'stopped') return;
    this.#abandon('left', nowMs);
    this.#stage = 'stopped';
    this.#world.peers([]);
    this.#reportFence(nowMs);
    this.#world.notify({ kind: 'left' });
  }

  /** A way to it is open: it need not wait for the next heartbeat to hear of this member. */
  connected(id: MemberId, nowMs: number): void {
    if (this.#stage === 'joining' || this.#stage === 'member') this.#parts.neighbours.heartbeat(this.#ownState, nowMs, [id]);
  }

  connectionClosed(id: MemberId, nowMs: number): void {
    this.#parts.peers.closed(id);
    if (this.#stage === 'member') this.#parts.duties.read(this.#epoch, nowMs);
  }

  received(from: MemberId, message: MembershipMessage, nowMs: number): void {
    if (this.#stage !== 'joining' && this.#stage !== 'member') return;
    switch (message.kind) {
      case 'heartbeat': {
        const known = this.#parts.observation.rows.has(from);
        this.#see(from, message.epoch);
        // Tells the others at the next tick, so that the news of one moment leave together.
        if (this.#parts.neighbours.answer(from, message, this.#identity?.id ?? 0, this.view, this.#changeNumber !== 0, nowMs))
          this.#heartbeatDueMs = nowMs;
        // A stranger or a leaver wants something of the rows: do not wait for the next beat.
        if (!known || message.leaving) this.#parts.duties.read(this.#epoch, nowMs);
        break;
      }
      case 'heartbeatAnswer':
        this.#see(from, message.epoch);
        this.#parts.neighbours.answered(from, message, nowMs);
        break;
      case 'view':
        this.#learn(message.view, nowMs);
        break;
      case 'viewRequest':
        if (this.view !== undefined && this.view.epoch > message.epoch) this.#world.send(from, { kind: 'view', view: this.view });
        break;
    }
    this.#decide(nowMs);
  }

  /** The answer to a request; it may be late. */
  answered(number: number, answer: AuthorityAnswer, nowMs: number): void {
    const sent = this.#parts.duties.requests.take(number);
    if (sent === undefined || this.#stage === 'stopped') return;
    // Requests are executed in order: with a later answer here, an earlier change is decided too.
    if (number >= this.#changeNumber) this.#changeNumber = 0;
    if (number > this.#lastRowsNumber) {
      this.#lastRowsNumber = number;
      this.#parts.observation.update(answer.rows, nowMs);
    }
    this.#stored = storedAfter(this.#stored, answer, nowMs);
    if (outdated(this.#view, this.#stored)) this.#parts.tenure.suspend();
    this.#settle(sent, answer, nowMs);
    if (answer.view !== null) this.#learn(answer.view, nowMs);
    this.#follow(nowMs);
    this.#decide(nowMs);
    this.#reportFence(nowMs);
  }

  /** The request failed or timed out: its outcome is unknown. */
  failed(number: number, _nowMs: number): void {
    this.#parts.duties.requests.take(number);
  }

  #settle(sent: SentRequest, answer: AuthorityAnswer, nowMs: number): void {
    const { request } = sent;
    if (request.kind === 'register' && this.#stage === 'registering' && answer.accepted) {
      this.#identity = { id: answer.id, incarnation: answer.incarnation };
      this.#stage = 'joining';
      this.#confirmed = 0;
      this.#parts.duties.beatFrom(nowMs);
      this.#parts.observation.restart();
      this.#parts.observation.update(answer.rows, nowMs);
      this.#options.data.begin(this.#identity, nowMs);
      this.#world.notify({ kind: 'joining', identity: this.#identity });
    } else if (request.kind === 'beat' && request.id === this.#identity?.id) {
      if (answer.accepted) {
        // An answer from before a fail-over proves nothing after it.
        if (!outdated(this.#view, this.#stored)) this.#parts.tenure.accepted(sent.sentAtMs, nowMs);
      } else if (outdated(this.#view, this.#stored) && (this.#stage === 'member' || answer.rows.some(({ id }) => id === request.id)))
        this.#parts.tenure.suspend();
      else this.#lose('its row is revoked or gone', nowMs);
    } else if (request.kind === 'change' && answer.accepted) {
      // Before the heartbeat that taking it over may cause: whoever hears of an unknown epoch asks for its view.
      for (const { id } of request.view.members) if (id !== this.#identity?.id) this.#world.send(id, { kind: 'view', view: request.view });
      this.#learn(request.view, nowMs);
    }
  }

  #heartbeat(nowMs: number): void {
    this.#heartbeatDueMs = nowMs + (this.#stage === 'joining' ? this.#parts.timing.watchMs : this.#parts.timing.heartbeatMs);
    this.#parts.neighbours.heartbeat(this.#ownState, nowMs);
  }

  get #ownState(): Pick<Heartbeat, 'epoch' | 'confirmed' | 'leaving' | 'timeline'> {
    return { epoch: this.view?.epoch ?? 0, confirmed: this.#confirmed, leaving: this.#leaving, timeline: this.#stored.timeline };
  }

  #follow(nowMs: number): void {
    if (this.#identity !== undefined && this.#parts.neighbours.follow(this.#identity.id, this.#view, nowMs)) this.#heartbeatDueMs = nowMs;
  }

  /** What the authority need not tell again. After a fail-over it may store something older. */
  get #epoch(): number {
    return outdated(this.#view, this.#stored) ? 0 : (this.#view?.epoch ?? 0);
  }

  /** Takes over a committed view. M1: only a greater epoch. */
  #learn(view: ViewBody, nowMs: number): void {
    const known = this.#view;
    if (!isNewer(view, known) || this.#identity === undefined) return;
    this.#view = view;
    // Until the new timeline had its first view nobody's beat was renewed: all stood still alike.
    if (known !== undefined && known.timeline !== view.timeline) this.#parts.observation.restart();
    const { id, incarnation } = this.#identity;
    const self = view.members.find((member) => member.id === id && member.incarnation === incarnation);
    // A view of a new timeline that does not stand above the own one was made by others who did not know it.
    if (self === undefined || self.state === 'revoked' || (this.#stage === 'member' && view.epoch <= (known?.epoch ?? 0))) {
      if (this.#stage !== 'member') return;
      if (this.#leaving) this.leaveNow(nowMs);
      else this.#lose(self === undefined ? 'removed from the view' : 'cut off from the others', nowMs);
      return;
    }
    if (this.#stage === 'joining') {
      this.#stage = 'member';
      this.#parts.observation.restart();
    }
    this.#parts.tenure.grants.keepOnly(new Set(view.members.map((member) => member.id)), nowMs);
    this.#parts.decisions.restart();
    this.#follow(nowMs);
    this.#options.data.install(view, nowMs);
    this.#world.notify({ kind: 'view', view });
  }

  #see(from: MemberId, epoch: number): void {
    this.#parts.tenure.grants.see(epoch);
    const known = this.#view?.epoch ?? 0;
    if (epoch > known) this.#world.send(from, { kind: 'viewRequest', epoch: known });
  }

  #lose(reason: string, nowMs: number): void {
    this.#abandon(reason, nowMs);
    this.#stage = 'registering';
    this.#parts.duties.registerFrom(nowMs + this.#parts.timing.watchMs);
    this.#reportFence(nowMs);
    this.#world.notify({ kind: 'lost', reason });
    if (this.#leaving) this.leaveNow(nowMs);
  }

  /** Fences first; only then may the row vanish, which lets the others go on without waiting for the lease. */
  #abandon(reason: string, nowMs: number): void {
    const identity = this.#identity;
    this.#identity = undefined;
    this.#parts.tenure.drop();
    this.#stage = 'registering';
    if (identity === undefined) return;
    this.#options.data.end(reason, nowMs);
    this.#parts.duties.ask({ kind: 'leave', ...identity, remove: true, knownEpoch: this.#epoch }, nowMs);
  }

  #reportFence(nowMs: number): void {
    const event = this.#fence.change(this.mayServe(nowMs), this.#stage === 'member');
    if (event !== undefined) this.#world.notify(event);
  }

  #decide(nowMs: number): void {
    if (this.#identity === undefined || this.#parts.duties.requests.pending('change', nowMs)) return;
    const isMember = this.#stage === 'member';
    const standing = { self: this.#identity.id, view: this.#view, isMember, confirmed: this.#confirmed, stored: this.#stored };
    const change = this.#parts.decisions.next(standing, nowMs);
    if (change !== undefined) this.#changeNumber = this.#parts.duties.ask(change, nowMs);
  }
}
