import type { Labels } from '../protocol/types.ts';

/** Positions of one member in the tree of locations; equal numbers mean the same place. */
export interface Place {
  readonly site: number;
  readonly rack: number;
  readonly machine: number;
}

/** Numbers the places of all members; a rack lies within its site, a machine within its rack. A missing label is a place like any other. */
export function placesOf(labels: readonly Labels[]): Place[] {
  const numbers = new Map<string, number>();
  const numberOf = (...path: (string | undefined)[]): number => {
    const name = JSON.stringify(path.map((part) => part ?? null));
    const known = numbers.get(name);
    if (known !== undefined) return known;
    numbers.set(name, numbers.size);
    return numbers.size - 1;
  };
  return labels.map(({ site, rack, machine }) => ({
    site: numberOf(site),
    rack: numberOf(site, rack),
    machine: numberOf(site, rack, machine),
  }));
}

/** Distinct sites, then racks, then machines, as one comparable number. */
export function diversity(places: readonly Place[], set: readonly number[]): number {
  let sites = 0;
  let racks = 0;
  let machines = 0;
  for (let index = 0; index < set.length; index += 1) {
    const place = places[set[index] as number] as Place;
    let site = 1;
    let rack = 1;
    let machine = 1;
    for (let before = 0; before < index; before += 1) {
      const other = places[set[before] as number] as Place;
      if (other.site === place.site) site = 0;
      if (other.rack === place.rack) rack = 0;
      if (other.machine === place.machine) machine = 0;
    }
    sites += site;
    racks += rack;
    machines += machine;
  }
  return sites * 10_000 + racks * 100 + machines;
}
