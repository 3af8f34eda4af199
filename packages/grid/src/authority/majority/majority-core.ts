import type { Address, MemberId, ViewBody } from '../../protocol/types.ts';
import type { AuthorityAnswer, AuthorityRequest, RowState } from '../authority.ts';
import { Acceptor } from './acceptor.ts';
import { type Ask, type Ballot, type ChangeOf, compareBallots, isLater, keyOf, type Proposal, type Vote } from './messages.ts';
import { OwnRow } from './own-row.ts';
import { lineageIsOver, newestView, rowsOf, sufficient } from './votes.ts';

export interface MajorityOptions {
  /** Where members may be; alike on all of them. */
  readonly addresses: readonly Address[];
  readonly leaseMs: number;
  /** An id that nobody else ever has. */
  newId(): MemberId;
  /** The answer comes back through `answered` with the same number, or never. Not called for this process itself. */
  ask(to: Address, number: number, ask: Ask): void;
}

/** Undefined: the outcome is unknown. */
type Done = (answer: AuthorityAnswer | undefined) => void;

/** One question to everybody and what came back. */
interface Poll {
  readonly number: number;
  readonly startedMs: number;
  readonly votes: Map<string, Vote>;
  /** Looks at the votes so far; true once it has ended. */
  readonly look: () => boolean;
  readonly expire: () => void;
}

const pollMs = 1_000;
const settleMs = 2_500;
const maxPolls = 64;

/**
 * An authority without a database: the members themselves decide, by votes of more than half of the last view (or half with its coordinator).
 * It means the same as the other authorities do: a row is renewed when a quorum has taken it, an eviction is decided by a quorum none of whose
 * members has renewed its victim since, and any two quorums of one view meet. Synchronous; the caller brings clock and network.
 */
export class MajorityCore {
  readonly #options: MajorityOptions;
  readonly #acceptor: Acceptor;
  readonly #polls = new Map<number, Poll>();
  #self: Address = { host: '', port: 0 };
  #row: OwnRow | undefined;
  #count = 0;
  #round = 0;
  #settleDueMs = 0;
  /** Whether the present row has begun to live; until then a registration that is repeated gets the same one. */
  #registered = true;
  #nowMs = 0;
  /** A view was decided by this member's proposal. */
  onDecided: (view: ViewBody, proposal: Proposal) => void = () => {};

  constructor(options: MajorityOptions) {
    this.#options = options;
    this.#acceptor = new Acceptor({ listed: new Set(options.addresses.map(keyOf)), leaseMs: options.leaseMs });
  }

