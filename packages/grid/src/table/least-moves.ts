import { SEGMENTS } from '../protocol/types.ts';
import { cheapest, noMove, type Step } from './cheapest.ts';
import type { Level } from './level.ts';

/**
 * For members of which any set will do: brings all loads within one of each other by as few copies moved as there can be, given the first
 * `fixed` owners. Members are the nodes of a graph, a move of a copy between two of them is an edge; the cheapest path from a member with too
 * many copies to one with too few is taken again and again, and a cycle that costs less than nothing as well (a flow of least cost).
 * Among moves of equal cost the one is taken that keeps pairs of members even: whoever leaves later then has heirs enough everywhere.
 */
export function evenOutByLeastMoves(level: Level): void {
  // Nearly all of the work is done by direct moves, and nearly always nothing is left then; what they spoil, the flow mends.
  moveDirectly(level);
  for (let round = 0; round < SEGMENTS * 4; round += 1) {
    if (level.even && travelling(level) <= leastTravelling(level)) return;
    const costs = cheapestCosts(level);
    const path = cheapest(costs, level.load);
    if (path === undefined) return;
    take(level, path, costs);
  }
}

/** Copies whose owners bring none along. */
function travelling(level: Level): number {
  let count = 0;
  for (let segment = 0; segment < SEGMENTS; segment += 1) {
    const set = level.sets[segment] as number[];
    for (let slot = level.fixed; slot < set.length; slot += 1) if (!level.held(segment, set[slot] as number)) count += 1;
  }
  return count;
}

/** No even table makes fewer copies travel: each member needs its share, and each segment its owners, beyond what they bring along. */
function leastTravelling(level: Level): number {
  const { places, sets, load, fixed } = level;
  const members = places.length;
  const could = new Array<number>(members).fill(0);
  let total = 0;
  let lacking = 0;
  for (let segment = 0; segment < SEGMENTS; segment += 1) {
    const set = sets[segment] as number[];
    let candidates = 0;
    for (let member = 0; member < members; member += 1) {
      const slot = level.holds(segment, member) ? set.indexOf(member) : -1;
      const settled = slot !== -1 && slot < fixed;
      if (!settled && !level.held(segment, member)) continue;
      could[member] = (could[member] as number) + 1;
      if (!settled) candidates += 1;
    }
    lacking += Math.max(0, set.length - fixed - candidates);
  }
  for (const copies of load) total += copies;
  const share = Math.floor(total / members);
  const received = could.reduce((sum, copies) => sum + Math.max(0, share - copies), 0);
  return Math.max(lacking, received);
}

/** The best move from the fullest member to the emptiest, again and again. */
function moveDirectly(level: Level): void {
  const { sets, load, fixed } = level;
  const movable: number[][] | undefined = level.even ? undefined : level.places.map(() => []);
  if (movable === undefined) return;
  for (let segment = 0; segment < SEGMENTS; segment += 1) {
    const set = sets[segment] as number[];
    for (let slot = fixed; slot < set.length; slot += 1) movable[set[slot] as number]?.push(segment);
  }
  for (let from = level.fullest(), to = level.emptiest(); (load[from] as number) - (load[to] as number) >= 2; ) {
    const given = movable[from] as number[];
    let best = -1;
    let bestCost = 0;
    let bestUnevenness = 0;
    for (let index = 0; index < given.length; index += 1) {
      const segment = given[index] as number;
      if (level.holds(segment, to)) continue;
      const cost = costOf(level, segment, from, to);
      if (best !== -1 && cost > bestCost) continue;
      const unevenness = unevennessOf(level, segment, from, to);
      if (best !== -1 && cost === bestCost && unevenness >= bestUnevenness) continue;
      best = index;
      bestCost = cost;
      bestUnevenness = unevenness;
    }
    if (best === -1) return;
    const [segment] = given.splice(best, 1) as [number];
    level.replace(segment, (sets[segment] as number[]).indexOf(from, fixed), to);
    movable[to]?.push(segment);
    from = level.fullest();
    to = level.emptiest();
  }
}

/** Copies that travel for a move: 1, or none where the receiver held the segment before, or one fewer where the giver did not. */
function costOf(level: Level, segment: number, from: number, to: number): number {
  return Number(level.held(segment, from)) - Number(level.held(segment, to));
}

/** How much a move makes pairs of members differ that own segments together; less is better. */
function unevennessOf(level: Level, segment: number, from: number, to: number): number {
  return level.together(segment, to, from) - level.together(segment, from);
}

/** What the cheapest move between each two members costs. */
function cheapestCosts(level: Level): Int8Array {
  const { places, sets, fixed } = level;
  const members = places.length;
  const costs = new Int8Array(members * members).fill(noMove);
  for (let segment = 0; segment < SEGMENTS; segment += 1) {
    const set = sets[segment] as number[];
    for (let slot = fixed; slot < set.length; slot += 1) {
      const from = set[slot] as number;
      for (let to = 0; to < members; to += 1) {
        if (level.holds(segment, to)) continue;
        const cost = costOf(level, segment, from, to);
        if (cost < (costs[from * members + to] as number)) costs[from * members + to] = cost;
      }
    }
  }
  return costs;
}

/** Moves a copy along each step, of different segments: two moves of one may exclude each other. Then the first one alone is made, as a fresh start. */
function take(level: Level, path: readonly Step[], costs: Int8Array): void {
  const moved = new Set<number>();
  const chosen = path.map((step) => {
    const segment = bestSegment(level, step, costs[step.from * level.places.length + step.to] as number, moved);
    moved.add(segment);
    return { ...step, segment };
  });
  const made = moved.has(-1) ? chosen.slice(0, 1) : chosen;
  for (const { segment, from, to } of made) level.replace(segment, (level.sets[segment] as number[]).indexOf(from, level.fixed), to);
}

/** The segment whose copy is moved at that cost and keeps pairs most even; -1 if all of them are taken. */
function bestSegment(level: Level, { from, to }: Step, cost: number, taken: ReadonlySet<number>): number {
  const { sets, fixed } = level;
  let best = -1;
  let bestUnevenness = Number.POSITIVE_INFINITY;
  for (let segment = 0; segment < SEGMENTS; segment += 1) {
    if (!level.holds(segment, from) || level.holds(segment, to) || taken.has(segment)) continue;
    if ((sets[segment] as number[]).indexOf(from, fixed) === -1) continue;
    if (costOf(level, segment, from, to) !== cost) continue;
    const unevenness = unevennessOf(level, segment, from, to);
    if (unevenness >= bestUnevenness) continue;
    best = segment;
    bestUnevenness = unevenness;
  }
  return best;
}
