import type { Labels, MemberId, OwnerTable } from '../protocol/types.ts';
import { placesOf } from './diversity.ts';

const levels = ['site', 'rack', 'machine'] as const;
export type PlaceLevel = (typeof levels)[number];

/** How well the owners of the segments are spread over places. */
export interface Spread {
  /** Different places that the members stand in; a rack lies within its site, a machine within its rack. */
  readonly places: Readonly<Record<PlaceLevel, number>>;
  /** Segments whose first `owners` owners share a place though there are enough of them. */
  readonly shared: Readonly<Record<PlaceLevel, number>>;
}

/** Looks at the first `owners` owners of every segment. */
export function spreadOf(table: OwnerTable, members: readonly ({ readonly id: MemberId } & Labels)[], owners: number): Spread {
  const places = placesOf(members);
  const placeOf = new Map(members.map(({ id }, index) => [id, places[index]]));
  const distinct = (level: PlaceLevel) => new Set(places.map((place) => place[level])).size;
  const shared = (level: PlaceLevel): number => {
    const possible = Math.min(distinct(level), owners);
    return table.filter((preference) => {
      const taken = new Set(preference.slice(0, owners).map((id) => placeOf.get(id)?.[level]));
      return taken.size < Math.min(possible, preference.length);
    }).length;
  };
  const each = (count: (level: PlaceLevel) => number) => ({ site: count('site'), rack: count('rack'), machine: count('machine') });
  return { places: each(distinct), shared: each(shared) };
}
