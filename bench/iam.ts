import { residentMb } from './drivers/cpu.ts';
import { type Floors, measureFloors } from './drivers/floors.ts';
import { closedLoop, type LoadResult, type Operation } from './drivers/load.ts';
import { LoginWalk, type TokenSet, type WalkSettings } from './drivers/login-walk.ts';
import type { FreshDatabase } from './servers/database.ts';
import { databaseWork } from './servers/database-cpu.ts';
import type { ServerUnderTest } from './servers/server.ts';

/** Users of the bench realm; logins rotate over them. */
export const USERS = 50;

export interface IamOptions {
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly callers: number;
  /** Names of operations; empty = all. */
  readonly only: readonly string[];
}

export interface IamResult {
  readonly server: string;
  readonly nodes: number;
  readonly residentMbIdle: readonly number[];
  readonly residentMbAfter: readonly number[];
  /** Taken before the operations, while the servers were idle. */
  readonly floors: Floors;
  readonly rows: readonly LoadResult[];
}

function settings(user: number): WalkSettings {
  return {
    realm: 'bench',
    clientId: 'app',
    clientSecret: 'app-secret',
    redirectUri: 'http://localhost/callback',
    username: `user${user}`,
    password: `password${user}`,
  };
}

/** The operations of the table; those that need a session share logins made before the clock runs. */
async function operationsOf(server: ServerUnderTest): Promise<Operation[]> {
  const base = (index: number): string => server.bases[index % server.bases.length] as string;
  const walks = await Promise.all(
    Array.from({ length: 16 }, async (_, user) => {
      const walk = new LoginWalk(settings(user));
      let tokens: TokenSet = await walk.login(base(user));
      return {
        walk,
        accessToken: () => tokens.access_token,
        refresh: async (on: string) => {
          tokens = await walk.refresh(on, tokens.refresh_token);
        },
      };
    }),
  );
  const walkOf = (index: number) => walks[index % walks.length] as (typeof walks)[number];
  const plain = new LoginWalk(settings(0));
  return [
    { name: 'discovery', run: (index) => plain.discovery(base(index)) },
    { name: 'jwks', run: (index) => plain.jwks(base(index)) },
    { name: 'login page', run: (index) => new LoginWalk(settings(index % USERS)).page(base(index)) },
    {
      name: 'login (page, password, code)',
      run: async (index) => {
        await new LoginWalk(settings(index % USERS)).login(base(index), base(index + 1), base(index + 2));
      },
    },
    {
      name: 'password grant',
      run: async (index) => {
        await new LoginWalk(settings(index % USERS)).passwordGrant(base(index));
      },
    },
    { name: 'client credentials', run: (index) => plain.clientCredentials(base(index)) },
    { name: 'refresh', run: (index) => walkOf(index).refresh(base(index)) },
    { name: 'single sign-on', run: (index) => walkOf(index).walk.sso(base(index)) },
    {
      name: 'userinfo',
      run: async (index) => {
        await plain.userinfo(base(index), walkOf(index).accessToken());
      },
    },
    {
      name: 'introspection',
      run: async (index) => {
        if ((await plain.introspect(base(index), walkOf(index).accessToken()))['active'] !== true)
          throw new Error('introspection: not active');
      },
    },
  ];
}

/** Runs every operation against a started server with the realm `bench`, on a database that nothing else uses. */
export async function measureIam(server: ServerUnderTest, database: FreshDatabase, options: IamOptions): Promise<IamResult> {
  const idle = server.pids().map(residentMb);
  const floors = await measureFloors();
  const operations = (await operationsOf(server)).filter((operation) => options.only.length === 0 || options.only.includes(operation.name));
  const work = databaseWork(database);
  const rows: LoadResult[] = [];
  for (const operation of operations) {
    const load = {
      callers: options.callers,
      serverPids: server.pids(),
      databaseWork: work,
      sqlStatements: server.sqlStatements?.bind(server),
    };
    if (options.warmUpSeconds > 0) await closedLoop(operation, { ...load, seconds: options.warmUpSeconds });
    rows.push(await closedLoop(operation, { ...load, seconds: options.seconds }));
  }
  return {
    server: server.name,
    nodes: server.bases.length,
    residentMbIdle: idle,
    floors,
    residentMbAfter: server.pids().map(residentMb),
    rows,
  };
}
