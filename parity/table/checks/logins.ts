import { call } from '../../../bench/drivers/http.ts';
import { formAction, onNode } from '../../../bench/drivers/login-walk.ts';
import { type Check, expectMatch, expectSame, expectTrue, type Feature, type SetUp, type Way } from '../check.ts';
import type { Cluster } from '../cluster.ts';
import { clientIdOf, directGrant, REALM, refresh, userIdOf, walker } from '../walker.ts';

const on = (setUp: SetUp, feature: Feature, way: Way, name: string, run: (cluster: Cluster) => Promise<void>): Check => ({
  feature,
  way,
  name,
  on: setUp,
  run,
});
const three = (feature: Feature, way: Way, name: string, run: (cluster: Cluster) => Promise<void>): Check =>
  on('three nodes', feature, way, name, run);

interface Attack {
  readonly numFailures: number;
  readonly disabled: boolean;
  readonly lastIPFailure: string;
  readonly failedLoginNotBefore: number;
  readonly numTemporaryLockouts: number;
}

const attackPath = async (cluster: Cluster, user: number): Promise<string> =>
  `/realms/${REALM}/attack-detection/brute-force/users/${await userIdOf(cluster, user)}`;
const attackOn = async (cluster: Cluster, node: number, user: number): Promise<Attack> =>
  (await cluster.admin(node, 'GET', await attackPath(cluster, user))) as Attack;

/** The cookies that a login page sets, as they came. */
async function pageCookies(cluster: Cluster, node: number): Promise<string[]> {
  const answer = await walker(0).authorize(cluster.base(node));
  return answer.headers['set-cookie'] ?? [];
}

const loginFailureChecks: readonly Check[] = [
  three('login failures', 'OpenID Connect', 'failures on three nodes are counted together, exactly', async (cluster) => {
    for (const node of [0, 1, 2]) expectSame((await directGrant(cluster, node, 8, 'wrong')).status, 400, 'wrong password');
    for (const node of [0, 1, 2])
      await cluster.eventually(async () => expectSame((await attackOn(cluster, node, 8)).numFailures, 3, `n${node + 1}`));
  }),
  three('login failures', 'Admin REST', 'a user without failures has zeros, and no address', async (cluster) => {
    const attack = await attackOn(cluster, 0, 9);
    expectSame([attack.numFailures, attack.disabled, attack.lastIPFailure, attack.failedLoginNotBefore], [0, false, 'n/a', 0], 'attack');
  }),
  three(
    'login failures',
    'OpenID Connect',
    'after the allowed number of failures the right password is refused on every node with the same words',
    async (cluster) => {
      for (let attempt = 0; attempt < 5; attempt += 1) await directGrant(cluster, attempt, 10, 'wrong');
      await cluster.eventually(async () => expectTrue((await attackOn(cluster, 0, 10)).disabled, 'disabled', false));
      for (const node of [0, 1, 2]) {
        const { status, body } = await directGrant(cluster, node, 10, 'password10');
        expectSame([status, body['error'], body['error_description']], [400, 'invalid_grant', 'Invalid user credentials'], `n${node + 1}`);
      }
    },
  ),
  three(
    'login failures',
    'Admin REST',
    'an administrator lifts a lock on one node, and the next login on another succeeds',
    async (cluster) => {
      for (let attempt = 0; attempt < 5; attempt += 1) await directGrant(cluster, attempt, 11, 'wrong');
      await cluster.eventually(async () => expectTrue((await attackOn(cluster, 0, 11)).disabled, 'disabled', false));
      expectSame((await cluster.adminAnswer(0, 'DELETE', await attackPath(cluster, 11))).status, 204, 'status');
      expectSame((await directGrant(cluster, 1, 11, 'password11')).status, 200, 'login');
    },
  ),
  three('login failures', 'OpenID Connect', 'a success clears the count', async (cluster) => {
    await directGrant(cluster, 0, 12, 'wrong');
    expectSame((await directGrant(cluster, 1, 12, 'password12')).status, 200, 'login');
    await cluster.eventually(async () => expectSame((await attackOn(cluster, 2, 12)).numFailures, 0, 'numFailures'));
  }),
];

