import type { BenchDatabase } from './servers/bench-database.ts';
import type { ServerUnderTest } from './servers/server.ts';

/** What an event does things to. */
export interface LifeOf {
  readonly server: ServerUnderTest;
  readonly database: BenchDatabase;
  /** Nodes that requests are not sent to; an event changes it as it goes on. */
  readonly down: Set<number>;
}

export interface LifeEvent {
  readonly name: string;
  /** The stream goes on for so long after the event began, or until it is over. */
  readonly afterSeconds: number;
  /** Whether it can be made with this database. */
  possible?(database: BenchDatabase): boolean;
  happen(life: LifeOf): Promise<void> | void;
  /** After the stream: brings back what is down. */
  mend(life: LifeOf): Promise<void>;
}

const MEMBER = 2;
const COORDINATOR = 0;
const FROZEN_DATABASE_MS = 10_000;
const STOP_POLL_MS = 50;
const STOPPED_WITHIN_MS = 30_000;

/** Asks a node to end, and waits until it has. */
export async function stopNode(server: ServerUnderTest, index: number): Promise<void> {
  const pid = server.pids()[index] ?? 0;
  server.signal(index, 'SIGTERM');
  for (let waited = 0; waited < STOPPED_WITHIN_MS; waited += STOP_POLL_MS) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, STOP_POLL_MS));
  }
  throw new Error(`node ${index} did not stop`);
}

/** The end of one node by a signal; the node is started again afterwards. */
function loss(name: string, victim: number, signal: NodeJS.Signals, afterSeconds: number): LifeEvent {
  return {
    name,
    afterSeconds,
    happen: ({ server, down }) => {
      down.add(victim);
      server.signal(victim, signal);
    },
    mend: async ({ server, down }) => {
      if (signal === 'SIGSTOP') {
        server.signal(victim, 'SIGCONT');
        server.signal(victim, 'SIGKILL');
      }
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      await server.startNode(victim);
      down.delete(victim);
    },
  };
}

const nothing = async (): Promise<void> => {};

/** Every event that both servers go through, in order. */
export const lifeEvents: readonly LifeEvent[] = [
  loss('kill -9 of a member', MEMBER, 'SIGKILL', 12),
  loss('kill -9 of the coordinator', COORDINATOR, 'SIGKILL', 12),
  loss('SIGTERM of a member', MEMBER, 'SIGTERM', 8),
  loss('freeze of a member (SIGSTOP)', MEMBER, 'SIGSTOP', 25),
  {
    name: 'rolling restart of all nodes',
    afterSeconds: 10,
    happen: async ({ server, down }) => {
      for (const index of server.bases.keys()) {
        down.add(index);
        await stopNode(server, index);
        await server.startNode(index);
        down.delete(index);
      }
    },
    mend: nothing,
  },
  {
    name: 'database restarted',
    afterSeconds: 10,
    possible: (database) => database.restart !== undefined,
    happen: ({ database }) => database.restart?.(),
    mend: nothing,
  },
  {
    name: `database frozen for ${FROZEN_DATABASE_MS / 1_000} s`,
    afterSeconds: 20,
    possible: (database) => database.freeze !== undefined,
    happen: ({ database }) => database.freeze?.(FROZEN_DATABASE_MS),
    mend: nothing,
  },
];
