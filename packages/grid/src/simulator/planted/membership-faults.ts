import { Decisions, type Standing } from '../../membership/decisions.ts';
import type { Evidence } from '../../membership/eviction.ts';
import { Grants } from '../../membership/lease.ts';
import { Observation } from '../../membership/observation.ts';
import type { ChangeRequest } from '../../membership/proposer.ts';
import { soloView, withoutMembers } from '../../membership/rebalance.ts';
import { Peers } from '../../membership/suspicion.ts';
import { Tenure } from '../../membership/tenure.ts';

/** The lease is counted on the wall clock. */
export class WallClockTenure extends Tenure {
  #skewMs = 0;
  #skewAtBeatMs = 0;
  #ticking = false;

  override tick(nowMs: number, wallMs: number): { readonly lateMs: number; readonly slept: boolean } {
    this.#skewMs = wallMs - nowMs;
    this.#ticking = true;
    const { lateMs } = super.tick(nowMs, wallMs);
    this.#ticking = false;
    return { lateMs, slept: false };
  }

  override accepted(sentAtMs: number, nowMs: number): void {
    this.#skewAtBeatMs = this.#skewMs;
    super.accepted(sentAtMs, nowMs);
  }

  override suspend(): void {
    if (!this.#ticking) super.suspend();
  }

  override holds(...[view, self, changing, nowMs]: Parameters<Tenure['holds']>): boolean {
    return super.holds(view, self, changing, nowMs + this.#skewMs - this.#skewAtBeatMs);
  }
}

/** The lease is counted from the answer to the beat. */
export class LeaseFromAnswer extends Tenure {
  override accepted(_sentAtMs: number, nowMs: number): void {
    super.accepted(nowMs, nowMs);
  }
}

/** Grants are given and counted whatever epoch the other side has. */
export class GrantsAcrossEpochs extends Grants {
  override ofSameEpoch(): boolean {
    return true;
  }
}

/** A beat counts as frozen over a time in which nobody read it. */
export class ObservesOverGaps extends Observation {
  protected override broken(): boolean {
    return false;
  }
}

/** Whoever wants to join is taken for a stranger, though it may have been a member a moment ago. */
export class ForgetsFormerMembers extends Peers {
  override isMember(): boolean {
    return false;
  }
}

/** A starter that sees nobody makes itself the only member. */
export class ElectsItself extends Decisions {
  readonly #seen: Evidence;

  constructor(evidence: Evidence) {
    super(evidence);
    this.#seen = evidence;
  }

  override next(standing: Standing, nowMs: number): ChangeRequest | undefined {
    const { self, view, isMember } = standing;
    const row = this.#seen.observation.rows.get(self);
    if (isMember || view === undefined || row === undefined || !view.members.every(({ id }) => this.#seen.peers.suspects(id, nowMs)))
      return super.next(standing, nowMs);
    return { kind: 'change', expectedEpoch: view.epoch, view: soloView(view.timeline, view.epoch + 1, row), gone: [], revoked: [] };
  }
}

/** After a death the last owner in line becomes primary, whether it holds the segment or not. */
export class PromotesStaleBackup extends Decisions {
  override next(standing: Standing, nowMs: number): ChangeRequest | undefined {
    const change = super.next(standing, nowMs);
    if (change === undefined || change.gone.length === 0 || standing.view === undefined) return change;
    return { ...change, view: { ...change.view, table: change.view.table.map((owners) => owners.toReversed()) } };
  }
}

/** Members that a verdict cut off are taken out at once, without waiting until their leases have ended. */
export class EvictsWithoutWaiting extends Decisions {
  readonly #seen: Evidence;

  constructor(evidence: Evidence) {
    super(evidence);
    this.#seen = evidence;
  }

  override next(standing: Standing, nowMs: number): ChangeRequest | undefined {
    const { view, isMember, self } = standing;
    const revoked = view?.members.filter(({ id, state }) => state === 'revoked' && id !== self) ?? [];
    if (!isMember || view === undefined || revoked.length === 0) return super.next(standing, nowMs);
    const gone = revoked.map(({ id }) => ({ id, beat: this.#seen.observation.rows.get(id)?.beat ?? -1 }));
    return { kind: 'change', expectedEpoch: view.epoch, view: withoutMembers(view, new Set(gone.map(({ id }) => id))), gone, revoked: [] };
  }
}
