import type { MemberId, ViewBody } from '../protocol/types.ts';
import type { Evidence } from './eviction.ts';
import { nextJoinStep } from './join.ts';
import { type ChangeRequest, Proposer } from './proposer.ts';
import { outdated, Reestablishment, type Stored } from './timeline.ts';

/** What this member knows of itself and of the view. */
export interface Standing {
  readonly self: MemberId;
  /** Greatest view seen. */
  readonly view: ViewBody | undefined;
  readonly isMember: boolean;
  /** Last epoch that its own data side confirmed. */
  readonly confirmed: number;
  readonly stored: Stored;
}

/** Which change of the view this member should ask for now: as a starter, as a member, or after a fail-over of the database. */
export class Decisions {
  readonly #evidence: Evidence;
  readonly #proposer: Proposer;
  readonly #reestablishment: Reestablishment;

  constructor(evidence: Evidence) {
    this.#evidence = evidence;
    this.#proposer = new Proposer(evidence);
    this.#reestablishment = new Reestablishment(evidence);
  }

  /** A new view was installed. */
  restart(): void {
    this.#proposer.restart();
  }

  next(standing: Standing, nowMs: number): ChangeRequest | undefined {
    const { self, view, isMember, confirmed, stored } = standing;
    if (!isMember || view === undefined) return nextJoinStep(view, self, this.#evidence, stored, nowMs);
    if (outdated(view, stored)) return this.#reestablishment.next(view, self, stored, nowMs);
    return this.#proposer.next(view, self, confirmed, nowMs);
  }
}
