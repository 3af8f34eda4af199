import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admin, adminToken } from '../bench/drivers/admin.ts';
import { type CookieJar, call } from '../bench/drivers/http.ts';
import { formAction, LoginWalk, type TokenSet } from '../bench/drivers/login-walk.ts';
import { benchRealm } from '../bench/servers/server.ts';
import { type ExpressApp, startExpressApp } from './support/express-app.ts';
import { startTestCluster, type TestCluster, until, walker } from './support/test-cluster.ts';

describe('a logout on one node of three', () => {
  let cluster: TestCluster;
  let app: Awaited<ReturnType<typeof startExpressApp>>;
  const base = (index: number): string => cluster.server.bases[index % 3] as string;
  const realmPath = '/realms/test/protocol/openid-connect';

  beforeAll(async () => {
    app = await startExpressApp();
    const realm = benchRealm('test', 10);
    const web = {
      clientId: 'web',
      enabled: true,
      publicClient: false,
      secret: 'web-secret',
      redirectUris: [`${app.base}/callback`],
      attributes: { 'backchannel.logout.url': `${app.base}/backchannel-logout`, 'backchannel.logout.session.required': 'true' },
    };
    cluster = await startTestCluster(3, { realms: [{ ...realm, clients: [...(realm['clients'] as unknown[]), web] }] });
    app.connect(`${base(0)}/realms/test`, 'web', 'web-secret');
  });
  afterAll(async () => {
    await cluster?.stop();
    await app?.stop();
  });

  /** Logs a browser in to `app` over the nodes, then to the express application by the same session. */
  async function everywhere(user: number): Promise<{ walk: LoginWalk; tokens: TokenSet }> {
    const walk = new LoginWalk(walker(user));
    const tokens = await walk.login(base(0), base(1), base(2));
    const start = await call(`${app.base}/login`, { jar: walk.jar });
    const back = await call(start.headers.location ?? '', { jar: walk.jar });
    await call(back.headers.location ?? '', { jar: walk.jar });
    expect(await whoami(walk.jar)).toBe(`user${user}`);
    return { walk, tokens };
  }

  async function whoami(jar: CookieJar): Promise<unknown> {
    return (JSON.parse((await call(`${app.base}/whoami`, { jar })).text) as { user: unknown }).user;
  }

  /** What another node answers to everything that the session was good for. */
  async function leftOn(node: string, walk: LoginWalk, tokens: TokenSet) {
    const { clientId, clientSecret } = walk.settings;
    const form = { client_id: clientId, client_secret: clientSecret };
    const refresh = await call(`${node}${realmPath}/token`, {
      form: { ...form, grant_type: 'refresh_token', refresh_token: tokens.refresh_token },
    });
    const userinfo = await call(`${node}${realmPath}/userinfo`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
    const introspection = await call(`${node}${realmPath}/token/introspect`, { form: { ...form, token: tokens.access_token } });
    const sso = await walk.authorize(node, { prompt: 'none' });
    return {
      refresh: (JSON.parse(refresh.text) as { error?: string }).error,
      userinfo: userinfo.status,
      introspection: (JSON.parse(introspection.text) as { active: boolean }).active,
      sso: new URL(sso.headers.location ?? '').searchParams.get('error'),
    };
  }

  const nothing = { refresh: 'invalid_grant', userinfo: 401, introspection: false, sso: 'login_required' };

  const ways: readonly (readonly [string, (walk: LoginWalk, tokens: TokenSet) => Promise<unknown>])[] = [
    [
      'in the browser, with an id token',
      (walk, tokens) => call(`${base(0)}${realmPath}/logout?id_token_hint=${tokens.id_token}`, { jar: walk.jar }),
    ],
    [
      'in the browser, with the question',
      async (walk) => {
        const page = await call(`${base(0)}${realmPath}/logout`, { jar: walk.jar });
        const action = new URL(formAction(page.text) ?? '');
        const code = /name="session_code" value="([^"]*)"/.exec(page.text)?.[1];
        return call(`${base(1)}${action.pathname}${action.search}`, {
          jar: walk.jar,
          form: { session_code: code, confirmLogout: 'Logout' },
        });
      },
    ],
    ['with the refresh token', (walk, tokens) => walk.logout(base(0), tokens.refresh_token)],
    [
      'of the session by an administrator',
      async (_walk, tokens) => admin(base(0), await adminToken(base(0)), 'DELETE', `/realms/test/sessions/${tokens.session_state}`),
    ],
    [
      'of the user by an administrator',
      async (walk) => {
        const token = await adminToken(base(0));
        const path = `/realms/test/users?username=${walk.settings.username}&exact=true`;
        const [user] = (await admin(base(0), token, 'GET', path)) as { id: string }[];
        return admin(base(0), token, 'POST', `/realms/test/users/${user?.id}/logout`);
      },
    ],
  ];

  it.each(ways)('%s, ends everything on the others with the next request, and in the application', async (_name, logout) => {
    const { walk, tokens } = await everywhere(ways.findIndex(([name]) => name === _name));
    const told = app.logoutAnswers.length;
    await logout(walk, tokens);
    const left = await Promise.all([1, 2].map((index) => leftOn(base(index), walk, tokens)));
    expect(left).toEqual([nothing, nothing]);
    expect(app.logoutAnswers.slice(told)).toEqual([204]);
    expect(await whoami(walk.jar)).toBeNull();
  });

  it('of the whole realm ends everything on the others with the next request', async () => {
    const { walk, tokens } = await everywhere(6);
    await admin(base(0), await adminToken(base(0)), 'POST', '/realms/test/logout-all');
    expect(await Promise.all([1, 2].map((index) => leftOn(base(index), walk, tokens)))).toEqual([nothing, nothing]);
  });

  it('tells the application again until it listens', async () => {
    const { walk, tokens } = await everywhere(7);
    const told = app.logoutAnswers.length;
    (app as ExpressApp).failNext(1);
    await walk.logout(base(2), tokens.refresh_token);
    await until('the application takes the second call', () => app.logoutAnswers.length >= told + 2);
    expect(app.logoutAnswers.slice(told)).toEqual([503, 204]);
    expect(await whoami(walk.jar)).toBeNull();
  });

  it('of a client by its not-before ends what it holds on the others with the next request, and leaves other clients alone', async () => {
    const { walk, tokens } = await everywhere(9);
    const token = await adminToken(base(0));
    const [client] = (await admin(base(0), token, 'GET', '/realms/test/clients?clientId=app')) as { id: string }[];
    const setTo = (notBefore: number) => admin(base(0), token, 'PUT', `/realms/test/clients/${client?.id}`, { notBefore });
    // The second after that of the tokens, which is what an administrator's "now" is by the time that it is said.
    await setTo(Math.floor(Date.now() / 1_000) + 1);
    expect(await admin(base(0), token, 'POST', `/realms/test/clients/${client?.id}/push-revocation`)).toEqual({});
    const left = await Promise.all([1, 2].map((index) => leftOn(base(index), walk, tokens)));
    for (const one of left) expect(one).toMatchObject({ refresh: 'invalid_grant', userinfo: 401, introspection: false, sso: null });
    expect(await whoami(walk.jar)).toBe('user9');
    await setTo(0);
  });

  it('revoking a refresh token ends the part of its client, and leaves the others', async () => {
    const { walk, tokens } = await everywhere(8);
    const form = { client_id: 'app', client_secret: 'app-secret', token: tokens.refresh_token };
    expect((await call(`${base(0)}${realmPath}/revoke`, { form })).status).toBe(200);
    const left = await leftOn(base(1), walk, tokens);
    expect(left).toMatchObject({ refresh: 'invalid_grant', introspection: false, sso: null });
    expect(await whoami(walk.jar)).toBe('user8');
  });
});
