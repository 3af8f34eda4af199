import type { MemberId, ViewBody } from '../../protocol/types.ts';
import type { MemberRow } from '../authority.ts';
import { type Ask, type Ballot, compareBallots, isLater, keyOf, type Proposal, type Verdict, type Vote } from './messages.ts';

const maxDropped = 256;
const maxRows = 256;

export interface AcceptorOptions {
  /** Addresses of all processes that may ever be members. */
  readonly listed: ReadonlySet<string>;
  /** A row that was renewed here so lately may hold a lease. */
  readonly leaseMs: number;
}

/**
 * One voter's memory. It dies with the process, and may: whoever comes back votes under another id, so that no promise is ever broken by
 * somebody who forgot it. For each view its members decide one successor, by Paxos in two phases.
 */
export class Acceptor {
  readonly #options: AcceptorOptions;
  #id: MemberId = 0;
  #view: ViewBody | null = null;
  #timeline = 0;
  readonly #rows = new Map<MemberId, MemberRow>();
  readonly #renewedMs = new Map<MemberId, number>();
  /** Which lineage a row may join, by its own word: it gives that once. */
  readonly #lineages = new Map<MemberId, number>();
  readonly #dropped = new Set<MemberId>();
  #promised: Ballot | null = null;
  #accepted: { readonly ballot: Ballot; readonly proposal: Proposal } | null = null;
  #acceptedMs = 0;
  /** When this voter learned of the present view. */
  #learnedMs = 0;
  /** Until then the member of this life may serve, as soon as it hears of a view that it is in. */
  #leaseEndMs = Number.NEGATIVE_INFINITY;
  /** Members whose end may be decided already: nothing is renewed for them until it is clear. */
  readonly #doubtful = new Set<MemberId>();

  constructor(options: AcceptorOptions) {
    this.#options = options;
  }

  get id(): MemberId {
    return this.#id;
  }

  get view(): ViewBody | null {
    return this.#view;
  }

  get timeline(): number {
    return this.#timeline;
  }

  /** What this voter accepted so long ago that its proposer may have died over it. */
  undecided(forMs: number, nowMs: number): Proposal | undefined {
    return this.#accepted !== null && nowMs - this.#acceptedMs >= forMs ? this.#accepted.proposal : undefined;
  }

