import type { Random } from '../../simulator/random.ts';
import { databaseFaults } from './database-faults.ts';
import type { Fault } from './fault.ts';
import { memberFaults } from './member-faults.ts';
import { networkFaults } from './network-faults.ts';
import { statementFaults } from './statement-faults.ts';

export const faults: readonly Fault[] = [...memberFaults, ...networkFaults, ...databaseFaults, ...statementFaults];

const draws = 100;
const weight = faults.reduce((sum, fault) => sum + fault.weight, 0);

/**
 * The next one by chance, among those that so many members allow and that end in time; undefined where none does. What does not fit is drawn all
 * the same and left out, so that the order of the others does not depend on the clock.
 */
export function nextFault(random: Random, members: number, leftMs: number): Fault | undefined {
  for (let attempt = 0; attempt < draws; attempt += 1) {
    let draw = random.next() * weight;
    const fault = faults.find((each) => {
      draw -= each.weight;
      return draw < 0;
    });
    if (fault !== undefined && members >= (fault.least ?? 2) && fault.longestMs <= leftMs) return fault;
  }
  return undefined;
}
