import type { AuthorityAnswer } from '../authority/authority.ts';
import type { MemberId, ViewBody } from '../protocol/types.ts';
import type { Evidence } from './eviction.ts';
import type { ChangeRequest } from './proposer.ts';
import { proposers } from './rebalance.ts';

/** Forgotten views had smaller numbers than this above the last one that is known. */
export const epochsPerTimeline = 1_000;

/** What the authority said last. */
export interface Stored {
  /** 0 = there is no view yet; undefined = not asked yet. */
  readonly epoch: number | undefined;
  /** The server's; 0 = it shows none. */
  readonly timeline: number;
  /** When this member first read from that timeline. */
  readonly timelineSinceMs: number;
}

export const nothingStored: Stored = { epoch: undefined, timeline: 0, timelineSinceMs: Number.POSITIVE_INFINITY };

/** Answers may be late: an older timeline than the greatest seen is history. */
export function storedAfter(before: Stored, { epoch, timeline }: AuthorityAnswer, nowMs: number): Stored {
  if (timeline < before.timeline) return before;
  return { epoch, timeline, timelineSinceMs: timeline === before.timeline ? before.timelineSinceMs : nowMs };
}

/** M1, over timelines too. */
export function isNewer(view: ViewBody, known: ViewBody | undefined): boolean {
  return known === undefined || view.timeline > known.timeline || (view.timeline === known.timeline && view.epoch > known.epoch);
}

/** The database failed over since this view was stored, and may have forgotten views that came after it. */
export function outdated(view: ViewBody | undefined, stored: Stored): boolean {
  return view !== undefined && view.timeline !== 0 && stored.timeline > view.timeline;
}

/**
 * The first epoch on a new timeline: the greatest view that its members know wins, whatever the database remembers. Until it is stored nobody's
 * beat renews. It is stored at once when every member of it confirms that it knows no greater one and holds no lease of the old timeline any more;
 * with a majority only when every lease and grant of the old timeline has ended, whoever held them; with fewer, after twice that time.
 * Why a majority of older views is not asked for stands in docs/adr/0005-first-view-on-a-new-timeline.md.
 */
export class Reestablishment {
  readonly #evidence: Evidence;
  #sinceMs: number | undefined;

  constructor(evidence: Evidence) {
    this.#evidence = evidence;
  }

  next(view: ViewBody, self: MemberId, stored: Stored, nowMs: number): ChangeRequest | undefined {
    const { peers, timing } = this.#evidence;
    const confirms = (id: MemberId): boolean => {
      const last = peers.last(id);
      return id === self || (!peers.suspects(id, nowMs) && last?.epoch === view.epoch && last.timeline === stored.timeline);
    };
    const confirming = view.members.filter(({ id }) => confirms(id));
    const waitMs = (timing.leaseMs + timing.graceMs) * timing.margin;
    const passedMs = nowMs - stored.timelineSinceMs;
    const enough =
      confirming.length === view.members.length ||
      (passedMs >= waitMs && confirming.length * 2 > view.members.length) ||
      passedMs >= waitMs * 2;
    if (!enough || stored.epoch === undefined) {
      this.#sinceMs = undefined;
      return undefined;
    }
    this.#sinceMs ??= nowMs;
    const rank = proposers(view).filter(confirms).indexOf(self);
    if (rank < 0 || nowMs - this.#sinceMs < rank * timing.stepOverMs) return undefined;
    this.#sinceMs = nowMs;
    return {
      kind: 'change',
      expectedEpoch: stored.epoch,
      view: { ...view, timeline: stored.timeline, epoch: Math.max(view.epoch, stored.epoch) + epochsPerTimeline },
      gone: [],
      revoked: view.members.filter(({ state }) => state === 'revoked').map(({ id }) => id),
      restored: view.members.filter(({ state }) => state !== 'revoked'),
    };
  }
}
