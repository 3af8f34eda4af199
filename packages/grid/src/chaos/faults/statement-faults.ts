import { setTimeout as delay } from 'node:timers/promises';
import { anyMember, type Fault, type World } from './fault.ts';

const settleMs = 30_000;
const longestHoldMs = 8_000;
/** A join talks with the database in some twenty pieces, statements and answers; an eviction in fewer, between beats. */
const piecesOfJoin = 24;
const piecesOfEviction = 12;
/** Nothing more is said: the member went on without another word to the database. */
const talkMs = 6_000;

/**
 * Stops the member at the moment when the `count`-th piece of what it says to the database, or hears from it, passes. So it stands between any two
 * statements, or with one that is executed and whose answer it has not read. It goes on after a while.
 */
async function freezeAtStatement({ crew, database, random }: World, name: string, count: number): Promise<void> {
  const link = database.link(name);
  const member = crew.member(name);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  let left = count;
  link.watch = () => {
    left -= 1;
    if (left > 0) return;
    link.watch = undefined;
    member.signal('SIGSTOP');
    resolve(true);
  };
  const limit = setTimeout(() => resolve(false), talkMs);
  try {
    if (await promise) await delay(random.between(500, longestHoldMs));
  } finally {
    clearTimeout(limit);
    link.watch = undefined;
    member.signal('SIGCONT');
  }
}

async function whole({ crew, breach }: World, what: string): Promise<void> {
  if (!(await crew.settle(settleMs))) breach(`M8 ${what}: no common view afterwards: ${await crew.describe()}`);
}

export const statementFaults: readonly Fault[] = [
  {
    name: 'joiner frozen at a statement',
    weight: 2,
    longestMs: 25_000,
    async run(world) {
      const { crew, random } = world;
      const victim = await anyMember(world);
      const [next] = await crew.prepare([victim]);
      await crew.kill(victim);
      if (next === undefined) return [victim];
      crew.launch(next);
      await freezeAtStatement(world, victim, 1 + Math.floor(random.next() * piecesOfJoin));
      await whole(world, 'joiner frozen at a statement');
      return [victim];
    },
  },
  {
    name: 'coordinator frozen at a statement of an eviction',
    weight: 2,
    least: 3,
    longestMs: 30_000,
    async run(world) {
      const { crew, random } = world;
      const proposer = await crew.coordinator();
      const victim = random.pick(crew.names.filter((name) => name !== proposer));
      const frozen = freezeAtStatement(world, proposer, 1 + Math.floor(random.next() * piecesOfEviction));
      await crew.kill(victim);
      await frozen;
      await crew.start([victim]);
      await whole(world, 'coordinator frozen at a statement of an eviction');
      return [proposer, victim];
    },
  },
];
