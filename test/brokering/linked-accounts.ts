import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Answer, call } from '../../bench/drivers/http.ts';
import { type Brokering, openBrokering, payloadOf } from '../support/brokering.ts';
import { type TestCluster, until } from '../support/test-cluster.ts';
import { WanderingBrowser } from '../support/wandering-browser.ts';

const CALLBACK = 'http://localhost/callback';
const LOGOUT = '/protocol/openid-connect/logout';

/** What becomes of accounts that are linked with identities of a provider. @param cluster a node with the realm */
export function linkedAccounts(cluster: () => TestCluster, realm: string): void {
  describe('accounts that are linked with a provider', () => {
    let world: Brokering;
    const back = (answer: Answer): URLSearchParams => new URL(answer.headers.location ?? 'http://nowhere').searchParams;
    const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
    const realmUrl = (): string => world.here;

    /** The address of client-initiated linking, for the session of a token. */
    function linkUrl(token: string, change: Record<string, string> = {}, alias = 'up'): string {
      const nonce = 'a-nonce';
      const hash = createHash('sha256')
        .update(`${nonce}${String(payloadOf(token)['sid'])}app${alias}`)
        .digest('base64url');
      return `${realmUrl()}/broker/${alias}/link?${new URLSearchParams({ client_id: 'app', redirect_uri: CALLBACK, nonce, hash, ...change }).toString()}`;
    }

    beforeAll(async () => {
      world = await openBrokering(cluster(), realm);
    });

    it('are linked on the wish of an application that knows the session', async () => {
      const browser = new WanderingBrowser();
      const { access_token: token } = await world.tokensOf(await world.loginHere('user0', browser));
      for (const change of [{ hash: 'bad' }, { nonce: 'other' }, { redirect_uri: 'http://evil.example' }, { client_id: 'second-app' }]) {
        expect([change, (await browser.go(linkUrl(token, change))).status]).toEqual([change, 400]);
      }
      expect(back(await browser.go(linkUrl(token, {}, 'none'))).get('link_error')).toBe('unknown_identity_provider');
      expect(back(await new WanderingBrowser().go(linkUrl(token))).get('link_error')).toBe('not_logged_in');
      const page = await browser.go(linkUrl(token));
      const end = await browser.submit(page, { username: 'user9', password: 'password9' });
      expect(end.headers.location).toBe(CALLBACK);
      expect(await world.linksOf('user0')).toMatchObject([{ identityProvider: 'up', userName: 'user9' }]);
      // From now on the identity is the account.
      expect((await world.claimsOf(await world.login('user9')))['preferred_username']).toBe('user0');
      const other = new WanderingBrowser();
      const { access_token: second } = await world.tokensOf(await world.loginHere('user1', other));
      const taken = await other.submit(await other.go(linkUrl(second)), { username: 'user9', password: 'password9' });
      expect([taken.status, taken.headers.location, await world.linksOf('user1')]).toEqual([409, undefined, []]);
      // The way back is good for the browser that began it, and for nobody else.
      const fresh = new WanderingBrowser();
      const { access_token: third } = await world.tokensOf(await world.loginHere('user2', fresh));
      const form = await fresh.go(linkUrl(third));
      await fresh.submit(form, { username: 'user10', password: 'password10' });
      const callback = fresh.visited.find((url) => url.includes('/broker/up/endpoint')) ?? '';
      const stolen = await other.go(callback);
      expect([stolen.headers.location, await world.linksOf('user1')]).toEqual([undefined, []]);
    });

    it('are linked by an action of a login', async () => {
      const browser = new WanderingBrowser();
      await world.loginHere('user1', browser);
      const ask = (alias = 'up') => browser.go(world.authUrl({ kc_action: `idp_link:${alias}` }));
      expect(back(await ask('none')).get('kc_action_status')).toBe('error');
      const cancelled = await browser.submit(await ask(), { 'cancel-aia': 'true' });
      expect(back(cancelled).get('kc_action_status')).toBe('cancelled');
      const page = await ask();
      expect(page.text).toContain('Upstream');
      const there = await browser.submit(page, { continue: '' });
      expect(browser.visited.at(-1)).toContain(world.outside);
      const end = await browser.submit(there, { username: 'user8', password: 'password8' });
      expect([back(end).get('kc_action_status'), back(end).get('code')]).toEqual(['success', expect.any(String)]);
      expect(await world.linksOf('user1')).toMatchObject([{ userName: 'user8' }]);
    });

    it('are seen and taken away by their owner, but not the last way in', async () => {
      const account = (path: string, token: string, method = 'GET') =>
        call(`${realmUrl()}/account/linked-accounts${path}`, { method, headers: { ...bearer(token), accept: 'application/json' } });
      const browser = new WanderingBrowser();
      const { access_token: token } = await world.tokensOf(await world.loginHere('user1', browser));
      expect(JSON.parse((await account('', token)).text)).toEqual([
        {
          connected: true,
          providerAlias: 'up',
          providerName: 'up',
          displayName: 'Upstream',
          social: false,
          linkedUsername: 'user8',
        },
      ]);
      expect(JSON.parse((await account('?linked=false', token)).text)).toEqual([]);
      const redirectUri = encodeURIComponent(`${realmUrl()}/account/`);
      const link = JSON.parse((await account(`/up?redirectUri=${redirectUri}`, token)).text) as Record<string, string>;
      expect(link['accountLinkUri']).toContain(`/broker/up/link?nonce=${link['nonce']}&hash=${link['hash']}`);
      expect((await account('/up?redirectUri=http%3A%2F%2Fevil.example', token)).status).toBe(400);
      expect([(await account('/up', token, 'DELETE')).status, (await account('/up', token, 'DELETE')).status]).toEqual([204, 400]);
      expect((await account('/none', token, 'DELETE')).status).toBe(400);
      const { access_token: brokered } = await world.tokensOf(await world.login('user7'));
      const last = await account('/up', brokered, 'DELETE');
      expect([last.status, await world.linksOf('user7')]).toEqual([400, [expect.objectContaining({ userName: 'user7' })]]);
    });

    it('give stored tokens to who may read them', async () => {
      const read = (token: string, alias = 'up') => call(`${realmUrl()}/broker/${alias}/token`, { headers: bearer(token) });
      await world.set({ storeToken: true, addReadTokenRoleOnCreate: true });
      // Roles that the access token there tells become roles here.
      await world.admin('POST', '/roles', { name: 'from-there' });
      const config = { 'external.role': 'default-roles-upstream', role: 'from-there' };
      const mapper = {
        name: 'roles',
        identityProviderAlias: 'up',
        identityProviderMapper: 'keycloak-oidc-role-to-role-idp-mapper',
        config,
      };
      expect((await world.admin('POST', '/identity-provider/instances/up/mappers', mapper)).status).toBe(201);
      const { access_token: token } = await world.tokensOf(await world.login('user6'));
      expect(payloadOf(token)['realm_access']).toMatchObject({ roles: expect.arrayContaining(['from-there']) as unknown });
      const stored = JSON.parse((await read(token)).text) as { access_token: string };
      expect(payloadOf(stored.access_token)['iss']).toBe(world.outside);
      const { access_token: second } = await world.tokensOf(await world.login('user7'));
      expect([(await read(second)).status, (await read('nonsense')).status, (await read(token, 'none')).status]).toEqual([403, 400, 502]);
      expect((await call(`${realmUrl()}/broker/up/token`)).status).toBe(400);
      // Nobody but the application is shown them.
      expect(JSON.stringify(await world.linksOf('user6'))).not.toContain('access_token');
      await world.set();
      expect((await read(token)).status).toBe(400);
      const { access_token: later } = await world.tokensOf(await world.login('user6'));
      await world.set({ storeToken: true });
      expect((await read(later)).status).toBe(404);
      await world.set();
    });

    it('let nobody in once the provider is switched off or for links only, also if his login had begun', async () => {
      for (const [change, status] of [
        [{ enabled: false }, 404],
        [{ linkOnly: true }, 400],
      ] as const) {
        const browser = new WanderingBrowser();
        const page = await browser.go(world.authUrl({ kc_idp_hint: 'up' }));
        await world.set(change);
        const end = await browser.submit(page, { username: 'user7', password: 'password7' });
        expect([end.status, end.headers.location]).toEqual([status, undefined]);
        await world.set();
      }
    });

    it('are checked by a key that stands in the settings, where the provider publishes none', async () => {
      const keyOf = async (url: string) => (JSON.parse((await call(url)).text) as { public_key: string }).public_key;
      const [its, ours] = await Promise.all([keyOf(world.outside), keyOf(world.here)]);
      const isLetIn = async (publicKeySignatureVerifier: string): Promise<boolean> => {
        await world.set({}, { useJwksUrl: 'false', publicKeySignatureVerifier });
        return (await world.login('user7')).headers.location !== undefined;
      };
      expect([await isLetIn(its), await isLetIn(ours), await isLetIn('AAAA')]).toEqual([true, false, false]);
      const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
      const token = `${part({ alg: 'RS256' })}.${part({ iss: world.outside, aud: `outside-${realm}` })}.AAAA`;
      const told = await call(`${world.here}${LOGOUT}/backchannel-logout`, { form: { logout_token: token } });
      expect([told.status, told.text]).toEqual([400, expect.stringContaining('the keys of the provider cannot be had')]);
      await world.set();
    });

    it('follow the provider where they are synchronized, but take no address from anybody', async () => {
      await world.admin('POST', '/users', { username: 'keeper', email: 'keeper@example.org', enabled: true });
      const [there] = JSON.parse((await world.upstream('GET', '/users?username=user7&exact=true')).text) as Record<string, unknown>[];
      const email = async (address: string) => {
        await world.upstream('PUT', `/users/${String(there?.['id'])}`, { ...there, email: address, emailVerified: true });
        await world.login('user7');
        return world.userOf('user7');
      };
      await world.set({ trustEmail: false }, { syncMode: 'FORCE' });
      expect(await email('keeper@example.org')).toMatchObject({ email: 'user7@example.org', emailVerified: true });
      expect(await email('fresh@example.org')).toMatchObject({ email: 'fresh@example.org', emailVerified: false });
      await world.set({}, { syncMode: 'FORCE' });
      expect(await email('trusted@example.org')).toMatchObject({ email: 'trusted@example.org', emailVerified: true });
      await world.set();
    });

    it('are logged out when the provider says so, and the provider when they log out', async () => {
      const active = async (token: string) =>
        (await call(`${realmUrl()}/protocol/openid-connect/userinfo`, { headers: bearer(token) })).status === 200;
      const own = new WanderingBrowser();
      const first = await world.tokensOf(await world.login('user5', own));
      const other = await world.tokensOf(await world.login('user5'));
      expect([await active(first.access_token), await active(other.access_token)]).toEqual([true, true]);
      // The logout there ends the session that came from there, and no other of the user.
      const upstream = `${world.outside}${LOGOUT}`;
      const question = await own.go(upstream);
      const [, code = ''] = /name="session_code" value="([^"]+)"/.exec(question.text) ?? [];
      await own.submit(question, { session_code: code, confirmLogout: '' });
      await until('the session is over', async () => !(await active(first.access_token)));
      expect(await active(other.access_token)).toBe(true);
      const logoutHere = (idToken: string) =>
        `${realmUrl()}${LOGOUT}?${new URLSearchParams({ id_token_hint: idToken, post_logout_redirect_uri: CALLBACK, state: 's' }).toString()}`;
      // A browser goes to the provider and comes back to where the application wants it.
      const browser = new WanderingBrowser();
      const tokens = await world.tokensOf(await world.login('user5', browser));
      const end = await browser.go(logoutHere(tokens.id_token));
      expect(browser.visited.some((url) => url.startsWith(upstream))).toBe(true);
      expect(end.headers.location).toBe(`${CALLBACK}?state=s`);
      const again = await browser.go(world.authUrl({ kc_idp_hint: 'up' }));
      expect(again.text).toContain('name="password"');
      const used = browser.visited.find((url) => url.includes('/endpoint/logout_response')) ?? '';
      expect((await browser.go(used)).status).toBe(400);
      // Without the browser where the settings want it so.
      await world.set({}, { backchannelSupported: 'true' });
      const quiet = new WanderingBrowser();
      const last = await world.tokensOf(await world.login('user5', quiet));
      const form = { client_id: 'app', client_secret: 'app-secret', refresh_token: last.refresh_token };
      expect((await call(`${realmUrl()}${LOGOUT}`, { form })).status).toBe(204);
      await until('the provider asks for the password again', async () => {
        await quiet.go(world.authUrl({ kc_idp_hint: 'up', prompt: 'login' }));
        return quiet.visited.at(-1)?.startsWith(world.outside) === true;
      });
      await world.set();
    });
  });
}
