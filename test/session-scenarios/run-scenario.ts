import type { Disturbance } from './disturbances.ts';
import type { Holding } from './modes.ts';
import { type Walk, walks } from './walks.ts';
import { USERS, type World } from './world.ts';

/** One walk with the disturbance before one of its steps. */
export interface Outcome {
  readonly walk: string;
  /** The step before which the disturbance came. */
  readonly before: string;
  readonly holding: Holding;
  /** Why the walk could not go on; undefined = it was answered as without a disturbance. */
  readonly lost: string | undefined;
}

export interface ScenarioResult {
  readonly outcomes: readonly Outcome[];
  /** Outcomes that the mode does not promise, one line each. */
  readonly wrong: readonly string[];
}

/** Users that one scenario takes; the next one begins with others, whose counters are at nought. */
export const WALKS = 22;

/** Every walk with the disturbance before every one of its steps but the first, all at once: one disturbance serves all. */
export async function runScenario(world: World, disturbance: Disturbance, firstUser = 0): Promise<ScenarioResult> {
  const pending: { walk: Walk; at: number }[] = [];
  let user = firstUser;
  for (const make of walks) {
    const { length } = make(world, 0).steps;
    for (let at = 1; at < length; at += 1) {
      pending.push({ walk: make(world, user % USERS), at });
      user += 1;
    }
  }
  await Promise.all(
    pending.map(async ({ walk, at }) => {
      for (const step of walk.steps.slice(0, at)) await named(walk, step.name, step.run());
    }),
  );
  await disturbance.run(world);
  const outcomes = await Promise.all(
    pending.map(async ({ walk, at }): Promise<Outcome> => {
      const holding = walk.steps[at - 1]?.holds ?? 'nothing';
      const before = walk.steps[at]?.name ?? '';
      try {
        for (const step of walk.steps.slice(at)) await named(walk, step.name, step.run());
        return { walk: walk.name, before, holding, lost: undefined };
      } catch (error) {
        return { walk: walk.name, before, holding, lost: (error as Error).message };
      }
    }),
  );
  await disturbance.undo?.(world);
  return { outcomes, wrong: outcomes.flatMap((outcome) => judge(outcome, world, disturbance)) };
}

function judge(outcome: Outcome, world: World, disturbance: Disturbance): string[] {
  const { lostWithAllNodes, lostWithExternalCaches = [] } = world.mode;
  const mayBeLost =
    (disturbance.allNodesGone && lostWithAllNodes.includes(outcome.holding)) ||
    (disturbance.externalCachesEmpty === true && lostWithExternalCaches.includes(outcome.holding));
  const at = `${world.mode.name}, ${disturbance.name}: ${outcome.walk}, before '${outcome.before}'`;
  if (outcome.lost !== undefined && !mayBeLost) return [`${at}: ${outcome.lost}`];
  if (outcome.lost === undefined && mayBeLost) return [`${at}: was kept, though this mode is said to lose it`];
  return [];
}

async function named<T>(walk: Walk, step: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new Error(`${walk.name}, ${step}: ${(error as Error).message}`, { cause: error });
  }
}
