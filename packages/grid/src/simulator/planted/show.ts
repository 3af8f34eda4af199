import { type PlantedFault, plantedFaults } from './catalogue.ts';
import { firstCaught } from './runs.ts';

/** One line for each planted fault: by which checker it is found, and where. The exit status: 0 if all are. */
export function showPlanted(seeds: number, out: (line: string) => void): number {
  let missed = 0;
  for (const [fault, { sentence }] of Object.entries(plantedFaults)) {
    const caught = firstCaught(fault as PlantedFault, seeds);
    if (caught === undefined) missed += 1;
    out(`${fault} (${sentence}): ${caught ?? `not found in ${seeds} seeds`}`);
  }
  out(missed === 0 ? `all ${Object.keys(plantedFaults).length} planted faults are found` : `${missed} planted faults are not found`);
  return missed === 0 ? 0 : 1;
}
