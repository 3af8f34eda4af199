import { benchWalk, furtherClient, LoginWalk, type TokenSet, type WalkSettings } from '../drivers/login-walk.ts';
import { adminOperations } from './admin-operations.ts';
import type { Operation, Target } from './operation.ts';

/** Sessions that a worker keeps for the operations that need one. */
const SESSIONS = 16;
const REFRESHES_OF_A_SESSION = 5;

/** A prime, so that calls one after the other reach users far apart: neighbours in a table are read together. */
const USER_STRIDE = 7_919;

function settings(target: Target, user: number, more: Partial<WalkSettings> = {}): WalkSettings {
  const mine = ((user * target.workers + target.worker) * USER_STRIDE) % target.users;
  return { ...benchWalk(target.realm, mine), ...more };
}

/** A logged-in browser and its application, whose tokens go on from refresh to refresh. */
class Session {
  readonly walk: LoginWalk;
  tokens: TokenSet;

  constructor(walk: LoginWalk, tokens: TokenSet) {
    this.walk = walk;
    this.tokens = tokens;
  }

  async refresh(base: string): Promise<void> {
    this.tokens = await this.walk.refresh(base, this.tokens.refresh_token);
  }
}

/** Every operation that can be measured, in the order of the table. Sessions are made at the first call that needs one. */
export function operationsOf(target: Target): readonly Operation[] {
  const base = (index: number): string => target.bases[index % target.bases.length] as string;
  const sessions: Promise<Session>[] = [];
  const session = (index: number): Promise<Session> => {
    const slot = index % SESSIONS;
    sessions[slot] ??= (async () => {
      const walk = new LoginWalk(settings(target, slot));
      return new Session(walk, await (target.sessionsBy === 'login' ? walk.login(base(slot)) : walk.passwordGrant(base(slot))));
    })();
    return sessions[slot];
  };
  const plain = new LoginWalk(settings(target, 0));
  const elliptic = new LoginWalk(settings(target, 0, { clientId: 'es256-app' }));
  return [
    { name: 'discovery', run: (index) => plain.discovery(base(index)) },
    { name: 'jwks', run: (index) => plain.jwks(base(index)) },
    { name: 'login page', run: (index) => new LoginWalk(settings(target, index)).page(base(index)) },
    {
      name: 'login (page, password, code)',
      run: (index) => new LoginWalk(settings(target, index)).login(base(index), base(index + 1), base(index + 2)),
    },
    { name: 'password grant', run: (index) => new LoginWalk(settings(target, index)).passwordGrant(base(index)) },
    { name: 'client credentials', run: (index) => plain.clientCredentials(base(index)) },
    { name: 'client credentials, ES256', run: (index) => elliptic.clientCredentials(base(index)) },
    { name: 'refresh', run: async (index) => (await session(index)).refresh(base(index)) },
    { name: 'single sign-on', run: async (index) => (await session(index)).walk.sso(base(index)) },
    {
      name: 'userinfo',
      run: async (index) => plain.userinfo(base(index), (await session(index)).tokens.access_token),
    },
    {
      name: 'introspection',
      run: async (index) => {
        const answer = await plain.introspect(base(index), (await session(index)).tokens.access_token);
        if (answer['active'] !== true) throw new Error('introspection: not active');
      },
    },
    {
      name: 'login and logout',
      run: async (index) => {
        const walk = new LoginWalk(settings(target, index));
        const tokens = await walk.passwordGrant(base(index));
        await walk.logout(base(index + 1), tokens.refresh_token);
      },
    },
    {
      name: `session: login, ${REFRESHES_OF_A_SESSION} refreshes, logout`,
      run: async (index) => {
        const client = target.furtherClients === 0 ? {} : furtherClient(index % target.furtherClients);
        const walk = new LoginWalk(settings(target, index, client));
        let tokens = await walk.login(base(index), base(index + 1), base(index + 2));
        for (let turn = 0; turn < REFRESHES_OF_A_SESSION; turn += 1) tokens = await walk.refresh(base(index + turn), tokens.refresh_token);
        await walk.logout(base(index), tokens.refresh_token);
      },
    },
    ...adminOperations(target),
  ];
}