const loginStateChecks: readonly Check[] = [
  three(
    'authentication sessions and affinity',
    'OpenID Connect',
    'AUTH_SESSION_ID carries the route of the node that owns the session',
    async (cluster) => {
      const line = (await pageCookies(cluster, 0)).find((cookie) => cookie.startsWith('AUTH_SESSION_ID=')) ?? '';
      expectMatch(line, /^AUTH_SESSION_ID=[A-Za-z0-9_-]+\.n[123];/, 'cookie');
    },
  ),
  three('authentication sessions and affinity', 'OpenID Connect', 'a new login is owned by the node that began it', async (cluster) => {
    for (const node of [0, 1, 2]) {
      const line = (await pageCookies(cluster, node)).find((cookie) => cookie.startsWith('AUTH_SESSION_ID=')) ?? '';
      expectMatch(line, new RegExp(`\\.n${node + 1};`), 'route');
    }
  }),
  on(
    'one local node',
    'authentication sessions and affinity',
    'OpenID Connect',
    'without should-attach-route the cookie has no route',
    async (cluster) => {
      const line = (await pageCookies(cluster, 0)).find((cookie) => cookie.startsWith('AUTH_SESSION_ID=')) ?? '';
      expectMatch(line, /^AUTH_SESSION_ID=[A-Za-z0-9_-]+;/, 'cookie');
    },
  ),
  three(
    'authentication sessions and affinity',
    'OpenID Connect',
    'cookies of a login are HttpOnly, for the path of the realm, and over plain HTTP on a loopback address, a secure context, SameSite=None; Secure',
    async (cluster) => {
      const line = (await pageCookies(cluster, 0)).find((cookie) => cookie.startsWith('AUTH_SESSION_ID=')) ?? '';
      expectMatch(line, /;\s*Path=\/realms\/table\/;/, 'path');
      expectMatch(line, /;\s*HttpOnly/, 'HttpOnly');
      expectMatch(line, /;\s*Secure/, 'Secure');
      expectMatch(line, /;\s*SameSite=None/, 'SameSite');
    },
  ),
  three(
    'authentication sessions and affinity',
    'OpenID Connect',
    'a login page sets KC_RESTART and KC_AUTH_SESSION_HASH',
    async (cluster) => {
      const names = (await pageCookies(cluster, 0)).map((cookie) => cookie.slice(0, cookie.indexOf('=')));
      for (const name of ['KC_RESTART', 'KC_AUTH_SESSION_HASH']) expectTrue(names.includes(name), name, names);
    },
  ),
  three(
    'authentication sessions and affinity',
    'OpenID Connect',
    'two tabs of one browser log in one after the other, on different nodes',
    async (cluster) => {
      const walk = walker(0);
      const first = await walk.authorize(cluster.base(0));
      const second = await walk.authorize(cluster.base(1));
      for (const [page, node] of [
        [second, 2],
        [first, 0],
      ] as const) {
        const action = formAction(page.text);
        if (action === undefined) continue;
        const answer = await call(onNode(action, cluster.base(node)), {
          jar: walk.jar,
          form: { username: 'user0', password: 'password0', credentialId: '' },
        });
        expectTrue(answer.status === 302 || answer.status === 200, 'an answer', answer.status);
      }
      await walk.sso(cluster.base(1));
    },
  ),
  three(
    'authentication sessions and affinity',
    'OpenID Connect',
    'a forged AUTH_SESSION_ID is ignored: a page and a new session',
    async (cluster) => {
      const walk = walker(0);
      walk.jar.set('AUTH_SESSION_ID', 'Zm9yZ2VkLmZvcmdlZA.n1');
      const answer = await walk.authorize(cluster.base(0));
      expectSame(answer.status, 200, 'status');
      expectTrue(walk.jar.get('AUTH_SESSION_ID') !== 'Zm9yZ2VkLmZvcmdlZA.n1', 'a new session', walk.jar.get('AUTH_SESSION_ID'));
    },
  ),
];

const singleUseChecks: readonly Check[] = [
  three('action tokens and single use', 'OpenID Connect', 'a code raced on two nodes is taken once', async (cluster) => {
    for (let round = 0; round < 5; round += 1) {
      const walk = walker(13);
      await walk.page(cluster.base(0));
      await walk.password(cluster.base(0));
      const answers = await Promise.all([walk.exchangeCode(cluster.base(0)), walk.exchangeCode(cluster.base(1))]);
      expectSame(answers.filter((answer) => answer.status === 200).length, 1, 'winners');
    }
  }),
  three(
    'action tokens and single use',
    'OpenID Connect',
    'a code used again on another node is refused, and ends the tokens of its first use',
    async (cluster) => {
      const walk = walker(13);
      const tokens = await walk.login(cluster.base(0));
      const again = await walk.exchangeCode(cluster.base(1));
      expectSame(again.status, 400, 'status');
      expectMatch(again.text, /"error":"invalid_grant","error_description":"Code not valid"/, 'body');
      expectSame((await refresh(cluster, 2, tokens.refresh_token)).status, 400, 'refresh');
    },
  ),
  three('action tokens and single use', 'OpenID Connect', 'a code has three parts: an id, the session and the client', async (cluster) => {
    const walk = walker(13);
    await walk.page(cluster.base(0));
    await walk.password(cluster.base(0));
    expectMatch(walk.code, /^[0-9a-f-]{36}\.[A-Za-z0-9_-]{24}\.[0-9a-f-]{36}$/, 'code');
  }),
];

