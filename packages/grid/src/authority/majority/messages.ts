import type { Address, MemberId, ViewBody } from '../../protocol/types.ts';
import type { AuthorityRequest, MemberRow, ObservedBeat } from '../authority.ts';

/** Proposals of one epoch are ordered by round, then by proposer. */
export interface Ballot {
  readonly round: number;
  readonly proposer: MemberId;
}

/** A change of the view under vote, with what must hold for it. */
export interface Proposal {
  readonly view: ViewBody;
  readonly gone: readonly ObservedBeat[];
  readonly admitted: readonly MemberId[];
}

/** What one voter asks all others. `base`: the view whose members vote on its successor; null = there is none yet, all listed addresses vote. */
export type Ask =
  | { readonly kind: 'read' }
  /** The sender's own row: a beat, a registration, or that it wants to leave. */
  | {
      readonly kind: 'row';
      readonly row: MemberRow;
      /** Timeline of the only lineage that may let this row in, 0 = its member has heard of none yet. */
      readonly lineage: number;
    }
  /** The sender has fenced itself and is nobody any more. */
  | { readonly kind: 'drop'; readonly id: MemberId }
  | { readonly kind: 'forget'; readonly rows: readonly ObservedBeat[] }
  | { readonly kind: 'prepare'; readonly base: ViewBody | null; readonly ballot: Ballot; readonly proposal: Proposal }
  | {
      readonly kind: 'accept';
      readonly base: ViewBody | null;
      readonly ballot: Ballot;
      readonly proposal: Proposal;
      /** Not the proposer's own: somebody has accepted it before, so it may be decided already. */
      readonly adopted: boolean;
    }
  | { readonly kind: 'decided'; readonly view: ViewBody };

/** `gone`: whoever asks is nobody any more; `busy`: its end is under vote; `refused`: a condition or a greater ballot stands against it. */
export type Verdict = 'ok' | 'gone' | 'busy' | 'refused';

/** One shape for all asks. */
export interface Vote {
  /** Who votes, 0 = nobody yet. */
  readonly id: MemberId;
  readonly verdict: Verdict;
  /** The newest decided view that this voter is a member of. */
  readonly view: ViewBody | null;
  /** Greatest timeline of any view that this process has heard of. */
  readonly timeline: number;
  readonly rows: readonly MemberRow[];
  /** Ids that are out for good. */
  readonly dropped: readonly MemberId[];
  /** In the vote that is asked about. */
  readonly accepted: { readonly ballot: Ballot; readonly proposal: Proposal } | null;
  readonly promised: Ballot | null;
}

export type ChangeOf = Extract<AuthorityRequest, { kind: 'change' }>;

export const keyOf = ({ host, port }: Address): string => `${host}:${port}`;

export function compareBallots(left: Ballot | null, right: Ballot | null): number {
  if (left === null || right === null) return Number(left !== null) - Number(right !== null);
  return left.round - right.round || left.proposer - right.proposer;
}

/** Whether `left` was decided after `right`. */
export function isLater(left: ViewBody | null, right: ViewBody | null): boolean {
  if (left === null || right === null) return left !== null;
  return left.timeline > right.timeline || (left.timeline === right.timeline && left.epoch > right.epoch);
}
