import { call } from '../../../bench/drivers/http.ts';
import { type Check, expectMatch, expectSame, expectTrue, type Feature, type Way } from '../check.ts';
import type { Cluster } from '../cluster.ts';
import { claimsOf, clientIdOf, REALM, refresh, userIdOf, walker } from '../walker.ts';

const three = 'three nodes' as const;
const check = (feature: Feature, way: Way, name: string, run: (cluster: Cluster) => Promise<void>): Check => ({
  feature,
  way,
  name,
  on: three,
  run,
});
const oidc = (feature: Feature, name: string, run: (cluster: Cluster) => Promise<void>): Check =>
  check(feature, 'OpenID Connect', name, run);
const rest = (feature: Feature, name: string, run: (cluster: Cluster) => Promise<void>): Check => check(feature, 'Admin REST', name, run);

const endpoint = (cluster: Cluster, node: number, name: string): string =>
  `${cluster.base(node)}/realms/${REALM}/protocol/openid-connect/${name}`;

async function active(cluster: Cluster, node: number, token: string): Promise<boolean> {
  const answer = await call(endpoint(cluster, node, 'token/introspect'), {
    form: { client_id: 'app', client_secret: 'app-secret', token },
  });
  return (JSON.parse(answer.text) as { active: boolean }).active;
}

interface SessionRow {
  readonly id: string;
  readonly username: string;
  readonly start: number;
  readonly lastAccess: number;
  readonly clients: Record<string, string>;
}

const sessionsOf = async (cluster: Cluster, node: number, user: number): Promise<SessionRow[]> =>
  (await cluster.admin(node, 'GET', `/realms/${REALM}/users/${await userIdOf(cluster, user)}/sessions`)) as SessionRow[];

