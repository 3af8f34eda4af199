/**
 * Evens out how many segments each member is primary of by swapping the first two owners, which moves no copy of a cache with two or more owners.
 * Along a chain u -> w -> v the load of u falls and that of v rises; chains are found breadth first until no two members differ by two.
 */
export function balancePrimaries(sets: readonly number[][], members: number): void {
  const count = new Array<number>(members).fill(0);
  for (const set of sets) {
    const primary = set[0];
    if (primary !== undefined) count[primary] = (count[primary] as number) + 1;
  }
  const order = count.map((_, member) => member);
  for (let round = 0; round < sets.length * 2; round += 1) {
    order.sort((left, right) => (count[right] as number) - (count[left] as number) || left - right);
    const fewest = count[order.at(-1) as number] as number;
    if (!order.some((from) => (count[from] as number) - fewest >= 2 && relieve(sets, count, from))) return;
  }
}

function relieve(sets: readonly number[][], count: number[], from: number): boolean {
  const cameBy = new Map<number, number[]>();
  const queue = [from];
  const seen = new Set(queue);
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    if ((count[from] as number) - (count[at] as number) >= 2) {
      count[from] = (count[from] as number) - 1;
      count[at] = (count[at] as number) + 1;
      for (let set = cameBy.get(at); set !== undefined; set = at === from ? undefined : cameBy.get(at)) {
        const primary = set[0] as number;
        set[0] = set[1] as number;
        set[1] = primary;
        at = primary;
      }
      return true;
    }
    for (const set of sets) {
      const next = set[1];
      if (set[0] !== at || next === undefined || seen.has(next)) continue;
      seen.add(next);
      cameBy.set(next, set);
      queue.push(next);
    }
  }
  return false;
}
