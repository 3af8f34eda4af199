import type { MemberId, ViewBody } from '../protocol/types.ts';
import { allDeparted, type Evidence } from './eviction.ts';
import type { ChangeRequest } from './proposer.ts';
import { soloView } from './rebalance.ts';
import { epochsPerTimeline, outdated, type Stored } from './timeline.ts';

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
  if (view === undefined) return undefined;
  const old = outdated(view, stored);
  if (!old && view.epoch !== stored.epoch) return undefined;
  const gone = allDeparted(view, evidence, nowMs);
  if (gone === undefined) return undefined;
  // Members that live decide first about a new timeline, see Reestablishment.
  const { timing } = evidence;
  if (old && nowMs - stored.timelineSinceMs < (timing.leaseMs + timing.graceMs) * timing.margin * 2 + timing.requestMs) return undefined;
  const epoch = old ? Math.max(view.epoch, stored.epoch) + epochsPerTimeline : view.epoch + 1;
  return { kind: 'change', expectedEpoch: stored.epoch, view: soloView(stored.timeline, epoch, row), gone, revoked: [] };
}
