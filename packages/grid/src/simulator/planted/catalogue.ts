import { AdmitsWithoutRow, BeatUnchecked, EpochUnchecked, LocksHeldByMembers } from './database-faults.ts';
import {
  ElectsItself,
  EvictsWithoutWaiting,
  ForgetsFormerMembers,
  GrantsAcrossEpochs,
  LeaseFromAnswer,
  ObservesOverGaps,
  PromotesStaleBackup,
  WallClockTenure,
} from './membership-faults.ts';
import { IgnoresOutbox, InvalidatesBeforeCommit, KeepsCacheAfterIsolation, KeepsStaleLoads } from './near-cache-faults.ts';
import {
  DemotedKeepsTail,
  ExecutesLateDuplicates,
  LeavesResultsBehind,
  PromotesWithoutTail,
  RetriesOldIds,
  RetriesUnderNewIds,
  SkipsConfirmation,
} from './operation-faults.ts';
import type { Plant } from './plant.ts';
import {
  AnswersBeforeBackups,
  AnswersFromPending,
  ChecksLeaseBeforeWork,
  DropsTombstonesEarly,
  NarrowsWritersEarly,
  ReadsFromAnyOwner,
  TakesOldWrites,
} from './replication-faults.ts';

interface Planted extends Plant {
  readonly sentence: string;
}

/** Mistakes that were made in systems like this one; each must be found by a checker. */
const catalogue = {
  'elects-itself': {
    sentence: 'a joiner that sees nobody makes itself the only member',
    membership: { Decisions: ElectsItself },
    electsItself: true,
  },
  'clock-step-trusted': { sentence: 'the lease is counted on the wall clock', membership: { Tenure: WallClockTenure } },
  'lease-from-answer': { sentence: 'the lease is counted from the answer to the beat', membership: { Tenure: LeaseFromAnswer } },
  'grants-across-epochs': {
    sentence: 'grants are given and counted whatever epoch the other side has',
    membership: { Grants: GrantsAcrossEpochs },
  },
  'observation-over-gap': {
    sentence: 'a beat counts as frozen over a time in which the database was not read',
    membership: { Observation: ObservesOverGaps },
  },
  'revoked-evicted-at-once': {
    sentence: 'members that a verdict cut off are taken out before their leases have ended',
    membership: { Decisions: EvictsWithoutWaiting },
  },
  'stale-backup-promoted': {
    sentence: 'after a death the last owner in line becomes primary, whatever it holds',
    membership: { Decisions: PromotesStaleBackup },
  },
  'admitted-from-stale-reading': {
    sentence: 'a member that was evicted is admitted again under its old id',
    membership: { Peers: ForgetsFormerMembers },
    database: AdmitsWithoutRow,
  },
  'lost-answer-is-failure': { sentence: 'an answer of the database that got lost is taken for a refusal', lostAnswerIsRefusal: true },
  'epoch-unchecked': { sentence: 'a change is swapped in against whatever epoch is stored', database: EpochUnchecked },
  'beat-unchecked': { sentence: 'an eviction does not look whether the lease was renewed meanwhile', database: BeatUnchecked },
  'lock-held-by-frozen': {
    sentence: 'a member that freezes in a transaction keeps everybody from the database',
    database: LocksHeldByMembers,
  },
  'answer-before-backups': { sentence: 'a write is answered before its backups have it', data: AnswersBeforeBackups },
  'lease-before-work': { sentence: 'the lease is checked before the work instead of after it', data: ChecksLeaseBeforeWork },
  'retry-without-operation-id': { sentence: 'a retry carries a new operation id', data: RetriesUnderNewIds },
  'results-stay-behind': { sentence: 'result records do not move with their segment', data: LeavesResultsBehind },
  'read-from-any-owner': { sentence: 'reads go to any owner', data: ReadsFromAnyOwner },
  'writers-narrowed-early': { sentence: 'in SWITCH writes go to the next owners alone', data: NarrowsWritersEarly },
  'tombstone-dropped-early': { sentence: 'a removal leaves no trace while data moves', data: DropsTombstonesEarly },
  'confirmation-skipped': { sentence: 'a phase goes on although members have not done its work', data: SkipsConfirmation },
  'no-epoch-check-on-replicate': { sentence: 'a backup takes writes of an older epoch', data: TakesOldWrites },
  'tail-not-collected': { sentence: 'a new primary does not ask for writes that it missed', data: PromotesWithoutTail },
  'conditional-answers-from-pending': {
    sentence: 'an answer without effect depends on a write that is not committed',
    data: AnswersFromPending,
  },
  'late-duplicate-executed': {
    sentence: 'a duplicate is executed after the record of its operation was pruned',
    data: ExecutesLateDuplicates,
  },
  'demoted-keeps-tail': { sentence: 'a former primary keeps writes that nobody was told of', data: DemotedKeepsTail },
  'refused-origin-retries': {
    sentence: 'an origin that lost its membership retries its old operation ids',
    data: RetriesOldIds,
  },
  'invalidation-before-commit': { sentence: 'members are told of a change before it is committed', near: InvalidatesBeforeCommit },
  'local-cache-kept': { sentence: 'what was cached before an isolation is shown after it', near: KeepsCacheAfterIsolation },
  'invalidation-lost-with-writer': { sentence: 'nobody learns of a change whose writer died after its commit', near: IgnoresOutbox },
  'stale-load-kept': { sentence: 'a load that an invalidation overtook is kept', near: KeepsStaleLoads },
} as const satisfies Record<string, Planted>;

export type PlantedFault = keyof typeof catalogue;
export const plantedFaults: Readonly<Record<PlantedFault, Planted>> = catalogue;