  /** A new life: what the old one promised died with its id. */
  begin(id: MemberId): void {
    if (this.#id !== 0) this.#drop(this.#id);
    if (id !== 0) this.#leaseEndMs = Number.NEGATIVE_INFINITY;
    this.#id = id;
    this.#view = null;
    this.#forgetVote();
  }

  /** This life is over, because its lineage is, or because the others went on without it. */
  end(): void {
    this.begin(0);
  }

  /** A view of that timeline was there once; whoever begins a lineage asks all voters, and goes above it. */
  hear(timeline: number): void {
    this.#timeline = Math.max(this.#timeline, timeline);
  }

  /** A quorum of some view has renewed the own row. */
  leased(untilMs: number): void {
    this.#leaseEndMs = Math.max(this.#leaseEndMs, untilMs);
  }

  vote(ask: Ask, nowMs: number): Vote {
    const verdict = this.#judge(ask, nowMs);
    const voting = ask.kind === 'prepare' || ask.kind === 'accept';
    return {
      id: this.#id,
      verdict,
      view: this.#view,
      timeline: this.#timeline,
      rows: [...this.#rows.values()],
      dropped: [...this.#dropped],
      accepted: voting ? this.#accepted : null,
      promised: voting ? this.#promised : null,
    };
  }

  /** A decided view. Whoever is not in it is out. */
  learn(view: ViewBody, nowMs: number): void {
    if (this.#id === 0 || !isLater(view, this.#view)) return;
    this.#learnedMs = nowMs;
    const ids = new Set(view.members.map(({ id }) => id));
    for (const { id } of this.#view?.members ?? []) if (!ids.has(id)) this.#drop(id);
    for (const { id, state } of view.members) {
      const row = this.#rows.get(id);
      if (row !== undefined && state === 'revoked') this.#rows.set(id, { ...row, state: 'revoked' });
    }
    this.#forgetVote();
    if (ids.has(this.#id)) {
      this.#view = view;
      this.#timeline = Math.max(this.#timeline, view.timeline);
    } else if (this.#view !== null) this.end();
  }

  #judge(ask: Ask, nowMs: number): Verdict {
    switch (ask.kind) {
      case 'read':
        return 'ok';
      case 'row':
        return this.#renew(ask.row, ask.lineage, nowMs);
      case 'drop':
        this.#drop(ask.id);
        return 'ok';
      case 'forget':
        // Somebody may take a member of a view that it does not know yet for a stranger: that ends nobody.
        for (const { id, beat } of ask.rows) if (this.#rows.get(id)?.beat === beat && !this.#isMember(id)) this.#forget(id);
        return 'ok';
      case 'decided':
        this.learn(ask.view, nowMs);
        return 'ok';
      case 'prepare': {
        if (!this.#votesOn(ask.base, nowMs) || compareBallots(ask.ballot, this.#promised) <= 0) return 'refused';
        if (this.#accepted === null && !this.#holds(ask.proposal, nowMs)) return 'refused';
        this.#promised = ask.ballot;
        return 'ok';
      }
      case 'accept': {
        if (!this.#votesOn(ask.base, nowMs) || compareBallots(ask.ballot, this.#promised) < 0) return 'refused';
        if (!this.#holds(ask.proposal, nowMs)) {
          if (ask.adopted) for (const { id } of ask.proposal.gone) this.#doubtful.add(id);
          return 'refused';
        }
        this.#promised = ask.ballot;
        if (this.#accepted === null) this.#acceptedMs = nowMs;
        this.#accepted = { ballot: ask.ballot, proposal: ask.proposal };
        for (const { id } of ask.proposal.gone) this.#doubtful.add(id);
        return 'ok';
      }
    }
  }

  #renew(row: MemberRow, lineage: number, nowMs: number): Verdict {
    const known = this.#rows.get(row.id);
    const foreign = known !== undefined && keyOf(known.address) !== keyOf(row.address);
    if (this.#dropped.has(row.id) || known?.state === 'revoked' || foreign) return 'gone';
    if (!this.#options.listed.has(keyOf(row.address)) || (known === undefined && this.#rows.size >= maxRows)) return 'refused';
    // Renewals count under the view that they are made in: once a successor may be decided, only that can renew.
    if (this.#doubtful.has(row.id) || this.#accepted !== null) return 'busy';
    if (known !== undefined && known.beat > row.beat) return 'ok';
    this.#rows.set(row.id, row);
    this.#lineages.set(row.id, Math.max(lineage, this.#lineages.get(row.id) ?? 0));
    this.#renewedMs.set(row.id, nowMs);
    return 'ok';
  }

  /**
   * Only members of the very view that the vote is about, once they know it; of no view, only whoever knows none and holds no lease: it may be in a
   * view that it has yet to hear of, and serve in it then.
   */
  #votesOn(base: ViewBody | null, nowMs: number): boolean {
    if (base === null) return this.#view === null && nowMs >= this.#leaseEndMs;
    this.learn(base, nowMs);
    if (this.#view === null) return false;
    return this.#view.timeline === base.timeline && this.#view.epoch === base.epoch;
  }

  /** Nobody's lease that this voter has renewed since is cut short, and whoever is let in is there and has been in no other lineage. */
  #holds({ view, gone, admitted }: Proposal, nowMs: number): boolean {
    const ended = (id: MemberId, beat: number) => {
      const row = this.#rows.get(id);
      return row === undefined || row.beat <= beat || nowMs - (this.#renewedMs.get(id) ?? nowMs) >= this.#options.leaseMs;
    };
    // A lease may rest on voters of the view before, who are none any more; it has ended by then.
    const settled = nowMs - this.#learnedMs >= this.#options.leaseMs;
    return (
      gone.every(({ id, beat }) => this.#dropped.has(id) || (settled && ended(id, beat))) &&
      admitted.every((id) => this.#rows.get(id)?.state === 'alive' && this.#lineages.get(id) === view.timeline)
    );
  }

  #isMember(id: MemberId): boolean {
    return this.#view?.members.some((member) => member.id === id) === true;
  }

  #forget(id: MemberId): void {
    this.#rows.delete(id);
    this.#lineages.delete(id);
    this.#renewedMs.delete(id);
  }

  #drop(id: MemberId): void {
    this.#forget(id);
    this.#dropped.add(id);
    for (const oldest of this.#dropped) {
      if (this.#dropped.size <= maxDropped) break;
      this.#dropped.delete(oldest);
    }
  }

  #forgetVote(): void {
    this.#promised = null;
    this.#accepted = null;
    this.#doubtful.clear();
  }
}
