import { setTimeout as delay } from 'node:timers/promises';
import type { Link } from '../link.ts';
import { anyMember, type Fault, type World } from './fault.ts';

/** Peer grants carry all members so long without a database; a little less, because the last beat lies before the fault. */
const gracedMs = 8_000;

function stall(links: readonly Link[]): void {
  for (const link of links) {
    link.forward.stalled = true;
    link.backward.stalled = true;
    link.changed();
  }
}

function heal({ database, random }: World): void {
  database.heal(random.chance(0.5));
}

async function failOver(world: World, forgetMs: number): Promise<void> {
  await world.database.failOver(forgetMs);
  if (!(await world.crew.settle(40_000))) world.breach(`M8 fail-over: no agreement on the new timeline: ${await world.crew.describe()}`);
  await world.database.mend();
}

export const databaseFaults: readonly Fault[] = [
  {
    name: 'database silent for a while',
    weight: 3,
    longestMs: gracedMs,
    async run(world) {
      stall(world.database.links);
      await delay(world.random.between(1_000, gracedMs));
      heal(world);
      return [];
    },
  },
  {
    name: 'database silent for long',
    weight: 1,
    longestMs: 20_000,
    async run(world) {
      stall(world.database.links);
      await delay(world.random.between(10_000, 20_000));
      heal(world);
      return 'all';
    },
  },
  {
    name: 'database silent for one member',
    weight: 3,
    longestMs: 15_000,
    async run(world) {
      const victim = await anyMember(world);
      stall([world.database.link(victim)]);
      await delay(world.random.between(1_000, 15_000));
      heal(world);
      return [victim];
    },
  },
  {
    name: 'database slow',
    weight: 1,
    longestMs: 12_000,
    async run(world) {
      for (const link of world.database.links) link.forward.delayMs = world.random.between(20, 400);
      await delay(world.random.between(4_000, 12_000));
      world.database.heal(true);
      return [];
    },
  },
  {
    name: 'database restarted',
    weight: 2,
    longestMs: 10_000,
    async run({ database }) {
      await database.restart();
      return [];
    },
  },
  {
    name: 'database failed over',
    weight: 2,
    longestMs: 50_000,
    async run(world) {
      await failOver(world, 0);
      return 'all';
    },
  },
  {
    name: 'database failed over, last commits forgotten',
    weight: 1,
    longestMs: 55_000,
    async run(world) {
      await failOver(world, world.random.between(200, 3_000));
      return 'all';
    },
  },
  {
    name: 'database silent, then a kill',
    weight: 1,
    longestMs: 30_000,
    async run(world) {
      const victim = await anyMember(world);
      stall(world.database.links);
      await delay(world.random.between(500, 3_000));
      await world.crew.kill(victim);
      await delay(world.random.between(500, 3_000));
      heal(world);
      await world.crew.start([victim]);
      return 'all';
    },
  },
];
