import type { MemberId, ViewBody } from '../protocol/types.ts';
import { allDeparted, type Evidence } from './eviction.ts';
import type { ChangeRequest } from './proposer.ts';
import { soloView } from './rebalance.ts';

/** What the authority said last. */
export interface Stored {
  /** 0 = there is no view yet; undefined = not asked yet. */
  readonly epoch: number | undefined;
  readonly timeline: number;
}

/**
 * What a starter may do about the view itself. It never makes itself a member because it saw nobody: it inserts the very first view (the loser of
 * two inserts joins), or takes over a view whose members are all proven dead. In any other case the members let it in.
 */
export function nextJoinStep(
  view: ViewBody | undefined,
  self: MemberId,
  evidence: Evidence,
  stored: Stored,
  nowMs: number,
): ChangeRequest | undefined {
  const row = evidence.observation.rows.get(self);
  if (row === undefined || stored.epoch === undefined) return undefined;
  if (stored.epoch === 0) return { kind: 'change', expectedEpoch: 0, view: soloView(stored.timeline, 1, row), gone: [], revoked: [] };
  if (view === undefined || view.epoch !== stored.epoch) return undefined;
  const gone = allDeparted(view, evidence, nowMs);
  if (gone === undefined) return undefined;
  return { kind: 'change', expectedEpoch: view.epoch, view: soloView(stored.timeline, view.epoch + 1, row), gone, revoked: [] };
}