  /** Somebody else's question. */
  asked(ask: Ask, nowMs: number): Vote {
    this.#nowMs = nowMs;
    const vote = this.#acceptor.vote(ask, nowMs);
    if (ask.kind === 'decided' && this.#row !== undefined && this.#row.id === this.#acceptor.id && this.#row.bind(ask.view))
      this.#tell(this.#row.asAsk());
    return vote;
  }

  answered(number: number, from: Address, vote: Vote, nowMs: number): void {
    this.#nowMs = nowMs;
    const poll = this.#polls.get(number);
    if (poll === undefined) return;
    this.#acceptor.hear(vote.timeline);
    poll.votes.set(keyOf(from), vote);
    if (poll.look()) this.#polls.delete(number);
  }

  /**
   * The member serves in this view, so its voter must know of it: members tell each other of views too, and are often faster than its proposer,
   * whose word may be lost. A voter that still knew none would help to begin another lineage beside the one that its own member serves in.
   */
  installed(view: ViewBody, nowMs: number): void {
    this.#acceptor.learn(view, nowMs);
  }

  tick(nowMs: number): void {
    this.#nowMs = nowMs;
    for (const poll of [...this.#polls.values()]) {
      if (nowMs - poll.startedMs < pollMs) continue;
      this.#polls.delete(poll.number);
      poll.expire();
    }
    this.#settle(nowMs);
  }

  /**
   * A proposal that some have accepted and nobody has decided keeps those waiting whom it takes out. Whoever accepted it finishes it, one after
   * the other in the order of the view.
   */
  #settle(nowMs: number): void {
    const { view, id } = this.#acceptor;
    const rank = view?.members.findIndex((member) => member.id === id) ?? 0;
    const proposal = this.#acceptor.undecided(settleMs + rank * pollMs, nowMs);
    if (proposal === undefined || nowMs < this.#settleDueMs) return;
    this.#settleDueMs = nowMs + settleMs;
    this.#propose({ kind: 'change', expectedEpoch: view?.epoch ?? 0, ...proposal, revoked: [] }, () => {});
  }

  /** `done` may be called at once. */
  execute(request: AuthorityRequest, nowMs: number, done: Done): void {
    this.#nowMs = nowMs;
    switch (request.kind) {
      case 'register':
        this.#register(request, done);
        return;
      case 'read':
        this.#read({ kind: 'read' }, request.knownEpoch, done);
        return;
      case 'beat':
        this.#renew(request.heard, 'alive', request.knownEpoch, done);
        return;
      case 'leave':
        this.#registered = true;
        if (request.remove) this.#read({ kind: 'drop', id: request.id }, request.knownEpoch, done);
        else this.#renew(this.#row?.heard ?? [], 'leaving', request.knownEpoch, done);
        return;
      case 'forget':
        this.#read({ kind: 'forget', rows: request.rows }, request.knownEpoch, done);
        return;
      case 'change':
        this.#propose(request, done);
    }
  }

  #register(request: Extract<AuthorityRequest, { kind: 'register' }>, done: Done): void {
    const { registration, knownEpoch } = request;
    this.#self = registration.address;
    if (this.#registered || this.#row === undefined || this.#acceptor.id !== this.#row.id) {
      this.#row = new OwnRow(this.#options.newId(), registration);
      this.#acceptor.begin(this.#row.id);
      this.#registered = false;
    }
    const row = this.#row;
    this.#poll(row.asAsk(), done, (votes) => {
      const view = newestView(votes);
      if (!this.#suffices(view, votes, () => true)) return false;
      const astray = this.#isAstray(row, view);
      if (astray && row === this.#row) this.#registered = true;
      // Once more: as somebody else, or so that all know for which lineage.
      if (astray || row.bind(view)) this.#register(request, done);
      else done({ ...this.#answer(votes, true, knownEpoch), id: row.id, incarnation: row.id });
      return true;
    });
  }

  #isAstray(row: OwnRow, newest: ViewBody | null): boolean {
    return this.#acceptor.view === null && row.isAstray(newest);
  }

  /** Told to everybody; answered once a quorum of the newest view has, or all listed addresses have while there is no view. */
  #read(ask: Ask, knownEpoch: number, done: Done): void {
    this.#poll(ask, done, (votes) => {
      const view = newestView(votes);
      if (!this.#suffices(view, votes, () => true)) return false;
      done(this.#answer(votes, true, knownEpoch));
      return true;
    });
  }

  #renew(heard: readonly MemberId[], state: RowState, knownEpoch: number, done: Done): void {
    const row = this.#row;
    this.#registered = true;
    if (row === undefined || this.#acceptor.id !== row.id) {
      // Voted out meanwhile: this life is over.
      done(this.#answer(new Map(), false, knownEpoch));
      return;
    }
    row.beat(heard, state);
    const leaseEndMs = this.#nowMs + this.#options.leaseMs;
    this.#poll(row.asAsk(), done, (votes) => {
      const view = newestView(votes);
      const gone = [...votes.values()].some(({ verdict }) => verdict === 'gone');
      const renewed = this.#suffices(view, votes, ({ verdict }) => verdict === 'ok');
      const over = gone || lineageIsOver(this.#acceptor.view, votes) || (renewed && this.#isAstray(row, view));
      const current = this.#acceptor.id === row.id;
      if (over && current) this.#acceptor.end();
      else if (!over && !renewed) return false;
      else if (view !== null && current) {
        if (row.bind(view)) this.#tell(row.asAsk());
        this.#acceptor.leased(leaseEndMs);
      }
      done(this.#answer(votes, !over, knownEpoch));
      return true;
    });
  }

  #propose(request: ChangeOf, done: Done): void {
    const base = this.#acceptor.view;
    const bound = base === null && this.#row?.lineage !== 0;
    if ((base?.epoch ?? 0) !== request.expectedEpoch || this.#acceptor.id === 0 || bound) {
      this.#read({ kind: 'read' }, request.expectedEpoch, (answer) => done(answer && { ...answer, accepted: false }));
      return;
    }
    this.#round += 1;
    const ballot: Ballot = { round: this.#round, proposer: this.#acceptor.id };
    // A first view begins a lineage that nobody can mix up with one that all have forgotten: it bears its founder's id.
    const timeline = Math.max(this.#acceptor.timeline + 1, this.#acceptor.id);
    const view = base === null ? { ...request.view, timeline } : request.view;
    const own: Proposal = { view, gone: request.gone, admitted: request.admitted ?? [] };
    this.#poll({ kind: 'prepare', base, ballot, proposal: own }, done, (votes) => {
      for (const { promised } of votes.values()) this.#round = Math.max(this.#round, promised?.round ?? 0);
      if (this.#overtaken(base, votes, request, done)) return true;
      if (base === null && this.#acceptor.timeline >= timeline) {
        // A voter has heard of a lineage that this one would not stand above.
        done(this.#answer(votes, false, request.expectedEpoch));
        return true;
      }
      if (!this.#suffices(base, votes, ({ verdict }) => verdict === 'ok')) return false;
      // Whatever may be decided already must stay so: the accepted proposal of the greatest ballot.
      const accepted = [...votes.values()].flatMap(({ accepted: each }) => each ?? []);
      const [greatest] = accepted.sort((left, right) => compareBallots(right.ballot, left.ballot));
      this.#decide(base, ballot, greatest?.proposal ?? own, greatest !== undefined, request, done);
      return true;
    });
  }

  #decide(base: ViewBody | null, ballot: Ballot, proposal: Proposal, adopted: boolean, request: ChangeOf, done: Done): void {
    this.#poll({ kind: 'accept', base, ballot, proposal, adopted }, done, (votes) => {
      if (this.#overtaken(base, votes, request, done)) return true;
      if (!this.#suffices(base, votes, ({ verdict }) => verdict === 'ok')) return false;
      const { view } = proposal;
      this.onDecided(view, proposal);
      this.#acceptor.learn(view, this.#nowMs);
      this.#tell({ kind: 'decided', view });
      // The first view is not the one that was asked for, word for word: it comes with the answer.
      done(this.#answer(votes, !adopted && base !== null, request.expectedEpoch));
      return true;
    });
  }

  /** Somebody knows a later view: nothing is left to decide here. */
  #overtaken(base: ViewBody | null, votes: ReadonlyMap<string, Vote>, request: ChangeOf, done: Done): boolean {
    const later = newestView(votes);
    if (!isLater(later, base)) return false;
    if (later !== null && base !== null) this.#acceptor.learn(later, this.#nowMs);
    done(this.#answer(votes, false, request.expectedEpoch));
    return true;
  }

  #suffices(view: ViewBody | null, votes: ReadonlyMap<string, Vote>, counts: (vote: Vote) => boolean): boolean {
    return sufficient(
      this.#options.addresses,
      view,
      [...votes].filter(([, vote]) => counts(vote)),
    );
  }

  #answer(votes: ReadonlyMap<string, Vote>, accepted: boolean, knownEpoch: number): AuthorityAnswer {
    const known = newestView(votes);
    const view = isLater(this.#acceptor.view, known) ? this.#acceptor.view : known;
    const timeline = Math.max(this.#acceptor.timeline, ...[...votes.values()].map((vote) => vote.timeline));
    return {
      accepted,
      id: 0,
      incarnation: 0,
      timeline: view?.timeline ?? timeline,
      epoch: view?.epoch ?? 0,
      view: view !== null && view.epoch > knownEpoch ? view : null,
      rows: rowsOf(votes),
    };
  }

  #poll(ask: Ask, done: Done, look: (votes: ReadonlyMap<string, Vote>) => boolean): void {
    this.#count += 1;
    const number = this.#count;
    const votes = new Map<string, Vote>();
    const poll: Poll = { number, startedMs: this.#nowMs, votes, look: () => look(votes), expire: () => done(undefined) };
    for (const oldest of this.#polls.values()) {
      if (this.#polls.size < maxPolls) break;
      this.#polls.delete(oldest.number);
      oldest.expire();
    }
    this.#polls.set(number, poll);
    votes.set(keyOf(this.#self), this.#acceptor.vote(ask, this.#nowMs));
    this.#tell(ask, number);
    if (this.#polls.has(number) && poll.look()) this.#polls.delete(number);
  }

  #tell(ask: Ask, number = 0): void {
    for (const address of this.#options.addresses) if (keyOf(address) !== keyOf(this.#self)) this.#options.ask(address, number, ask);
  }
}
