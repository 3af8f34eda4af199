/** What one client saw, from the call to the return. */
export interface Timed {
  readonly calledAt: number;
  readonly returnedAt: number;
}

/**
 * Looks for two observations of which one ended before the other began, and whose order `follows(earlier, later)` denies. For orders without
 * circles (numbers, versions) it is enough to compare each observation with the greatest that had ended before it: linear after a sort.
 */
export function firstReversal<T extends Timed>(
  observations: readonly T[],
  follows: (earlier: T, later: T) => boolean,
): { readonly earlier: T; readonly later: T } | undefined {
  const calls = [...observations].sort((a, b) => a.calledAt - b.calledAt);
  const returns = [...observations].sort((a, b) => a.returnedAt - b.returnedAt);
  let ended = 0;
  let greatest: T | undefined;
  for (const later of calls) {
    for (let next = returns[ended]; next !== undefined && next.returnedAt < later.calledAt; next = returns[ended]) {
      if (greatest === undefined || follows(greatest, next)) greatest = next;
      ended += 1;
    }
    if (greatest !== undefined && !follows(greatest, later)) return { earlier: greatest, later };
  }
  return undefined;
}
