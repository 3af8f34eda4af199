import type { MemberId, ViewBody } from '../protocol/types.ts';

/** One life of one process as a member. A member that lost its place and comes back gets a new id and incarnation. */
export interface Identity {
  readonly id: MemberId;
  readonly incarnation: number;
}

/**
 * What membership tells the data side. All calls are synchronous and come in this order within one life:
 * `begin`, then `install` with strictly growing epochs (M1), then at most one `end`; after that a new `begin` may follow.
 *
 * Every installed view contains this member. Preference lists carry up to three owners and a cache with k owners uses the first k, so after
 * a death an owner may stand among the first k without holding the data yet: it must pull before it confirms COPY.
 * While the phase is COPY a later epoch may carry another target; while it is SWITCH only dead members vanish from both tables.
 * A segment whose owners all died starts empty at its new owners.
 */
export interface DataPort {
  /** A new life begins: drop everything volatile that an earlier one held. */
  begin(identity: Identity, nowMs: number): void;
  install(view: ViewBody, nowMs: number): void;
  /** Membership is lost or was given up: operations under way end in outcome-unknown, nothing may be served any more. */
  end(reason: string, nowMs: number): void;
}

/** What the data side asks of membership. */
export interface MembershipPort {
  /**
   * "At this epoch this member has everything that its phase needs": COPY: all entries of segments that it gains in the target are here;
   * SWITCH: the view is installed and no operation of the older read owners can be answered by this member any more.
   * Confirmations for other epochs than the installed one are ignored. STABLE needs none.
   */
  confirm(epoch: number, nowMs: number): void;
  /** Serve rule: do the work, then ask this in the same synchronous stretch, then reply. */
  mayServe(nowMs: number): boolean;
}
