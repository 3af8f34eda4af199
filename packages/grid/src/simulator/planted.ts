import type { PlantedFault as DataFault } from '../data/node.ts';
import type { MembershipFault } from '../membership/faults.ts';

/** Of the simulated database itself. */
export type DatabaseFault = 'epoch-unchecked';
export type PlantedFault = DataFault | MembershipFault | DatabaseFault;

/** Handed to the cores of every simulated process. */
export interface PlantedFaults {
  readonly membership: ReadonlySet<MembershipFault>;
  readonly data: ReadonlySet<DataFault>;
  readonly database: ReadonlySet<DatabaseFault>;
}

const dataFaults = {
  'answer-before-backups': 'a write is answered before its backups have it',
  'retry-without-operation-id': 'a retry carries a new operation id',
  'results-stay-behind': 'result records do not move with their segment',
  'read-from-any-owner': 'reads go to any owner',
  'tombstone-dropped-early': 'a removal leaves no trace while data moves',
  'no-epoch-check-on-replicate': 'a backup takes writes of an older epoch',
  'conditional-answers-from-pending': 'an answer without effect depends on a write that is not committed',
  'demoted-keeps-tail': 'a former primary keeps writes that nobody was told of',
} as const satisfies Record<DataFault, string>;

const membershipFaults = {
  'elects-itself': 'a joiner that sees nobody makes itself the only member',
  'clock-step-trusted': 'the lease is counted on the wall clock',
  'lease-from-answer': 'the lease is counted from the answer to the beat',
  'grants-across-epochs': 'grants are given and counted whatever epoch the other side has',
  'observation-over-gap': 'a beat counts as frozen over a time in which the database was not read',
} as const satisfies Record<MembershipFault, string>;

const databaseFaults = {
  'epoch-unchecked': 'a change is swapped in against whatever epoch is stored',
} as const satisfies Record<DatabaseFault, string>;

export const plantedFaults: Readonly<Record<PlantedFault, string>> = { ...membershipFaults, ...databaseFaults, ...dataFaults };

export function planted(fault: PlantedFault | undefined): PlantedFaults | undefined {
  if (fault === undefined) return undefined;
  const none = { membership: new Set<MembershipFault>(), data: new Set<DataFault>(), database: new Set<DatabaseFault>() };
  if (isOf(dataFaults, fault)) none.data.add(fault);
  else if (isOf(databaseFaults, fault)) none.database.add(fault);
  else none.membership.add(fault);
  return none;
}

function isOf<Name extends PlantedFault>(faults: Readonly<Record<Name, string>>, fault: PlantedFault): fault is Name {
  return fault in faults;
}
