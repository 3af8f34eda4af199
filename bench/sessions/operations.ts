import { admin, adminToken } from '../drivers/admin.ts';
import { benchWalk, LoginWalk, type TokenSet } from '../drivers/login-walk.ts';
import type { Operation } from '../load/operation.ts';

/** Sessions that operations share. */
const SHARED = 48;
export const REALM = 'bench';

export interface SessionOperations {
  readonly operations: readonly Operation[];
  /** Refreshes of sessions on the node that opened them, or on any. */
  refresh(affinity: boolean): Operation;
}

export function walkOf(user: number): LoginWalk {
  return new LoginWalk(benchWalk(REALM, user));
}

/** Opens the sessions that the operations use, each node its share. */
export async function openOperations(bases: readonly string[], users: number, seededUsers: number): Promise<SessionOperations> {
  const base = (index: number): string => bases[index % bases.length] as string;
  const shared = await Promise.all(
    Array.from({ length: SHARED }, async (_, slot) => {
      const walk = walkOf(slot % users);
      return { walk, home: base(slot), tokens: (await walk.login(base(slot))) as TokenSet };
    }),
  );
  const of = (index: number) => shared[index % SHARED] as (typeof shared)[number];
  const token = await adminToken(base(0));
  const [client] = (await admin(base(0), token, 'GET', `/realms/${REALM}/clients?clientId=app`)) as { id: string }[];
  const operations: Operation[] = [
    { name: 'login (page, password, code)', run: (index) => walkOf(index % users).login(base(index), base(index + 1), base(index + 2)) },
    { name: 'single sign-on', run: (index) => of(index).walk.sso(base(index)) },
    { name: 'userinfo', run: (index) => of(index).walk.userinfo(base(index), of(index).tokens.access_token) },
    {
      name: 'introspection',
      run: async (index) => {
        if ((await of(index).walk.introspect(base(index), of(index).tokens.access_token))['active'] !== true) throw new Error('not active');
      },
    },
    {
      name: 'login and logout',
      run: async (index) => {
        const walk = walkOf(index % users);
        await walk.logout(base(index + 1), (await walk.passwordGrant(base(index))).refresh_token);
      },
    },
    {
      name: 'sessions of a user (Admin REST)',
      run: (index) =>
        admin(base(index), token, 'GET', `/realms/${REALM}/users/seeded-${(index * 7_919) % Math.max(1, seededUsers)}/sessions`),
    },
    {
      name: 'a page of the sessions of a client (Admin REST)',
      run: (index) =>
        admin(base(index), token, 'GET', `/realms/${REALM}/clients/${client?.id}/user-sessions?first=${index % 1_000}&max=20`),
    },
  ];
  const refresh = (affinity: boolean): Operation => ({
    name: affinity ? 'refresh, on the node that opened it' : 'refresh, on any node',
    run: async (index) => {
      const session = of(index);
      session.tokens = await session.walk.refresh(
        affinity ? session.home : base(index + Math.floor(index / SHARED)),
        session.tokens.refresh_token,
      );
    },
  });
  return { operations: [...operations.slice(0, 1), refresh(false), ...operations.slice(1)], refresh };
}
