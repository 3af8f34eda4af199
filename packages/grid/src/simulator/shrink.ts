import type { PlannedFault } from './fault-plan.ts';
import { planOf, type RunOptions, type RunResult, run } from './run.ts';

/**
 * The fewest faults that still break the same invariant (delta debugging: ever smaller pieces of the plan are left out while the violation stays).
 * Undefined if the plan alone, carried out once more, does not break it.
 */
export function shrink(
  options: RunOptions,
  failed: Pick<RunResult, 'violations' | 'faultyMs'>,
  maxRuns = 160,
): readonly PlannedFault[] | undefined {
  const { invariant } = failed.violations[0] ?? {};
  const minutes = failed.faultyMs / 60_000;
  let runs = 0;
  const breaks = (plan: readonly PlannedFault[]): boolean => {
    runs += 1;
    return run({ ...options, minutes, plan }).violations.some((each) => each.invariant === invariant);
  };
  let plan = (options.plan ?? planOf(options)).filter(({ atMs }) => atMs <= failed.faultyMs);
  if (!breaks(plan)) return undefined;
  for (let pieces = 2; plan.length > 1 && runs < maxRuns; ) {
    const size = Math.ceil(plan.length / pieces);
    let smaller: PlannedFault[] | undefined;
    for (let from = 0; from < plan.length && smaller === undefined && runs < maxRuns; from += size) {
      const rest = plan.toSpliced(from, size);
      if (breaks(rest)) smaller = rest;
    }
    if (smaller !== undefined) {
      plan = smaller;
      pieces = Math.max(2, pieces - 1);
    } else if (size === 1) break;
    else pieces = Math.min(plan.length, pieces * 2);
  }
  return plan;
}
