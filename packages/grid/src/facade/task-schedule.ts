import type { UpdateFunction } from '../api.ts';

/** What the cluster knows of a scheduled task. */
export interface TaskState {
  /** Member (id as text) that runs it; '' = nobody. */
  readonly runner: string;
  /** Grid time from which the next interval counts. */
  readonly startedMs: number;
  /** The fencing token of the last run is the pair (epoch, run). */
  readonly epoch: number;
  readonly run: number;
}

export interface Claim {
  readonly member: string;
  /** Members of the view in which the claim is made. */
  readonly members: readonly string[];
  readonly epoch: number;
  readonly intervalMs: number;
}

/** Granted with its token, or refused with the time until it is worth while to ask again. */
export type ClaimOutcome =
  | { readonly granted: true; readonly epoch: number; readonly run: number }
  | { readonly granted: false; readonly dueInMs: number };

/** The run that ended: nothing happens if the entry tells of another. */
export interface Ending extends Pick<Claim, 'member' | 'intervalMs'> {
  readonly epoch: number;
  readonly run: number;
}

/** How soon to look again whether another member has ended its run. */
const otherRunsMs = 1_000;

const claim: UpdateFunction<TaskState> = (current, argument, nowMs) => {
  const { member, members, epoch, intervalMs } = argument as Claim;
  // The first interval begins when the task is first heard of, or when all members that knew of it are gone.
  if (current === undefined) return { value: { runner: '', startedMs: nowMs, epoch, run: 0 }, result: refused(intervalMs) };
  const { runner, startedMs } = current;
  if (runner !== '' && runner !== member && members.includes(runner)) return { value: 'keep', result: refused(otherRunsMs) };
  const interrupted = runner !== '' && runner !== member;
  const dueInMs = startedMs + intervalMs - nowMs;
  if (!interrupted && dueInMs > 0) return { value: 'keep', result: refused(dueInMs) };
  const run = epoch > current.epoch ? 0 : current.run + 1;
  const token = { epoch: Math.max(epoch, current.epoch), run };
  return { value: { runner: member, startedMs: nowMs, ...token }, result: { granted: true, ...token } satisfies ClaimOutcome };
};

const end: UpdateFunction<TaskState> = (current, argument, nowMs) => {
  const { member, epoch, run, intervalMs } = argument as Ending;
  if (current === undefined || current.runner !== member || current.epoch !== epoch || current.run !== run)
    return { value: 'keep', result: refused(intervalMs) };
  // A run that outlasts its interval skips turns.
  const startedMs = current.startedMs + Math.floor((nowMs - current.startedMs) / intervalMs) * intervalMs;
  return { value: { ...current, runner: '', startedMs }, result: refused(startedMs + intervalMs - nowMs) };
};

function refused(dueInMs: number): ClaimOutcome {
  return { granted: false, dueInMs };
}

/** Update functions of the cache of task states: one decision at a time, on the primary of the task's name. */
export const taskUpdates = { claim, end } as const;

/** Epochs only grow, and with them the tokens, even if all copies of the state were lost. 31 bits of epoch, 32 of runs within it. */
export function tokenOf({ epoch, run }: { readonly epoch: number; readonly run: number }): bigint {
  return (BigInt(epoch) << 32n) | BigInt(run);
}
