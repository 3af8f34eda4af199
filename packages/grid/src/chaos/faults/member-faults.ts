import { setTimeout as delay } from 'node:timers/promises';
import { anyMember, type Fault, type Victims, type World } from './fault.ts';

const settleMs = 30_000;
/** Fast death is a second; an ended lease takes 4.4 s from the last beat that was seen, and a verdict on top. */
const detectionMs = 10_000;

/** The others must have gone on without the victim, all of them, in time. */
async function awaitWithout({ crew, breach, say }: World, victim: string, what: string): Promise<void> {
  const others = [...crew.members.keys()].filter((name) => name !== victim);
  const beganAt = performance.now();
  if (await crew.agreed(others, detectionMs, true)) say(`${what}: one view without ${victim} after ${seconds(beganAt)}`);
  else breach(`M8 ${what}: no common view without ${victim} within ${detectionMs} ms: ${await crew.describe()}`);
}

const seconds = (sinceMs: number): string => `${((performance.now() - sinceMs) / 1_000).toFixed(1)} s`;

/** Any member stands still for a time between the two. */
async function freeze(world: World, shortestMs: number, longestMs: number): Promise<Victims> {
  const { crew } = world;
  const victim = await anyMember(world);
  const holdMs = world.random.between(shortestMs, longestMs);
  const beganAt = performance.now();
  crew.member(victim).signal('SIGSTOP');
  try {
    if (holdMs > detectionMs) await awaitWithout(world, victim, `freeze for ${(holdMs / 1_000).toFixed(0)} s`);
    await delay(Math.max(0, holdMs - (performance.now() - beganAt)));
  } finally {
    crew.member(victim).signal('SIGCONT');
  }
  await crew.settle(settleMs);
  const others = crew.lost.filter((name) => name !== victim);
  if (others.length > 0) world.breach(`M9 ${victim} was frozen, and ${others.join(', ')} lost a place too`);
  return [victim];
}

export const memberFaults: readonly Fault[] = [
  {
    name: 'kill',
    weight: 4,
    longestMs: 15_000,
    async run(world) {
      const victim = await anyMember(world);
      await world.crew.kill(victim);
      await awaitWithout(world, victim, 'kill');
      await delay(world.random.between(0, 3_000));
      await world.crew.start([victim]);
      return [victim];
    },
  },
  {
    name: 'kill and start at once',
    weight: 2,
    longestMs: 15_000,
    async run(world) {
      const { crew } = world;
      const victim = await anyMember(world);
      const [next] = await crew.prepare([victim]);
      await crew.kill(victim);
      if (next !== undefined) crew.launch(next);
      return [victim];
    },
  },
  {
    name: 'freeze',
    weight: 4,
    longestMs: 32_000,
    run: (world) => freeze(world, 10_500, 30_000),
  },
  {
    name: 'short freeze',
    weight: 3,
    longestMs: 10_000,
    run: (world) => freeze(world, 1_000, 9_000),
  },
  {
    name: 'freeze, then kill another',
    weight: 1,
    longestMs: 40_000,
    async run(world) {
      const { crew, random } = world;
      const victim = await anyMember(world);
      crew.member(victim).signal('SIGSTOP');
      await awaitWithout(world, victim, 'freeze');
      const second = random.pick(crew.names.filter((name) => name !== victim));
      await crew.kill(second);
      await delay(random.between(0, 8_000));
      crew.member(victim).signal('SIGCONT');
      await crew.start([second]);
      return [victim, second];
    },
  },
  {
    name: 'kill the coordinator while a member joins',
    weight: 3,
    longestMs: 30_000,
    async run(world) {
      const { crew, random } = world;
      const coordinator = await crew.coordinator();
      const joiner = random.pick(crew.names.filter((name) => name !== coordinator));
      await crew.kill(joiner);
      await awaitWithout(world, joiner, 'kill');
      await crew.settle(settleMs);
      crew.mark();
      const [next] = await crew.prepare([joiner]);
      if (next !== undefined) crew.launch(next);
      // Somewhere between its registration and the end of the transfer.
      await delay(random.between(50, 1_200));
      await crew.kill(coordinator);
      await crew.start([coordinator]);
      return [coordinator, joiner];
    },
  },
  {
    name: 'kill all',
    weight: 1,
    longestMs: 30_000,
    async run({ crew }) {
      await Promise.all(crew.names.map((name) => crew.kill(name)));
      await crew.start(crew.names);
      return 'all';
    },
  },
  {
    name: 'leave and start',
    weight: 2,
    longestMs: 25_000,
    async run(world) {
      const victim = await anyMember(world);
      await world.crew.stop([victim]);
      await world.crew.start([victim]);
      return [victim];
    },
  },
  {
    name: 'rolling restart',
    weight: 2,
    longestMs: 60_000,
    async run({ crew, breach }) {
      for (const name of crew.names) {
        await crew.stop([name]);
        await crew.start([name]);
        if (!(await crew.settle(settleMs))) breach(`M8 rolling restart: no agreement after ${name} came back: ${await crew.describe()}`);
      }
      return crew.names;
    },
  },
  {
    name: 'scale down to one and up again',
    weight: 2,
    longestMs: 60_000,
    async run({ crew, random, breach }) {
      const stays = random.pick(crew.names);
      const leavers = crew.names.filter((name) => name !== stays);
      await crew.stop(leavers);
      if (!(await crew.settle(settleMs))) breach(`M8 scale-down: ${stays} is not alone and whole: ${await crew.describe()}`);
      await crew.start(leavers);
      return leavers;
    },
  },
  {
    name: 'two start within 2 ms',
    weight: 2,
    least: 3,
    longestMs: 40_000,
    async run({ crew, random, say }) {
      const first = random.pick(crew.names);
      const second = random.pick(crew.names.filter((name) => name !== first));
      await crew.stop([first, second]);
      const ready = await crew.prepare([first, second]);
      crew.launchTogether(ready);
      await crew.settle(settleMs);
      const began = await Promise.all(ready.map((handle) => handle.started.catch(() => Number.NaN)));
      say(`two starts: ${Math.abs((began[0] ?? 0) - (began[1] ?? 0)).toFixed(2)} ms apart`);
      return [first, second];
    },
  },
];
