import type { Labels } from '../protocol/types.ts';

/** Positions of one member in the tree of locations; equal numbers mean the same place. */
export interface Place {
  readonly site: number;
  readonly rack: number;
  readonly machine: number;
}

const byLevel: Readonly<Record<keyof Place, number>> = { site: 10_000, rack: 100, machine: 1 };

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
  return set.reduce((sum, member, index) => sum + gain(places, set, member, index, index), 0);
}

/**
 * What the member adds to the diversity of the first `count` of a set, leaving out what stands at `slot`: sets that differ in one member are compared by
 * that alone.
 */
export function gain(places: readonly Place[], set: readonly number[], member: number, slot = -1, count = set.length): number {
  const place = places[member] as Place;
  let site = byLevel.site;
  let rack = byLevel.rack;
  let machine = byLevel.machine;
  for (let index = 0; index < count; index += 1) {
    if (index === slot) continue;
    const other = places[set[index] as number] as Place;
    if (other.site !== place.site) continue;
    site = 0;
    if (other.rack !== place.rack) continue;
    rack = 0;
    if (other.machine === place.machine) machine = 0;
  }
  return site + rack + machine;
}

/** No set of that many members is more diverse. */
export function bestDiversity(places: readonly Place[], size: number): number {
  const distinct = (level: keyof Place) => Math.min(size, new Set(places.map((place) => place[level])).size);
  return distinct('site') * byLevel.site + distinct('rack') * byLevel.rack + distinct('machine') * byLevel.machine;
}

/** Whether all sets of one size are equally diverse: on each level all members share one place, or no two do. */
export function interchangeable(places: readonly Place[]): boolean {
  return (['site', 'rack', 'machine'] as const).every((level) => {
    const { size } = new Set(places.map((place) => place[level]));
    return size === 1 || size === places.length;
  });
}
