import type { AuthorityRequest, ObservedBeat } from '../authority/authority.ts';
import type { MemberId, ViewBody } from '../protocol/types.ts';
import { CutOff, departed, type Evidence } from './eviction.ts';
import { advanced, proposers, rebalanced, recordOf, withChanges, withoutMembers, withVerdict } from './rebalance.ts';

export type ChangeRequest = Extract<AuthorityRequest, { kind: 'change' }>;

interface Wanted {
  /** The same need keeps its name, so that its age is known. */
  readonly name: string;
  readonly delayMs: number;
  /** Made by the proposer alone: tables cost milliseconds. */
  readonly next: () => ViewBody;
  readonly gone?: readonly ObservedBeat[];
  readonly revoked?: readonly MemberId[];
  readonly admitted?: readonly MemberId[];
}

/**
 * Decides what change of the view is due and whether it is this member's turn to propose it: the first unsuspected member proposes at once,
 * each further one after another second of silence. Two racing proposers are sorted out by the compare-and-swap.
 */
export class Proposer {
  readonly #evidence: Evidence;
  readonly #cutOff: CutOff;
  #name = '';
  #sinceMs = 0;
  #settledEpoch = 0;

  constructor(evidence: Evidence) {
    this.#evidence = evidence;
    this.#cutOff = new CutOff(evidence.timing);
  }

  /** A new view was installed. */
  restart(): void {
    this.#name = '';
    this.#cutOff.restart();
  }

  /** `confirmed`: last epoch that this member's own data side confirmed. */
  next(view: ViewBody, self: MemberId, confirmed: number, nowMs: number): ChangeRequest | undefined {
    const wanted = this.#wanted(view, self, confirmed, nowMs);
    if (wanted === undefined) {
      this.#name = '';
      return undefined;
    }
    if (wanted.name !== this.#name) {
      this.#name = wanted.name;
      this.#sinceMs = nowMs;
    }
    const { peers, timing } = this.#evidence;
    const { gone = [], revoked = [], admitted } = wanted;
    const dead = new Set(gone.map(({ id }) => id));
    const rank = proposers(view)
      .filter((id) => id === self || !(peers.suspects(id, nowMs) || dead.has(id)))
      .indexOf(self);
    if (rank < 0 || nowMs - this.#sinceMs < wanted.delayMs + rank * timing.stepOverMs) return undefined;
    this.#sinceMs = nowMs;
    return { kind: 'change', expectedEpoch: view.epoch, view: wanted.next(), gone, revoked, admitted };
  }

  #wanted(view: ViewBody, self: MemberId, confirmed: number, nowMs: number): Wanted | undefined {
    const gone = departed(view, self, this.#evidence, nowMs);
    if (gone.length > 0) {
      const next = () => withoutMembers(view, new Set(gone.map(({ id }) => id)));
      return { name: `evict ${view.epoch}`, delayMs: 0, next, gone };
    }
    const revoked = this.#cutOff.judge(view, self, this.#evidence.observation, nowMs);
    if (revoked.length > 0) return { name: `verdict ${view.epoch}`, delayMs: 0, next: () => withVerdict(view, new Set(revoked)), revoked };
    // Everything else can wait until the revoked are out.
    if (view.members.some((member) => member.state === 'revoked')) return undefined;
    return this.#memberChanges(view, self, nowMs) ?? this.#phaseChange(view, self, confirmed);
  }

  #memberChanges(view: ViewBody, self: MemberId, nowMs: number): Wanted | undefined {
    if (view.phase === 'SWITCH') return undefined;
    const { observation, peers, timing } = this.#evidence;
    // Whoever may be dead goes first: a COPY in another direction could take their share of the copies from those who still hold them.
    if (view.members.some(({ id }) => id !== self && peers.suspects(id, nowMs))) return undefined;
    const members = new Set(view.members.map(({ id }) => id));
    const heardByMe = view.members.filter(({ id }) => id === self || peers.hears(id, nowMs)).map(({ id }) => id);
    const joiners = [...observation.rows.values()]
      .filter((row) => row.state === 'alive' && !members.has(row.id) && peers.hears(row.id, nowMs))
      // Who believes to be a member was one: it must come back as somebody new, because the results of its operations are gone.
      .filter((row) => !peers.isMember(row.id))
      // Who cannot hear the others would only be revoked again.
      .filter((row) => heardByMe.every((id) => peers.last(row.id)?.heard.includes(id)))
      .map((row) => recordOf(row, 'joining'));
    const leaving = view.members.filter(
      ({ id, state }) =>
        (state === 'active' || state === 'joining') &&
        // Asked to leave, or lost its way to the database alone: handed over while its grants still hold.
        (observation.rows.get(id)?.state === 'leaving' || (id !== self && observation.frozenMs(id, nowMs) >= timing.moveOutMs)),
    );
    if (joiners.length === 0 && leaving.length === 0) return undefined;
    const next = () => withChanges(view, joiners, new Set(leaving.map(({ id }) => id)));
    return { name: `members ${view.epoch}`, delayMs: timing.coalesceMs, next, admitted: joiners.map(({ id }) => id) };
  }

  #phaseChange(view: ViewBody, self: MemberId, confirmed: number): Wanted | undefined {
    if (view.phase === 'STABLE') {
      if (this.#settledEpoch === view.epoch) return undefined;
      const next = rebalanced(view);
      // The table is a function of the view, so one look per epoch is enough.
      if (next === undefined) this.#settledEpoch = view.epoch;
      return next && { name: `rebalance ${view.epoch}`, delayMs: this.#evidence.timing.coalesceMs, next: () => next };
    }
    // Confirmations travel with every heartbeat, so a new proposer has asked again by itself.
    const complete = view.members.every(({ id }) => (id === self ? confirmed : this.#evidence.peers.last(id)?.confirmed) === view.epoch);
    if (!complete) return undefined;
    const next = advanced(view);
    // Who was moved out must come back as somebody new: its row never beats nor joins again.
    const out = view.members.filter(({ id }) => !next.members.some((member) => member.id === id)).map(({ id }) => id);
    return { name: `phase ${view.epoch}`, delayMs: 0, next: () => next, revoked: out };
  }
}
