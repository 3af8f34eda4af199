import { setTimeout as delay } from 'node:timers/promises';
import { admin, adminToken } from '../../bench/drivers/admin.ts';
import { call } from '../../bench/drivers/http.ts';
import { type LoginWalk, type TokenSet, WalkError } from '../../bench/drivers/login-walk.ts';
import type { ExternalServer } from '../../bench/servers/external-caches.ts';
import { until } from '../support/test-cluster.ts';
import { type Event, violationsOf } from './history-checker.ts';
import { USERS, type World } from './world.ts';

const CLIENTS = 8;
/** A client waits no longer for an answer; what it asked for may still happen. */
const ANSWER_WITHIN_MS = 8_000;
/** An access token's lifespan in the register that settings are checked with starts here. */
const FIRST_LIFESPAN = 3_600;
const CALM_MS = 4_000;

export interface HistoryOptions {
  readonly durationMs: number;
  readonly seed: number;
}

export interface HistoryReport {
  readonly seed: number;
  readonly summary: string;
  readonly violations: readonly string[];
}

function randomOf(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** A session that several clients use at the same time. */
interface Shared {
  readonly about: string;
  readonly walk: LoginWalk;
  tokens: TokenSet;
}

/** Mixed load on all nodes while one of them, or of the external servers, at a time is killed, frozen or restarted; what the clients were told is checked afterwards. */
export async function runHistory(world: World, { durationMs, seed }: HistoryOptions): Promise<HistoryReport> {
  const random = randomOf(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const { server } = world.cluster;
  const events: Event[] = [];
  const sessions: Shared[] = [];
  const endsAt = performance.now() + durationMs;
  const sessionsMayEnd: { from: number; to: number }[] = [];
  let counter = 0;

  /** Makes a request and writes down what was told; undefined where that is not known. */
  async function record<T>(
    kind: Event['kind'],
    about: string,
    work: () => Promise<T>,
    value?: (result: T) => number | undefined,
  ): Promise<T | undefined> {
    const sentAt = performance.now();
    try {
      const result = await Promise.race([work(), refuseLate()]);
      events.push({ kind, about, sentAt, toldAt: performance.now(), told: 'yes', value: value?.(result) });
      return result;
    } catch (error) {
      const told = error instanceof WalkError && error.answer.status < 500 ? 'no' : 'unknown';
      events.push({ kind, about, sentAt, toldAt: performance.now(), told });
      return undefined;
    }
  }

  const base = (): string => pick(server.bases);

  async function login(user: number): Promise<void> {
    counter += 1;
    const number = counter;
    const about = `session ${number}`;
    const walk = world.walk(user);
    try {
      await walk.page(base());
      await walk.password(base());
    } catch {
      return;
    }
    const bases = [base(), base()];
    // The same code on two nodes at once: one may win. The loser's try ends the winner's tokens, so that such a session is not used.
    if (random() < 0.3) {
      await Promise.all(bases.map((one) => record('exchange', `code ${number}`, () => walk.exchange(one))));
      return;
    }
    const tokens = await record('login', about, () => walk.exchange(base()));
    if (tokens !== undefined) sessions.push({ about, walk, tokens });
  }

  async function use(session: Shared): Promise<void> {
    const { about, walk } = session;
    if (random() < 0.4) {
      const tokens = await record('use', about, () => walk.refresh(base(), session.tokens.refresh_token));
      if (tokens !== undefined) session.tokens = tokens;
    } else if (random() < 0.5) {
      await record('use', about, () => walk.userinfo(base(), session.tokens.access_token));
    } else {
      await record('use', about, () => activeOrRefused(walk, base(), session.tokens.access_token));
    }
  }

  async function logout(session: Shared): Promise<void> {
    sessions.splice(sessions.indexOf(session), 1);
    await record('logout', session.about, () => session.walk.logout(base(), session.tokens.refresh_token));
    // And asked on every node at once, by somebody who knows it from nobody but the one who was told.
    await Promise.all(
      server.bases.map((one) => record('use', session.about, () => session.walk.userinfo(one, session.tokens.access_token))),
    );
  }

  async function client(index: number): Promise<void> {
    while (performance.now() < endsAt) {
      const mine = sessions.length === 0 ? undefined : pick(sessions);
      const dice = random();
      if (mine === undefined || (sessions.length < 40 && dice < 0.15)) await login((index * 7 + counter) % USERS);
      else if (dice < 0.22) await logout(mine);
      else await use(mine);
      await delay(5);
    }
  }

  async function settings(): Promise<void> {
    let lifespan = FIRST_LIFESPAN;
    let token = '';
    while (performance.now() < endsAt) {
      const on = base();
      lifespan += 1;
      const next = lifespan;
      const sentAt = performance.now();
      try {
        token = await adminToken(on);
        await admin(on, token, 'PUT', '/realms/scenarios', { accessTokenLifespan: next });
        events.push({ kind: 'write', about: 'lifespan', sentAt, toldAt: performance.now(), told: 'yes', value: next - FIRST_LIFESPAN });
      } catch {
        events.push({ kind: 'write', about: 'lifespan', sentAt, toldAt: performance.now(), told: 'unknown', value: next - FIRST_LIFESPAN });
      }
      const walk = world.walk(0);
      const lifespanOn = (one: string) =>
        record(
          'read',
          'lifespan',
          () => clientCredentials(walk, one),
          (seconds) => seconds - FIRST_LIFESPAN,
        );
      await Promise.all(server.bases.map(lifespanOn));
      await delay(100);
    }
  }

  let disturbed = 0;
  async function disturbExternal(victim: ExternalServer, how: NodeJS.Signals): Promise<void> {
    if (how === 'SIGSTOP') {
      victim.signal(how);
      await delay(2_000 + random() * 8_000);
      victim.signal('SIGCONT');
    } else {
      await victim.kill(how);
      await delay(random() * 2_000);
      await victim.start();
    }
    await world.externalSettled();
  }

  async function nemesis(): Promise<void> {
    const external = world.external?.servers ?? [];
    while (performance.now() < endsAt - 2 * CALM_MS) {
      const index = Math.floor(random() * (server.bases.length + external.length));
      const how = pick(['SIGKILL', 'SIGSTOP', 'SIGTERM'] as const);
      const outside = external[index - server.bases.length];
      disturbed += 1;
      if (outside !== undefined) {
        await disturbExternal(outside, how);
        await delay(CALM_MS);
        continue;
      }
      server.signal(index, how);
      if (how === 'SIGSTOP') {
        await delay(2_000 + random() * 8_000);
        server.signal(index, 'SIGCONT');
      } else {
        await server.nodes[index]?.exited;
        await delay(random() * 2_000);
        await server.startNode(index);
      }
      await until('the cluster is whole again', async () => (await healthy(world)) === server.bases.length);
      await delay(CALM_MS);
    }
  }

  await Promise.all([...Array.from({ length: CLIENTS }, (_, index) => client(index)), settings(), nemesis()]);
  await world.settled();
  // Quiet again: what was told last is what every node says now.
  for (const session of [...sessions])
    for (const one of server.bases) await record('use', session.about, () => session.walk.userinfo(one, session.tokens.access_token));
  const count = (told: Event['told']): number => events.filter((event) => event.told === told).length;
  return {
    seed,
    summary: `${events.length} requests (${count('yes')} yes, ${count('no')} no, ${count('unknown')} unknown), ${counter} logins, ${disturbed} disturbances`,
    violations: violationsOf(events, { sessionsMayEnd }),
  };
}

async function refuseLate(): Promise<never> {
  await delay(ANSWER_WITHIN_MS, undefined, { ref: false });
  throw new Error('no answer in time');
}

async function activeOrRefused(walk: LoginWalk, base: string, token: string): Promise<void> {
  const { settings } = walk;
  const form = { client_id: settings.clientId, client_secret: settings.clientSecret, token };
  const answer = await call(`${base}/realms/${settings.realm}/protocol/openid-connect/token/introspect`, { form });
  if (answer.status !== 200) throw new WalkError('introspection', answer);
  if ((JSON.parse(answer.text) as { active: boolean }).active !== true) throw new WalkError('introspection', { ...answer, status: 400 });
}

async function clientCredentials(walk: LoginWalk, base: string): Promise<number> {
  const { settings } = walk;
  const form = { client_id: settings.clientId, client_secret: settings.clientSecret, grant_type: 'client_credentials' };
  const answer = await call(`${base}/realms/${settings.realm}/protocol/openid-connect/token`, { form });
  if (answer.status !== 200) throw new WalkError('client credentials', answer);
  return (JSON.parse(answer.text) as TokenSet).expires_in;
}

async function healthy(world: World): Promise<number> {
  const answers = await Promise.all(
    world.cluster.server.managementBases.map((base) => call(`${base}/health/ready`, { timeoutMs: 2_000 }).catch(() => undefined)),
  );
  return answers.filter((answer) => answer?.status === 200).length;
}
