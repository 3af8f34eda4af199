import type { Mode } from './modes.ts';
import type { World } from './world.ts';

/** What happens between two steps of the walks. */
export interface Disturbance {
  readonly name: string;
  /** All nodes were gone at the same time. */
  readonly allNodesGone: boolean;
  /** The external caches came back with nothing. */
  readonly externalCachesEmpty?: boolean;
  run(world: World): Promise<void>;
  /** After the walks went on. */
  undo?(world: World): Promise<void>;
}

const victim = 2;
const others = [0, 1];
const everybody = [0, 1, 2];

async function restart(world: World, index: number): Promise<void> {
  const { server } = world.cluster;
  await server.nodes[index]?.exited;
  await server.startNode(index);
}

const disturbances: readonly Disturbance[] = [
  {
    name: 'kill -9 of one node',
    allNodesGone: false,
    async run(world) {
      world.cluster.server.signal(victim, 'SIGKILL');
      world.usable = others;
      await world.settled();
    },
    async undo(world) {
      await restart(world, victim);
      world.usable = everybody;
      await world.settled();
    },
  },
  {
    name: 'one node frozen',
    allNodesGone: false,
    async run(world) {
      world.cluster.server.signal(victim, 'SIGSTOP');
      world.usable = others;
    },
    async undo(world) {
      world.cluster.server.signal(victim, 'SIGCONT');
      world.usable = everybody;
      await world.settled();
    },
  },
  {
    name: 'restart of one node',
    allNodesGone: false,
    async run(world) {
      await world.cluster.server.stopNode(victim);
      await restart(world, victim);
      await world.settled();
    },
  },
  {
    name: 'rolling restart',
    allNodesGone: false,
    async run(world) {
      for (const index of everybody) {
        await world.cluster.server.stopNode(index);
        await restart(world, index);
        await world.settled();
      }
    },
  },
  {
    name: 'restart of all nodes',
    allNodesGone: true,
    async run(world) {
      await Promise.all(everybody.map((index) => world.cluster.server.stopNode(index)));
      await Promise.all(everybody.map((index) => restart(world, index)));
      await world.settled();
    },
  },
  {
    name: 'kill -9 of all nodes',
    allNodesGone: true,
    async run(world) {
      for (const index of everybody) world.cluster.server.signal(index, 'SIGKILL');
      await Promise.all(everybody.map((index) => restart(world, index)));
      await world.settled();
    },
  },
];

async function restartExternal(world: World, index: number): Promise<void> {
  const server = world.external?.servers[index];
  await server?.kill('SIGTERM');
  await server?.start();
}

/** Long enough that nodes leave a server that does not answer, and come back to it. */
const frozenMs = 5_000;

const externalDisturbances: readonly Disturbance[] = [
  {
    name: 'kill -9 of an external server',
    allNodesGone: false,
    async run(world) {
      const server = world.external?.servers[0];
      await server?.kill();
      // Of one server alone the next requests wait for its return; of two, the other one answers at once.
      if (world.external?.servers.length === 1) await server?.start();
    },
    async undo(world) {
      if ((world.external?.servers.length ?? 0) > 1) await world.external?.servers[0]?.start();
      await world.externalSettled();
    },
  },
  {
    // Of two servers the walks go on while entries move to the one that is back.
    name: 'restart of an external server',
    allNodesGone: false,
    async run(world) {
      await restartExternal(world, 0);
    },
    async undo(world) {
      await world.externalSettled();
    },
  },
  {
    name: 'rolling restart of the external servers',
    allNodesGone: false,
    async run(world) {
      for (const index of world.external?.servers.keys() ?? []) {
        await restartExternal(world, index);
        await world.externalSettled();
      }
    },
  },
  {
    name: 'the external servers come back empty',
    allNodesGone: false,
    externalCachesEmpty: true,
    async run(world) {
      await world.external?.loseEverything();
      await world.externalSettled();
    },
  },
  {
    name: 'an external server frozen',
    allNodesGone: false,
    async run(world) {
      const server = world.external?.servers[0];
      server?.signal('SIGSTOP');
      setTimeout(() => server?.signal('SIGCONT'), frozenMs);
    },
    async undo(world) {
      world.external?.servers[0]?.signal('SIGCONT');
      await world.externalSettled();
    },
  },
];

/** What may happen in a mode. */
export function disturbancesOf(mode: Mode): readonly Disturbance[] {
  return mode.external === undefined ? disturbances : [...disturbances, ...externalDisturbances];
}

export function disturbanceOf(name: string): Disturbance {
  const found = [...disturbances, ...externalDisturbances].find((one) => one.name === name);
  if (found === undefined) throw new Error(`There is no disturbance "${name}"`);
  return found;
}
