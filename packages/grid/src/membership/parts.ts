import { Decisions } from './decisions.ts';
import { Duties } from './duties.ts';
import type { Evidence } from './eviction.ts';
import { Grants } from './lease.ts';
import { Neighbours } from './neighbours.ts';
import { Observation } from './observation.ts';
import { Peers } from './suspicion.ts';
import { Tenure } from './tenure.ts';
import { defaultTiming, type Timing } from './timing.ts';
import type { MembershipOptions } from './world.ts';

/** What a member is made of; each part knows only those that it is given here. */
export interface Parts {
  readonly timing: Timing;
  readonly tenure: Tenure;
  readonly peers: Peers;
  readonly observation: Observation;
  readonly duties: Duties;
  readonly neighbours: Neighbours;
  readonly decisions: Decisions;
}

/** The classes that the parts are made of. */
export interface PartTypes {
  readonly Grants: typeof Grants;
  readonly Tenure: typeof Tenure;
  readonly Peers: typeof Peers;
  readonly Observation: typeof Observation;
  readonly Decisions: typeof Decisions;
}

export function assemble(options: MembershipOptions): Parts {
  const { world, registration, timing = defaultTiming, types } = options;
  const grants = new (types?.Grants ?? Grants)(timing);
  const tenure = new (types?.Tenure ?? Tenure)(timing, grants);
  const peers = new (types?.Peers ?? Peers)(timing);
  const observation = new (types?.Observation ?? Observation)(timing);
  const evidence: Evidence = { timing, observation, peers, grants, isProcessGone: options.isProcessGone ?? (() => false) };
  return {
    timing,
    tenure,
    peers,
    observation,
    duties: new Duties(world, registration, evidence),
    neighbours: new Neighbours({ world, timing, peers, grants, observation }),
    decisions: new (types?.Decisions ?? Decisions)(evidence),
  };
}
