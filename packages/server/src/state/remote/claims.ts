import type { Clock } from '../../model/clock.ts';
import type { Stores } from '../../store/stores.ts';
import { repeated } from '../database/repeated.ts';
import type { Claim } from './single-use-objects.ts';

/** Claims as rows of the database that all sites share. A row stays until what was used would be over anyway. */
export function claimInDatabase(singleUse: Stores['singleUse'], clock: Clock): Claim {
  return (key, endsAtMs) => repeated((operation) => singleUse.putIfAbsent(key, Math.ceil(endsAtMs), clock.nowMs(), operation));
}