const invalidationChecks: readonly Check[] = [
  three(
    'invalidation between nodes',
    'Admin REST',
    'a user disabled on one node cannot log in on another with the next request',
    async (cluster) => {
      await directGrant(cluster, 1, 14, 'password14');
      await cluster.admin(0, 'PUT', `/realms/${REALM}/users/${await userIdOf(cluster, 14)}`, { enabled: false });
      const { status, body } = await directGrant(cluster, 1, 14, 'password14');
      expectSame([status, body['error_description']], [400, 'Account disabled'], 'login');
    },
  ),
  three(
    'invalidation between nodes',
    'Admin REST',
    'a new password set on one node holds on another with the next request',
    async (cluster) => {
      await directGrant(cluster, 2, 15, 'password15');
      await cluster.admin(0, 'PUT', `/realms/${REALM}/users/${await userIdOf(cluster, 15)}/reset-password`, {
        type: 'password',
        value: 'another',
        temporary: false,
      });
      expectSame((await directGrant(cluster, 2, 15, 'another')).status, 200, 'login');
    },
  ),
  three(
    'invalidation between nodes',
    'Admin REST',
    'a client switched off on one node is refused on another, and let in again',
    async (cluster) => {
      const client = await clientIdOf(cluster, 'second-app');
      const status = async (): Promise<number> =>
        (
          await call(
            `${cluster.base(1)}/realms/${REALM}/protocol/openid-connect/auth?client_id=second-app&redirect_uri=http%3A%2F%2Flocalhost%2Fsecond&response_type=code`,
          )
        ).status;
      expectSame(await status(), 200, 'before');
      await cluster.admin(0, 'PUT', `/realms/${REALM}/clients/${client}`, { enabled: false });
      expectSame(await status(), 400, 'switched off');
      await cluster.admin(2, 'PUT', `/realms/${REALM}/clients/${client}`, { enabled: true });
      expectSame(await status(), 200, 'let in again');
    },
  ),
  three(
    'invalidation between nodes',
    'Admin REST',
    'a setting of the realm changed on one node is what another answers next',
    async (cluster) => {
      for (const [node, value] of [
        [0, 301],
        [1, 302],
        [2, 303],
      ] as const) {
        await cluster.admin(node, 'PUT', `/realms/${REALM}`, { ssoSessionIdleTimeout: 1_800 + value });
        const realm = (await cluster.admin(node + 1, 'GET', `/realms/${REALM}`)) as { ssoSessionIdleTimeout: number };
        expectSame(realm.ssoSessionIdleTimeout, 1_800 + value, 'setting');
      }
    },
  ),
  three(
    'invalidation between nodes',
    'Admin REST',
    'a realm made on one node is served by another, and gone when it is removed',
    async (cluster) => {
      const discovery = (node: number) => call(`${cluster.base(node)}/realms/short-lived/.well-known/openid-configuration`);
      await cluster.admin(0, 'POST', '/realms', { realm: 'short-lived', enabled: true, sslRequired: 'none' });
      expectSame((await discovery(1)).status, 200, 'made');
      await cluster.admin(2, 'DELETE', '/realms/short-lived');
      expectSame((await discovery(1)).status, 404, 'removed');
    },
  ),
  ...['clear-realm-cache', 'clear-user-cache', 'clear-keys-cache', 'clear-crl-cache'].map((path) =>
    three('invalidation between nodes', 'Admin REST', `POST ${path} answers 204`, async (cluster) => {
      expectSame((await cluster.adminAnswer(0, 'POST', `/realms/${REALM}/${path}`)).status, 204, path);
    }),
  ),
];

export const loginChecks: readonly Check[] = [...loginFailureChecks, ...loginStateChecks, ...singleUseChecks, ...invalidationChecks];
