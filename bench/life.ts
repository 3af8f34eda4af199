import { residentMb, totalCpuMs } from './drivers/cpu.ts';
import { LoginWalk, type TokenSet } from './drivers/login-walk.ts';
import { type SteadyResult, steadyStream } from './drivers/steady.ts';
import { benchRealm, type ServerUnderTest } from './servers/server.ts';

const REQUESTS_PER_SECOND = 40;

export interface LifeResult {
  readonly server: string;
  /** Milliseconds to ready: the first node on a fresh database, it again with the schema present, all three at once. */
  readonly freshMs: number;
  readonly schemaPresentMs: number;
  readonly threeAtOnceMs: number;
  readonly startCpuMs: number;
  readonly residentMb: number;
  readonly events: readonly { readonly name: string; readonly result: SteadyResult; readonly lostSessions: number }[];
}

/** Kinds of loss, each under a steady stream of refreshes and logins on the other nodes. */
const events: readonly {
  readonly name: string;
  readonly signal: NodeJS.Signals;
  readonly victim: 'member' | 'coordinator';
  readonly afterSeconds: number;
}[] = [
  { name: 'kill -9 of a member', signal: 'SIGKILL', victim: 'member', afterSeconds: 12 },
  { name: 'kill -9 of the coordinator', signal: 'SIGKILL', victim: 'coordinator', afterSeconds: 12 },
  { name: 'SIGTERM of a member', signal: 'SIGTERM', victim: 'member', afterSeconds: 8 },
  { name: 'freeze of a member (SIGSTOP)', signal: 'SIGSTOP', victim: 'member', afterSeconds: 25 },
];

async function stopNode(server: ServerUnderTest, index: number): Promise<void> {
  const pid = server.pids()[index] ?? 0;
  server.signal(index, 'SIGTERM');
  for (let tries = 0; tries < 600; tries += 1) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`node ${index} did not stop`);
}

/** Starts, kills and freezes the three nodes of a server whose database is empty. */
export async function measureLife(
  server: ServerUnderTest,
  wanted: readonly string[] = events.map((event) => event.name),
): Promise<LifeResult> {
  const freshMs = await server.startNode(0);
  // With a realm to load, as a server in use has.
  await server.createRealm(benchRealm('bench', 30));
  await stopNode(server, 0);
  const schemaPresentMs = await server.startNode(0);
  const startCpuMs = totalCpuMs(server.pids().slice(0, 1));
  const idleMb = residentMb(server.pids()[0] ?? 0);
  await stopNode(server, 0);
  const began = performance.now();
  await Promise.all([0, 1, 2].map((index) => server.startNode(index)));
  const threeAtOnceMs = performance.now() - began;

  const results: { name: string; result: SteadyResult; lostSessions: number }[] = [];
  for (const event of events.filter((one) => wanted.includes(one.name))) {
    const victim = event.victim === 'coordinator' ? 0 : 2;
    const others = server.bases.filter((_, index) => index !== victim);
    const sessions = await Promise.all(
      Array.from({ length: 30 }, async (_, user) => {
        const walk = new LoginWalk({
          realm: 'bench',
          clientId: 'app',
          clientSecret: 'app-secret',
          redirectUri: 'http://localhost/callback',
          username: `user${user}`,
          password: `password${user}`,
        });
        return { walk, tokens: (await walk.login(server.bases[user % 3] as string)) as TokenSet };
      }),
    );
    const result = await steadyStream({
      perSecond: REQUESTS_PER_SECOND,
      quietSeconds: 3,
      afterSeconds: event.afterSeconds,
      event: () => server.signal(victim, event.signal),
      request: async (index) => {
        const session = sessions[index % sessions.length] as (typeof sessions)[number];
        const base = others[index % others.length] as string;
        // Four refreshes to one whole login: both meet the dead node's share of the grid.
        if (index % 5 === 4) await new LoginWalk(session.walk.settings).login(base);
        else session.tokens = await session.walk.refresh(base, session.tokens.refresh_token);
      },
    });
    let lostSessions = 0;
    for (const session of sessions)
      await session.walk.refresh(others[0] as string, session.tokens.refresh_token).catch(() => (lostSessions += 1));
    results.push({ name: event.name, result, lostSessions });
    if (event.signal === 'SIGSTOP') {
      server.signal(victim, 'SIGCONT');
      server.signal(victim, 'SIGKILL');
    }
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    await server.startNode(victim);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
  }
  return { server: server.name, freshMs, schemaPresentMs, threeAtOnceMs, startCpuMs, residentMb: idleMb, events: results };
}
