/** All durations of membership. Changing one changes what the others must be: see the comments. */
export interface Timing {
  /** A beat that was accepted lets its sender serve for so long, counted from the moment it was sent. */
  readonly leaseMs: number;
  readonly beatMs: number;
  /** How much longer than `leaseMs` others wait: covers clocks that run up to 4.7 % fast or slow. */
  readonly margin: number;
  readonly heartbeatMs: number;
  /** Silence after which a peer is suspected: five heartbeats. */
  readonly suspectMs: number;
  /** Reads of the rows while somebody is suspected, and while joining. */
  readonly watchMs: number;
  /** A longer pause between two reads starts every observation anew: a database that was away froze all beats alike. */
  readonly observationGapMs: number;
  /** G: longest time after the last beat that peer grants can stretch a lease to. */
  readonly graceMs: number;
  /** A member that is heard but whose beat stands still so long is handed over like a leaver; more than a lease, less than `graceMs`. */
  readonly moveOutMs: number;
  /** From here on it is granted nothing any more, so that it can be evicted. */
  readonly stopGrantingMs: number;
  /** Disagreement about who hears whom lasts so long before a verdict. */
  readonly disagreementMs: number;
  /** Joins and leaves of so long share one epoch. */
  readonly coalesceMs: number;
  /** A proposer that stays silent so long is stepped over. */
  readonly stepOverMs: number;
  /** A request to the authority without an answer; above its statement timeout. */
  readonly requestMs: number;
  /** Rows of starters that never joined are deleted after so long. */
  readonly staleRowMs: number;
}

/** For a member that nobody can ever take over from: a program that keeps its event loop busy must not lose its own lease. */
export function aloneTiming(): Timing {
  return { ...defaultTiming, leaseMs: 1e12 };
}

export const defaultTiming: Timing = Object.freeze({
  leaseMs: 4_000,
  beatMs: 1_000,
  margin: 1.1,
  heartbeatMs: 500,
  suspectMs: 2_500,
  watchMs: 250,
  observationGapMs: 1_600,
  graceMs: 10_000,
  moveOutMs: 5_000,
  stopGrantingMs: 7_000,
  disagreementMs: 3_000,
  coalesceMs: 100,
  stepOverMs: 1_000,
  requestMs: 1_500,
  staleRowMs: 10_000,
});

/** Where the members are the authority there is no database to bridge an absence of, so no lease is ever stretched. */
export const majorityTiming: Timing = Object.freeze({ ...defaultTiming, graceMs: defaultTiming.leaseMs, stopGrantingMs: 0 });
