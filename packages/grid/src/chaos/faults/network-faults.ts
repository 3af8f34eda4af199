import { setTimeout as delay } from 'node:timers/promises';
import { anyMember, anyPair, type Fault, type Victims, type World } from './fault.ts';

/** "Within ten seconds one view, and the operations that were stuck go on." */
const oneViewMs = 10_000;
const megabit = 125_000;

/** Whatever was cut is whole again; connections that stood through it go on or are reset, by chance. */
function heal({ mesh, random }: World): void {
  mesh.heal(random.chance(0.5));
}

/** One of `candidates` goes, all others are in one view, in time. Says who. */
async function awaitVerdict(world: World, candidates: readonly string[], what: string): Promise<void> {
  const { crew, breach, say } = world;
  const beganAt = performance.now();
  const attempts = candidates.map(async (victim) => {
    const others = crew.names.filter((name) => name !== victim);
    if (!(await crew.agreed(others, oneViewMs, true))) throw new Error(victim);
    return victim;
  });
  try {
    const victim = await Promise.any(attempts);
    say(`${what}: one view without ${victim} after ${((performance.now() - beganAt) / 1_000).toFixed(1)} s`);
  } catch {
    breach(`M8 ${what}: no common view within ${oneViewMs} ms: ${await crew.describe()}`);
  }
}

async function cutOff(world: World, what: string, cut: (victim: string, other: string) => void): Promise<Victims> {
  const victim = await anyMember(world);
  for (const other of world.mesh.names.filter((name) => name !== victim)) cut(victim, other);
  await awaitVerdict(world, [victim], what);
  await delay(world.random.between(0, 8_000));
  heal(world);
  return [victim];
}

async function linkDown(world: World, what: string, cut: (one: string, other: string) => void): Promise<Victims> {
  const pair = anyPair(world);
  cut(...pair);
  await awaitVerdict(world, pair, what);
  await delay(world.random.between(0, 5_000));
  heal(world);
  return pair;
}

export const networkFaults: readonly Fault[] = [
  {
    name: 'one member cut off',
    weight: 3,
    longestMs: 19_000,
    run: (world) => cutOff(world, 'cut off', (victim, other) => world.mesh.cutBoth(victim, other)),
  },
  {
    name: 'one member hears nobody',
    weight: 2,
    longestMs: 19_000,
    run: (world) => cutOff(world, 'hears nobody', (victim, other) => world.mesh.cut(other, victim)),
  },
  {
    name: 'nobody hears one member',
    weight: 2,
    longestMs: 19_000,
    run: (world) => cutOff(world, 'is not heard', (victim, other) => world.mesh.cut(victim, other)),
  },
  {
    name: 'link between two down',
    weight: 4,
    least: 3,
    longestMs: 16_000,
    run: (world) => linkDown(world, 'link down', (one, other) => world.mesh.cutBoth(one, other)),
  },
  {
    name: 'link between two down in one direction',
    weight: 4,
    least: 3,
    longestMs: 16_000,
    run: (world) => linkDown(world, 'one direction down', (one, other) => world.mesh.cut(one, other)),
  },
  {
    name: 'two halves',
    weight: 2,
    least: 3,
    longestMs: 20_000,
    async run(world) {
      const { mesh, random } = world;
      const side = mesh.names.filter(() => random.chance(0.5));
      for (const one of side) for (const other of mesh.names) if (!side.includes(other)) mesh.cutBoth(one, other);
      await delay(random.between(4_000, 18_000));
      heal(world);
      return 'all';
    },
  },
  {
    name: 'star: all hear the coordinator only',
    weight: 2,
    least: 3,
    longestMs: 20_000,
    async run(world) {
      const { mesh, random, crew } = world;
      const centre = await crew.coordinator();
      const rays = mesh.names.filter((name) => name !== centre);
      for (const one of rays) for (const other of rays) if (one < other) mesh.cutBoth(one, other);
      await delay(random.between(6_000, 18_000));
      heal(world);
      return 'all';
    },
  },
  {
    name: 'one member can dial and not accept',
    weight: 2,
    longestMs: 15_000,
    async run(world) {
      const victim = await anyMember(world);
      for (const link of world.mesh.around(victim).to) {
        link.accepting = false;
        link.reset();
      }
      await delay(world.random.between(3_000, 15_000));
      heal(world);
      // It redials in a moment; whoever was in the middle of a handshake may lose its place.
      return [victim];
    },
  },
  {
    name: 'resets',
    weight: 2,
    longestMs: 8_000,
    async run({ mesh, random }) {
      for (let round = 0; round < 6; round += 1) {
        for (const link of mesh.links) if (random.chance(0.4)) link.reset();
        await delay(random.between(20, 1_200));
      }
      return [];
    },
  },
  {
    name: 'half-open connections',
    weight: 2,
    longestMs: 12_000,
    async run(world) {
      const victim = await anyMember(world);
      for (const link of world.mesh.around(victim).from) link.halfOpen();
      await delay(world.random.between(1_000, 12_000));
      heal(world);
      return [victim];
    },
  },
  {
    name: 'slow network',
    weight: 2,
    longestMs: 15_000,
    async run(world) {
      const { mesh, random } = world;
      for (const from of mesh.names)
        for (const to of mesh.names)
          if (from !== to && random.chance(0.6)) mesh.slow(from, to, random.between(2, 300), random.between(1, 100) * megabit);
      await delay(random.between(4_000, 15_000));
      mesh.heal(true);
      return [];
    },
  },
];
