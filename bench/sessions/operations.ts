import { admin, adminToken } from '../drivers/admin.ts';
import { benchWalk, LoginWalk, type TokenSet } from '../drivers/login-walk.ts';
import type { Operation } from '../load/operation.ts';

/** Sessions that operations share. */
const SHARED = 48;
const LOGINS_AT_ONCE = 4;
export const REALM = 'bench';

export interface SessionOperations {
  readonly operations: readonly Operation[];
  /** Refreshes of sessions on the node that opened them, or on any. */
  refresh(affinity: boolean): Operation;
}

export function walkOf(user: number): LoginWalk {
  return new LoginWalk(benchWalk(REALM, user));
}

/** Tokens of the realm master live for a minute; a fresh one now and then is paid by one operation of many. */
const TOKEN_FOR_MS = 30_000;

/** Reads by Admin REST. */
function administrator(first: string): (base: string, path: string) => Promise<unknown> {
  let token: Promise<string> | undefined;
  let since = 0;
  return async (base, path) => {
    if (token === undefined || performance.now() - since > TOKEN_FOR_MS) {
      since = performance.now();
      token = adminToken(first);
    }
    return admin(base, await token, 'GET', path);
  };
}

/**
 * Opens the sessions that the operations use, each node its share; `seededUsers` 0: the tables hold nothing beside them, and the sessions of
 * one of the realm's own users are listed.
 */
export async function openOperations(bases: readonly string[], users: number, seededUsers: number): Promise<SessionOperations> {
  const base = (index: number): string => bases[index % bases.length] as string;
  const shared: { readonly walk: LoginWalk; readonly home: string; tokens: TokenSet }[] = [];
  // A few at a time: a server that has just started has its code still to compile.
  while (shared.length < SHARED) {
    const slots = Array.from({ length: LOGINS_AT_ONCE }, (_, more) => shared.length + more);
    const opened = slots.map(async (slot) => {
      const walk = walkOf(slot % users);
      return { walk, home: base(slot), tokens: await walk.login(base(slot)) };
    });
    shared.push(...(await Promise.all(opened)));
  }
  const of = (index: number) => shared[index % SHARED] as (typeof shared)[number];
  const ask = administrator(base(0));
  const [client] = (await ask(base(0), `/realms/${REALM}/clients?clientId=app`)) as { id: string }[];
  const [known] = (await ask(base(0), `/realms/${REALM}/users?username=user0&exact=true`)) as { id: string }[];
  const userId = (index: number) => (seededUsers === 0 ? known?.id : `seeded-${(index * 7_919) % seededUsers}`);
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
      run: (index) => ask(base(index), `/realms/${REALM}/users/${userId(index)}/sessions`),
    },
    {
      name: 'a page of the sessions of a client (Admin REST)',
      run: (index) => ask(base(index), `/realms/${REALM}/clients/${client?.id}/user-sessions?first=${index % 1_000}&max=20`),
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
