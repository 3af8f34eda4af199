import type { PlantedFault } from '../data/node.ts';
import { checkAll } from './data-checkers.ts';
import { addOne, DataWorkload } from './data-workload.ts';
import { DataWorld, randomOf } from './data-world.ts';

export interface DataRun {
  readonly violations: readonly string[];
  readonly operations: number;
  readonly answered: number;
  readonly epochs: number;
  readonly trace: readonly string[];
}

export interface DataRunOptions {
  readonly seed: number;
  readonly owners?: number;
  readonly members?: number;
  readonly durationMs?: number;
  readonly faults?: readonly PlantedFault[];
}

const maxMembers = 5;

/** One seeded run: clients, deaths, cuts, joins and rebalances, then peace, then all checkers. Same options, same run. */
export function runData(options: DataRunOptions): DataRun {
  const { seed, owners = 2, members = 3, durationMs = 30_000, faults = [] } = options;
  const world = new DataWorld({ seed, members, shape: { owners, stateTransfer: true }, faults, updates: new Map([['add', addOne]]) });
  const workload = new DataWorkload(world, seed, seed % 3 === 0 ? 40 : 6);
  const clients = (): void => {
    for (const member of world.live) for (let index = 0; index < 2; index++) workload.client(member);
  };
  clients();
  const nemesis = randomOf(seed * 7 + 4);
  const weather = nemesis();
  if (weather < 0.2) world.lossRate = 0.01;
  else if (weather < 0.4) world.lossRate = 0.1;
  else if (weather < 0.6) world.lossOf.set('reply', 0.7);
  else if (weather < 0.8) world.lossOf.set('replicate', 0.5);
  let lastDeathMs = 0;
  const step = (): void => {
    if (world.nowMs >= durationMs) return;
    world.at(100 + Math.floor(nemesis() * 400), step);
    const { live, oracle } = world;
    const draw = nemesis();
    const victim = live[Math.floor(nemesis() * live.length)];
    const other = live[Math.floor(nemesis() * live.length)];
    // D2 promises survival of fewer than `owners` deaths between two whole tables: one at a time.
    const mayLose =
      owners > 1 && oracle.healed && world.nowMs - lastDeathMs > 6_000 && live.length >= 3 && oracle.view.members.length === live.length;
    if (draw < 0.12 && mayLose && victim !== undefined) {
      lastDeathMs = world.nowMs;
      if (draw < 0.06) world.kill(victim);
      else {
        world.isolate(victim);
        // Healed before or after its eviction: in between it speaks with an old epoch.
        world.at(500 + Math.floor(nemesis() * 6_000), () => world.heal(victim));
      }
    } else if (draw < 0.2 && live.length < maxMembers) {
      const joined = world.join();
      for (let index = 0; index < 2; index++) workload.client(joined);
    } else if (draw < 0.3 && victim !== undefined && other !== undefined && victim !== other) world.reset(victim, other);
    else if (draw < 0.7) {
      const view = oracle.advance();
      if (view !== undefined) world.spread(view);
    }
  };
  world.at(200, step);
  world.run(durationMs);
  workload.stop();
  world.lossRate = 0;
  world.lossOf.clear();
  calmDown(world);
  return {
    violations: checkAll(world, workload),
    operations: workload.history.length + workload.increments.length,
    answered: workload.history.filter(({ output }) => output !== undefined).length,
    epochs: world.oracle.view.epoch,
    trace: world.trace,
  };
}

/** Faults have stopped: the rebalance must end and everyone agree, in bounded time. */
function calmDown(world: DataWorld): void {
  for (let round = 0; round < 200; round++) {
    world.run(world.nowMs + 500);
    world.settle();
    const { phase } = world.oracle.view;
    const evicting = world.oracle.view.members.some(({ id }) => !world.live.some((member) => member.record.id === id));
    if (
      round > 25 &&
      phase === 'STABLE' &&
      !evicting &&
      world.live.every((member) => member.core.settled && member.core.node.epoch === world.oracle.view.epoch)
    ) {
      world.run(world.nowMs + 2_000);
      return;
    }
    if (phase === 'STABLE') continue;
    const view = world.oracle.advance();
    if (view !== undefined) world.spread(view);
  }
  throw new Error(`the members did not settle: ${world.trace.slice(-10).join('; ')}`);
}
