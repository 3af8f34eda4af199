/** Between two members no copy can be moved. */
export const noMove = 127;

/** A copy goes from one member to another. */
export interface Step {
  readonly from: number;
  readonly to: number;
}

/**
 * The cheapest way to take a copy from one of the fullest members to one of the emptiest, by Bellman and Ford, or a cycle that saves copies, last
 * step first; undefined where loads are even and nothing is saved. `costs`: copies that travel for the cheapest move, [from * members + to].
 */
export function cheapest(costs: Int8Array, load: readonly number[]): readonly Step[] | undefined {
  const members = load.length;
  const [most, least] = [Math.max(...load), Math.min(...load)];
  const uneven = most - least >= 2;
  // Without a difference to even out all members are starts: only a cycle can still save anything.
  const cost = load.map((copies) => (uneven && copies !== most ? Number.POSITIVE_INFINITY : 0));
  const cameFrom = new Array<number>(members).fill(-1);
  for (let pass = 0; pass < members; pass += 1) {
    let changed = -1;
    for (let from = 0; from < members; from += 1) {
      for (let to = 0; to < members; to += 1) {
        const further = costs[from * members + to] as number;
        if (further === noMove || (cost[from] as number) + further >= (cost[to] as number)) continue;
        cost[to] = (cost[from] as number) + further;
        cameFrom[to] = from;
        changed = to;
      }
    }
    if (changed === -1) break;
    if (pass === members - 1) return cycleAt(changed, cameFrom);
  }
  if (!uneven) return undefined;
  let end = -1;
  for (let member = 0; member < members; member += 1)
    if ((load[member] as number) <= most - 2 && (end === -1 || better(member, end))) end = member;
  return end === -1 || cost[end] === Number.POSITIVE_INFINITY ? undefined : pathTo(end, cameFrom);

  function better(one: number, other: number): boolean {
    const difference = (cost[one] as number) - (cost[other] as number);
    return difference < 0 || (difference === 0 && (load[one] as number) < (load[other] as number));
  }
}

function pathTo(end: number, cameFrom: readonly number[]): readonly Step[] {
  const steps: Step[] = [];
  for (let to = end, from = cameFrom[to] as number; from !== -1; to = from, from = cameFrom[to] as number) steps.push({ from, to });
  return steps;
}

function cycleAt(start: number, cameFrom: readonly number[]): readonly Step[] {
  let at = start;
  for (let back = 0; back < cameFrom.length; back += 1) at = cameFrom[at] as number;
  const steps: Step[] = [];
  let to = at;
  do {
    const from = cameFrom[to] as number;
    steps.push({ from, to });
    to = from;
  } while (to !== at);
  return steps;
}
