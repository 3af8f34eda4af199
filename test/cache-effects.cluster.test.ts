import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CookieJar, call } from '../bench/drivers/http.ts';
import { LoginWalk, type TokenSet } from '../bench/drivers/login-walk.ts';
import { startTestCluster, type TestCluster, walker } from './support/test-cluster.ts';

/** A bound for each cache that may have one, all of them different and smaller than what is put in. */
const bounds = {
  users: 2,
  sessions: 3,
  clientSessions: 4,
  offlineSessions: 5,
  offlineClientSessions: 6,
  realms: 7,
} as const;
const option = (cache: string): string => cache.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const USERS = 8;
const LEAST_TABS = 2;

describe('what options say of caches is what a node does', () => {
  let cluster: TestCluster;
  let base = '';

  beforeAll(async () => {
    cluster = await startTestCluster(1, {
      extraArguments: [
        ...Object.entries(bounds).map(([cache, count]) => `--cache-embedded-${option(cache)}-max-count=${count}`),
        '--spi-sticky-session-encoder--infinispan--should-attach-route=false',
        `--spi-authentication-sessions--infinispan--auth-sessions-limit=${LEAST_TABS}`,
      ],
    });
    base = cluster.server.bases[0] ?? '';
  });
  afterAll(() => cluster?.stop());

  const entries = async (cache: string): Promise<number> => {
    const { text } = await call(`${cluster.server.managementBases[0]}/metrics`);
    return Number(new RegExp(`^vendor_statistics_approximate_entries\\{[^}]*cache="${cache}"[^}]*\\} (\\S+)`, 'm').exec(text)?.[1]);
  };

  it('none grows beyond its bound, and what had to go is read again', async () => {
    const held: [LoginWalk, TokenSet][] = [];
    for (let user = 0; user < USERS; user += 1)
      for (const scope of ['openid', 'openid offline_access']) {
        const walk = new LoginWalk({ ...walker(user), scope });
        held.push([walk, await walk.login(base)]);
      }
    for (const [cache, count] of Object.entries(bounds)) {
      const found = await entries(cache);
      expect({ cache, found }).toEqual({ cache, found: Math.min(found, count) });
      expect(found, cache).toBeGreaterThan(0);
    }
    for (const [walk, { refresh_token: token }] of held) expect((await walk.refresh(base, token)).access_token).toMatch(/\./);
  });

  it('what was read stays without a lifespan, whatever happens behind the back of the server', async () => {
    const walk = new LoginWalk(walker(0));
    await walk.passwordGrant(base);
    const change = (column: string) => cluster.database.query(`UPDATE user_entity SET ${column} WHERE username = 'user0'`);
    await change('enabled = false');
    expect((await walk.passwordGrant(base)).access_token).toMatch(/\./);
    await change('enabled = true');
  });

  it('a login has as many tabs as the limit allows, and its cookie names no node', async () => {
    const jar = new CookieJar();
    const query = new URLSearchParams({
      client_id: 'app',
      response_type: 'code',
      redirect_uri: 'http://localhost/callback',
      scope: 'openid',
    });
    const actions: string[] = [];
    for (let tab = 0; tab <= LEAST_TABS; tab += 1) {
      const page = await call(`${base}/realms/test/protocol/openid-connect/auth?${query}`, { jar });
      expect(page.status).toBe(200);
      actions.push(/<form[^>]*\saction="([^"]+)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? '');
    }
    expect(jar.get('AUTH_SESSION_ID')).toMatch(/^[\w-]+$/);
    const credentials = { username: 'user0', password: 'password0' };
    const [oldest, , newest] = actions;
    expect((await call(oldest ?? '', { jar, form: credentials })).headers.location ?? '').not.toContain('code=');
    expect((await call(newest ?? '', { jar, form: credentials })).headers.location).toContain('code=');
  });
});
