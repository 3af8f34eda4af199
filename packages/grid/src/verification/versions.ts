import { firstReversal, type Timed } from './order.ts';

/** A version that somebody was shown: (epoch, sequence) as the grid counts them. */
export interface VersionObservation extends Timed {
  readonly epoch: number;
  readonly sequence: number;
}

const notOlder = (earlier: VersionObservation, later: VersionObservation): boolean =>
  later.epoch > earlier.epoch || (later.epoch === earlier.epoch && later.sequence >= earlier.sequence);

/** Whoever reads later sees no older version (D6 from outside); for one key that is never removed. One sentence for each breach. */
export function checkMonotoneVersions(observations: readonly VersionObservation[]): string[] {
  const reversal = firstReversal(observations, notOlder);
  if (reversal === undefined) return [];
  const { earlier, later } = reversal;
  return [
    `version ${later.epoch}.${later.sequence} was read at ${later.calledAt.toFixed(1)} after version ${earlier.epoch}.${earlier.sequence} had been read until ${earlier.returnedAt.toFixed(1)}`,
  ];
}