export const sessionChecks: readonly Check[] = [
  oidc('persistent user sessions', 'page, password and code exchange of one login may each meet another node', async (cluster) => {
    await walker(0).login(cluster.base(0), cluster.base(1), cluster.base(2));
  }),
  oidc('persistent user sessions', 'a session made on one node is refreshed on each other node', async (cluster) => {
    const walk = walker(0);
    let tokens = await walk.login(cluster.base(0));
    for (const node of [1, 2, 0]) tokens = await walk.refresh(cluster.base(node), tokens.refresh_token);
  }),
  oidc('persistent user sessions', 'a browser that logged in on one node gets a code on another without a page', async (cluster) => {
    const walk = walker(0);
    await walk.login(cluster.base(0));
    await walk.sso(cluster.base(1));
  }),
  oidc('persistent user sessions', 'userinfo and introspection answer on every node', async (cluster) => {
    const walk = walker(0);
    const tokens = await walk.login(cluster.base(0));
    for (const node of [0, 1, 2]) {
      expectSame((await walk.userinfo(cluster.base(node), tokens.access_token))['preferred_username'], 'user0', 'userinfo');
      expectTrue(await active(cluster, node, tokens.access_token), 'active', 'inactive');
    }
  }),
  oidc('persistent user sessions', 'tokens carry the id of the session, 24 characters, as sid', async (cluster) => {
    const tokens = await walker(0).login(cluster.base(0));
    expectMatch(String(claimsOf(tokens.access_token)['sid']), /^[A-Za-z0-9_-]{24}$/, 'sid');
    expectSame(claimsOf(tokens.refresh_token)['sid'], claimsOf(tokens.access_token)['sid'], 'sid of the refresh token');
  }),
  oidc('persistent user sessions', 'the refresh token is signed with HS512 and names its issuer as audience', async (cluster) => {
    const tokens = await walker(0).login(cluster.base(0));
    const header = JSON.parse(Buffer.from(tokens.refresh_token.split('.')[0] ?? '', 'base64url').toString()) as { alg: string };
    expectSame(header.alg, 'HS512', 'alg');
    const claims = claimsOf(tokens.refresh_token);
    expectSame([claims['typ'], claims['aud']], ['Refresh', claims['iss']], 'claims');
  }),
  rest('persistent user sessions', 'the sessions of a user are listed alike by every node', async (cluster) => {
    const tokens = await walker(1).login(cluster.base(0));
    const sid = claimsOf(tokens.access_token)['sid'];
    for (const node of [0, 1, 2]) {
      const row = (await sessionsOf(cluster, node, 1)).find((session) => session.id === sid);
      expectTrue(row !== undefined && row.username === 'user1' && row.start % 1000 === 0, 'row', row);
      expectSame(Object.values(row?.clients ?? {}), ['app'], 'clients');
    }
  }),
  rest('persistent user sessions', 'client-session-stats counts active sessions as text', async (cluster) => {
    await walker(1).login(cluster.base(0));
    const stats = (await cluster.admin(1, 'GET', `/realms/${REALM}/client-session-stats`)) as {
      clientId: string;
      active: unknown;
      offline: unknown;
    }[];
    const row = stats.find((entry) => entry.clientId === 'app');
    expectTrue(typeof row?.active === 'string' && Number(row.active) > 0 && row.offline !== undefined, 'row', row);
  }),
  rest('persistent user sessions', 'the sessions of a client are listed and counted', async (cluster) => {
    await walker(1).login(cluster.base(0));
    const client = await clientIdOf(cluster, 'app');
    const listed = (await cluster.admin(2, 'GET', `/realms/${REALM}/clients/${client}/user-sessions?max=500`)) as SessionRow[];
    const { count } = (await cluster.admin(2, 'GET', `/realms/${REALM}/clients/${client}/session-count`)) as { count: number };
    expectTrue(listed.length > 0 && count === listed.length, 'count', { count, listed: listed.length });
  }),
  check(
    'persistent user sessions',
    'database',
    'a login leaves one row of its session, and its data is JSON with the known fields',
    async (cluster) => {
      const tokens = await walker(2).login(cluster.base(0));
      const [row] = await cluster.database.query(
        'select offline_flag, data, version from offline_user_session where user_session_id = $1',
        [claimsOf(tokens.access_token)['sid']],
      );
      const data = JSON.parse(String(row?.['data'])) as Record<string, unknown>;
      expectSame(row?.['offline_flag'], '0', 'offline_flag');
      for (const field of ['ipAddress', 'authMethod', 'rememberMe', 'started', 'notes', 'state']) expectTrue(field in data, field, data);
    },
  ),
  oidc('offline sessions', 'offline_access gives a refresh token of type Offline that works on another node', async (cluster) => {
    const walk = walker(3, { scope: 'openid offline_access' });
    const tokens = await walk.login(cluster.base(0));
    expectSame(claimsOf(tokens.refresh_token)['typ'], 'Offline', 'typ');
    await walk.refresh(cluster.base(1), tokens.refresh_token);
  }),
  oidc('offline sessions', 'an offline token outlives the logout of its browser session', async (cluster) => {
    const offline = walker(3, { scope: 'openid offline_access' });
    const tokens = await offline.login(cluster.base(0));
    const online = await walker(3).passwordGrant(cluster.base(0));
    await walker(3).logout(cluster.base(1), online.refresh_token);
    expectSame((await refresh(cluster, 2, tokens.refresh_token)).status, 200, 'refresh');
  }),
  check('offline sessions', 'database', 'an offline session has a row with flag 1', async (cluster) => {
    const tokens = await walker(4, { scope: 'openid offline_access' }).login(cluster.base(0));
    const rows = await cluster.database.query("select 1 from offline_user_session where offline_flag = '1' and user_session_id = $1", [
      claimsOf(tokens.refresh_token)['sid'],
    ]);
    expectSame(rows.length, 1, 'rows');
  }),
  rest('offline sessions', 'the offline sessions of a user at a client are listed', async (cluster) => {
    await walker(4, { scope: 'openid offline_access' }).login(cluster.base(0));
    const path = `/realms/${REALM}/users/${await userIdOf(cluster, 4)}/offline-sessions/${await clientIdOf(cluster, 'app')}`;
    expectTrue(((await cluster.admin(1, 'GET', path)) as unknown[]).length > 0, 'sessions', 'none');
  }),
  rest('offline sessions', 'the offline sessions of a client are counted', async (cluster) => {
    await walker(4, { scope: 'openid offline_access' }).login(cluster.base(0));
    const path = `/realms/${REALM}/clients/${await clientIdOf(cluster, 'app')}/offline-session-count`;
    expectTrue(((await cluster.admin(1, 'GET', path)) as { count: number }).count > 0, 'count', 0);
  }),
  ...[
    [
      'refresh',
      async (cluster: Cluster, tokens: { refresh_token: string }) => (await refresh(cluster, 1, tokens.refresh_token)).status === 400,
    ],
    [
      'userinfo',
      async (cluster: Cluster, tokens: { access_token: string }) =>
        (await call(endpoint(cluster, 1, 'userinfo'), { headers: { authorization: `Bearer ${tokens.access_token}` } })).status === 401,
    ],
    ['introspection', async (cluster: Cluster, tokens: { access_token: string }) => !(await active(cluster, 1, tokens.access_token))],
  ].map((entry) => {
    const [what, over] = entry as [string, (cluster: Cluster, tokens: { refresh_token: string; access_token: string }) => Promise<boolean>];
    return oidc('logout between nodes', `a logout on one node ends ${what} on another with the next request`, async (cluster) => {
      const walk = walker(5);
      const tokens = await walk.login(cluster.base(0));
      await walk.logout(cluster.base(0), tokens.refresh_token);
      expectTrue(await over(cluster, tokens), 'ended', 'still there');
    });
  }),
  oidc('logout between nodes', 'a logout on one node ends single sign-on on another', async (cluster) => {
    const walk = walker(5);
    const tokens = await walk.login(cluster.base(0));
    await walk.logout(cluster.base(0), tokens.refresh_token);
    expectSame((await walk.authorize(cluster.base(1))).status, 200, 'the login page is shown');
  }),
  rest(
    'logout between nodes',
    'DELETE of a session answers 204, a second time 404, and ends refreshes on another node',
    async (cluster) => {
      const tokens = await walker(6).login(cluster.base(0));
      const path = `/realms/${REALM}/sessions/${String(claimsOf(tokens.access_token)['sid'])}`;
      expectSame((await cluster.adminAnswer(0, 'DELETE', path)).status, 204, 'first');
      expectSame((await cluster.adminAnswer(1, 'DELETE', path)).status, 404, 'second');
      expectSame((await refresh(cluster, 2, tokens.refresh_token)).body['error_description'], 'Session not active', 'refresh');
    },
  ),
  rest('logout between nodes', 'logout of a user ends all his sessions on every node', async (cluster) => {
    const one = await walker(7).login(cluster.base(0));
    const other = await walker(7).login(cluster.base(1));
    expectSame((await cluster.adminAnswer(2, 'POST', `/realms/${REALM}/users/${await userIdOf(cluster, 7)}/logout`)).status, 204, 'status');
    for (const [node, tokens] of [
      [1, one],
      [0, other],
    ] as const)
      expectSame((await refresh(cluster, node, tokens.refresh_token)).status, 400, 'refresh');
  }),
  oidc('logout between nodes', 'revocation of a refresh token on one node ends it on another', async (cluster) => {
    const tokens = await walker(6).login(cluster.base(0));
    const answer = await call(endpoint(cluster, 0, 'revoke'), {
      form: { client_id: 'app', client_secret: 'app-secret', token: tokens.refresh_token },
    });
    expectSame(answer.status, 200, 'revocation');
    expectSame((await refresh(cluster, 1, tokens.refresh_token)).status, 400, 'refresh');
  }),
  oidc('action tokens and single use', 'a revoked access token is inactive on another node', async (cluster) => {
    const tokens = await walker(6).login(cluster.base(0));
    await call(endpoint(cluster, 0, 'revoke'), { form: { client_id: 'app', client_secret: 'app-secret', token: tokens.access_token } });
    expectTrue(!(await active(cluster, 1, tokens.access_token)), 'inactive', 'active');
  }),
];
