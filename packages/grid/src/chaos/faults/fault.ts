import type { Random } from '../../simulator/random.ts';
import type { Crew } from '../crew.ts';
import type { ChaosDatabase } from '../database.ts';
import type { Mesh } from '../mesh.ts';

/** What a fault may touch. All members live and agree when it begins. */
export interface World {
  readonly crew: Crew;
  readonly mesh: Mesh;
  readonly database: ChaosDatabase;
  readonly random: Random;
  /** A line for the report. */
  say(line: string): void;
  /** A promise that did not hold. */
  breach(line: string): void;
}

/** Members whose clients may be refused: the fault took their place, or all that they stand on. Clients of all others must notice nothing but time. */
export type Victims = readonly string[] | 'all';

export interface Fault {
  readonly name: string;
  /** How often it is drawn, beside the others. */
  readonly weight: number;
  /** Fewest members that it makes sense with. */
  readonly least?: number | undefined;
  /** How long it takes at most, beside the time to agree again; for runs that must end in time. */
  readonly longestMs: number;
  /** Does it, holds it and undoes it; all members are meant to live when it returns. */
  run(world: World): Promise<Victims>;
}

/** A member by chance; every third time the one that coordinates. */
export async function anyMember({ crew, random }: World): Promise<string> {
  return random.chance(1 / 3) ? crew.coordinator() : random.pick(crew.names);
}

/** Two different members by chance. */
export function anyPair({ crew, random }: World): readonly [string, string] {
  const one = random.pick(crew.names);
  return [one, random.pick(crew.names.filter((name) => name !== one))];
}
