import { setTimeout as sleep } from 'node:timers/promises';
import { call } from '../../bench/drivers/http.ts';
import { type LoginWalk, type TokenSet, WalkError } from '../../bench/drivers/login-walk.ts';
import type { Holding } from './modes.ts';
import { patient } from './patient.ts';
import type { World } from './world.ts';

/** A little more than the time after which a try that nobody ended counts as failed (docs/adr/0006). */
const OVERDUE_MS = 31_000;

/** A step of a walk, and where the walk's state lies after it. */
export interface Step {
  readonly name: string;
  readonly holds: Holding;
  run(): Promise<void>;
}

/** A conversation in steps, each on another node; throws where it is not answered as without any disturbance. */
export interface Walk {
  readonly name: string;
  readonly steps: readonly Step[];
}

export type NewWalk = (world: World, user: number) => Walk;

function loginSteps(world: World, login: LoginWalk, take: (tokens: TokenSet) => void, after: Holding): Step[] {
  return [
    { name: 'login page', holds: 'login', run: () => patient(() => login.page(world.next())) },
    { name: 'password', holds: 'login', run: () => patient(() => login.password(world.next())) },
    { name: 'code exchange', holds: after, run: async () => take(await patient(() => login.exchange(world.next()))) },
  ];
}

/** A token set that is taken later. */
function slot(): { tokens: TokenSet; take(tokens: TokenSet): void } {
  return {
    tokens: undefined as unknown as TokenSet,
    take(tokens) {
      this.tokens = tokens;
    },
  };
}

async function expectStillOne(world: World, login: LoginWalk): Promise<void> {
  const answers = await Promise.all(world.bases.map((base) => patient(() => answerOf(login, base))));
  const winners = answers.filter((status) => status === 200).length;
  if (winners !== 1) throw new Error(`a code was exchanged ${winners} times`);
}

async function answerOf(login: LoginWalk, base: string): Promise<number> {
  const answer = await login.exchangeCode(base);
  if (answer.status === 503) throw Object.assign(new Error('503'), { code: 'ECONNREFUSED' });
  return answer.status;
}

async function refusedEverywhere(world: World, what: string, work: (base: string) => Promise<unknown>): Promise<void> {
  for (const base of world.bases) {
    const accepted = await patient(() => work(base)).then(
      () => true,
      () => false,
    );
    if (accepted) throw new Error(`${what} on ${base}`);
  }
}

const login: NewWalk = (world, user) => {
  const walk = world.walk(user);
  const held = slot();
  return {
    name: 'login, refresh, userinfo',
    steps: [
      ...loginSteps(world, walk, (tokens) => held.take(tokens), 'session'),
      {
        name: 'refresh',
        holds: 'session',
        run: async () => held.take(await patient(() => walk.refresh(world.next(), held.tokens.refresh_token))),
      },
      {
        name: 'userinfo',
        holds: 'session',
        run: async () => void (await patient(() => walk.userinfo(world.next(), held.tokens.access_token))),
      },
      { name: 'single sign-on', holds: 'login', run: () => patient(() => walk.sso(world.next())) },
      { name: 'second code exchange', holds: 'session', run: async () => held.take(await patient(() => walk.exchange(world.next()))) },
      {
        name: 'introspection',
        holds: 'session',
        run: async () => {
          if ((await patient(() => walk.introspect(world.next(), held.tokens.access_token)))['active'] !== true)
            throw new Error('not active');
        },
      },
    ],
  };
};

const offline: NewWalk = (world, user) => {
  const walk = world.walk(user, { scope: 'openid offline_access' });
  const held = slot();
  const refresh = async () => held.take(await patient(() => walk.refresh(world.next(), held.tokens.refresh_token)));
  return {
    name: 'offline access',
    steps: [
      ...loginSteps(world, walk, (tokens) => held.take(tokens), 'offline'),
      { name: 'refresh', holds: 'offline', run: refresh },
      { name: 'further refresh', holds: 'offline', run: refresh },
    ],
  };
};

const race: NewWalk = (world, user) => {
  const walk = world.walk(user);
  return {
    name: 'a code raced on all nodes',
    steps: [
      ...loginSteps(world, walk, () => undefined, 'session').slice(0, 2),
      { name: 'raced exchange', holds: 'mark', run: () => expectStillOne(world, walk) },
      {
        name: 'replay',
        holds: 'mark',
        run: () => refusedEverywhere(world, 'a used code was exchanged again', (base) => walk.exchange(base)),
      },
    ],
  };
};

const logout: NewWalk = (world, user) => {
  const walk = world.walk(user);
  const held = slot();
  return {
    name: 'logout',
    steps: [
      // A session that is gone is logged out just as well.
      ...loginSteps(world, walk, (tokens) => held.take(tokens), 'nothing'),
      { name: 'logout', holds: 'mark', run: () => patient(() => walk.logout(world.next(), held.tokens.refresh_token)) },
      {
        name: 'refresh after logout',
        holds: 'mark',
        run: () =>
          refusedEverywhere(world, 'a session that was logged out was refreshed', (base) => walk.refresh(base, held.tokens.refresh_token)),
      },
    ],
  };
};

const revocation: NewWalk = (world, user) => {
  const walk = world.walk(user);
  const held = slot();
  const active = (base: string) => patient(() => walk.introspect(base, held.tokens.access_token)).then((found) => found['active'] === true);
  return {
    name: 'a revoked access token',
    steps: [
      { name: 'password grant', holds: 'nothing', run: async () => held.take(await patient(() => walk.passwordGrant(world.next()))) },
      {
        name: 'revocation',
        holds: 'revocation',
        run: async () => {
          const form = { client_id: 'app', client_secret: 'app-secret', token: held.tokens.access_token };
          await patient(async () => {
            const answer = await call(`${world.next()}/realms/${walk.settings.realm}/protocol/openid-connect/revoke`, { form });
            if (answer.status !== 200) throw new WalkError('revocation', answer);
          });
        },
      },
      {
        name: 'introspection',
        holds: 'revocation',
        run: async () => {
          for (const base of world.bases) if (await active(base)) throw new Error(`a revoked token is active on ${base}`);
        },
      },
    ],
  };
};

const counter: NewWalk = (world, user) => {
  let told = 0;
  const fail = async () => {
    const wrong = world.walk(user, { password: 'wrong' });
    const accepted = await patient(() => wrong.passwordGrant(world.next())).then(
      () => true,
      (error: Error) => {
        if (!/Invalid user credentials/.test(error.message)) throw error;
        return false;
      },
    );
    if (accepted) throw new Error('a wrong password was accepted');
    told += 1;
  };
  const counts = () => Promise.all(world.bases.map((base) => patient(() => world.failuresOf(user, base))));
  const check = async () => {
    if ((await counts()).some((counted) => counted > 0 && counted < told)) {
      // A try whose outcome could not be counted is a failure when its time is over, and the next step says so.
      await sleep(OVERDUE_MS);
      await fail();
    }
    const counted = await counts();
    if (counted.some((one) => one !== told)) throw new Error(`${told} failures were told, the nodes count ${counted.join(', ')}`);
  };
  return {
    name: 'failed logins',
    steps: [
      { name: 'three failures', holds: 'counter', run: async () => void (await Promise.all([fail(), fail(), fail()])) },
      { name: 'two more', holds: 'counter', run: async () => void (await Promise.all([fail(), fail()])) },
      { name: 'the count', holds: 'counter', run: check },
    ],
  };
};

export const walks: readonly NewWalk[] = [login, offline, race, logout, revocation, counter];
