/** One element that exactly one client put once. `acknowledged` false: nobody knows whether it took effect. */
export interface UniquePut {
  readonly element: string;
  readonly acknowledged: boolean;
}

/** Nothing that was acknowledged is missing at the end, and nothing is there that nobody put (D2). One sentence for each breach, ten at most. */
export function checkUniquePuts(puts: readonly UniquePut[], found: ReadonlySet<string>): string[] {
  const known = new Set(puts.map(({ element }) => element));
  const lost = puts.filter(({ element, acknowledged }) => acknowledged && !found.has(element));
  const foreign = [...found].filter((element) => !known.has(element));
  return [
    ...lost.map(({ element }) => `${element} was acknowledged and is missing`),
    ...foreign.map((element) => `${element} is there and nobody put it`),
  ].slice(0, 10);
}
