import { Secret, TOTP } from 'otpauth';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../bench/drivers/http.ts';
import { openMailbox } from '../../packages/server/src/testing/mailbox.ts';
import { AUTHENTICATOR_KEY, type Brokering, openBrokering } from '../support/brokering.ts';
import type { TestCluster } from '../support/test-cluster.ts';
import { WanderingBrowser } from '../support/wandering-browser.ts';

interface Execution {
  readonly id: string;
  readonly providerId: string;
  readonly displayName: string;
  readonly authenticationConfig?: string;
  readonly requirement: string;
}

/** What a first login through a provider asks and does. @param cluster a node with the realm */
export function firstLogins(cluster: () => TestCluster, realm: string): void {
  describe('a first login through a provider', () => {
    let world: Brokering;
    const isAtApplication = (answer: Answer): boolean => answer.headers.location?.startsWith('http://localhost/callback') === true;
    const json = <T>({ text }: Answer): T => JSON.parse(text) as T;
    const executions = async (flow: string): Promise<Execution[]> =>
      json(await world.admin('GET', `/authentication/flows/${encodeURIComponent(flow)}/executions`));

    /** Changes the setting of the profile page of a flow. */
    async function review(setting: string, flow = 'first broker login'): Promise<void> {
      const step = (await executions(flow)).find(({ providerId }) => providerId === 'idp-review-profile');
      const config = json<Record<string, unknown>>(await world.admin('GET', `/authentication/config/${step?.authenticationConfig}`));
      const changed = { ...config, config: { 'update.profile.on.first.login': setting } };
      expect((await world.admin('PUT', `/authentication/config/${step?.authenticationConfig}`, changed)).status).toBe(204);
    }

    /** Makes a flow of these steps, all of them required. */
    async function flowOf(alias: string, steps: readonly string[]): Promise<void> {
      await world.admin('POST', '/authentication/flows', { alias, providerId: 'basic-flow', topLevel: true, builtIn: false });
      for (const provider of steps) {
        expect((await world.admin('POST', `/authentication/flows/${alias}/executions/execution`, { provider })).status).toBe(201);
        const made = (await executions(alias)).find(({ providerId }) => providerId === provider);
        await world.admin('PUT', `/authentication/flows/${alias}/executions`, { ...made, requirement: 'REQUIRED' });
      }
    }

    beforeAll(async () => {
      world = await openBrokering(cluster(), realm);
    });

    it('shows the profile always, never, or where something is missing', async () => {
      await review('on');
      const browser = new WanderingBrowser();
      const page = await world.login('user4', browser);
      expect(page.text).toContain('kc-idp-review-profile-form');
      expect(page.text).toContain('value="user4@example.org"');
      const wrong = await browser.submit(page, { username: 'renamed4', email: 'no address', firstName: 'A', lastName: 'B' });
      expect(wrong.text).toContain('kc-idp-review-profile-form');
      const end = await browser.submit(wrong, { username: 'renamed4', email: 'other@example.org', firstName: 'A', lastName: 'B' });
      expect((await world.claimsOf(end))['preferred_username']).toBe('renamed4');
      // The provider vouched for another address.
      expect(await world.userOf('renamed4')).toMatchObject({ email: 'other@example.org', emailVerified: false, lastName: 'B' });
      await review('missing');
      const [user5] = json<Record<string, unknown>[]>(await world.upstream('GET', '/users?username=user5&exact=true'));
      await world.upstream('PUT', `/users/${String(user5?.['id'])}`, { ...user5, lastName: '' });
      const lacking = new WanderingBrowser();
      const asked = await world.login('user5', lacking);
      expect(asked.text).toContain('kc-idp-review-profile-form');
      const done = await lacking.submit(asked, { username: 'user5', email: 'user5@example.org', firstName: 'User', lastName: 'Five' });
      expect((await world.claimsOf(done))['email_verified']).toBe(true);
      expect(isAtApplication(await world.login('user6'))).toBe(true);
      await review('off');
      const [user7] = json<Record<string, unknown>[]>(await world.upstream('GET', '/users?username=user7&exact=true'));
      await world.upstream('PUT', `/users/${String(user7?.['id'])}`, { ...user7, lastName: '' });
      expect(isAtApplication(await world.login('user7'))).toBe(true);
      await review('missing');
    });

    it('asks before it links an account, and lets another name be chosen instead', async () => {
      const browser = new WanderingBrowser();
      const page = await world.login('user0', browser);
      expect(page.text).toContain('name="submitAction"');
      const form = await browser.submit(page, { submitAction: 'updateProfile' });
      expect(form.text).toContain('kc-idp-review-profile-form');
      const again = await browser.submit(form, { username: 'free0', email: 'user0@example.org', firstName: 'A', lastName: 'B' });
      expect(again.text).toContain('name="submitAction"');
      const other = await browser.submit(again, { submitAction: 'updateProfile' });
      const end = await browser.submit(other, { username: 'free0', email: 'free0@example.org', firstName: 'A', lastName: 'B' });
      expect((await world.claimsOf(end))['preferred_username']).toBe('free0');
      expect(await world.linksOf('user0')).toEqual([]);
    });

    it('links by the password of the account, and by no other', async () => {
      const browser = new WanderingBrowser();
      const form = await browser.submit(await world.login('user1', browser), { submitAction: 'linkAccount' });
      expect(form.text).toContain('value="user1"');
      const wrong = await browser.submit(form, { username: 'user2', password: 'password2' });
      expect([wrong.headers.location, await world.linksOf('user1')]).toEqual([undefined, []]);
      const end = await browser.submit(wrong, { password: 'password1' });
      expect((await world.claimsOf(end))['sub']).toBe((await world.userOf('user1'))['id']);
      expect(await world.linksOf('user1')).toMatchObject([{ identityProvider: 'up', userName: 'user1' }]);
    });

    it('wants the second factor of the account besides, where it has one', async () => {
      const secret = new Secret({ buffer: new TextEncoder().encode(AUTHENTICATOR_KEY).buffer });
      const code = () => new TOTP({ secret, digits: 6, algorithm: 'SHA1' }).generate();
      const browser = new WanderingBrowser();
      const form = await browser.submit(await world.login('user30', browser), { submitAction: 'linkAccount' });
      const asked = await browser.submit(form, { password: 'password30' });
      expect([asked.headers.location, asked.text.includes('name="otp"')]).toEqual([undefined, true]);
      // What was not asked for is no way around it.
      const around = await browser.submit(asked, { password: 'password30' });
      const wrong = await browser.submit(around, { otp: String((Number(code()) + 1) % 1_000_000).padStart(6, '0') });
      expect([around.headers.location, wrong.headers.location, await world.linksOf('user30')]).toEqual([undefined, undefined, []]);
      const end = await browser.submit(wrong, { otp: code() });
      expect((await world.claimsOf(end))['sub']).toBe((await world.userOf('user30'))['id']);
      // After each login where the provider wants it so; who has no authenticator sets one up.
      await flowOf('code-after', ['auth-otp-form']);
      await world.set({ postBrokerLoginFlowAlias: 'code-after' });
      const later = await world.login('user30');
      expect([isAtApplication(later), later.text.includes('name="otp"')]).toEqual([false, true]);
      const without = await world.login('user12');
      expect([isAtApplication(without), without.text.includes('totpSecret')]).toEqual([false, true]);
      await world.set();
    });

    it('makes one user of an identity, however many log in with it at once', async () => {
      const claims = await Promise.all(Array.from({ length: 6 }, async () => world.claimsOf(await world.login('user10'))));
      expect(new Set(claims.map(({ sub }) => sub)).size).toBe(1);
      expect(await world.linksOf('user10')).toHaveLength(1);
    });

    it('links by a mail to the account, in this browser or another, once, or by the password instead', async () => {
      await using mailbox = await openMailbox();
      const realm = json<Record<string, unknown>>(await world.admin('GET', ''));
      await world.admin('PUT', '', { ...realm, smtpServer: mailbox.settings });
      const browser = new WanderingBrowser();
      const page = await browser.submit(await world.login('user2', browser), { submitAction: 'linkAccount' });
      expect(page.text).toContain('kc-other-way');
      const link = await mailbox.nextLink();
      expect(mailbox.mails[0]).toMatchObject({ to: ['user2@example.org'] });
      expect(mailbox.mails[0]?.text).toContain('with the identity user2 at Upstream');
      // Another identity with the same address waits for a mail of its own.
      const [user11] = json<Record<string, unknown>[]>(await world.upstream('GET', '/users?username=user11&exact=true'));
      const [user2] = json<Record<string, unknown>[]>(await world.upstream('GET', '/users?username=user2&exact=true'));
      await world.upstream('PUT', `/users/${String(user2?.['id'])}`, { ...user2, email: 'gone@example.org' });
      await world.upstream('PUT', `/users/${String(user11?.['id'])}`, { ...user11, email: 'user2@example.org' });
      const rival = new WanderingBrowser();
      await rival.submit(await world.login('user11', rival), { submitAction: 'linkAccount' });
      expect((await mailbox.next()).text).toContain('with the identity user11 at Upstream');
      const waits = async (who: WanderingBrowser): Promise<boolean> => {
        const page = await who.go(who.visited.findLast((url) => url.includes('/login-actions/first-broker-login')) ?? '');
        return page.text.includes('kc-other-way');
      };
      // A reload sends no second mail.
      await browser.go(browser.visited.findLast((url) => url.includes('/login-actions/first-broker-login')) ?? '');
      // Another browser is asked first, and logs nobody in.
      const other = new WanderingBrowser();
      const question = await other.go(link);
      const [, on = ''] = /href="([^"]*action-token[^"]*)"/.exec(question.text) ?? [];
      expect(await world.linksOf('user2')).toEqual([]);
      const confirmed = await other.go(on.replaceAll('&amp;', '&'));
      expect(await waits(rival)).toBe(true);
      expect([confirmed.status, confirmed.headers.location]).toEqual([200, undefined]);
      expect((await new WanderingBrowser().go(link)).status).toBe(400);
      const end = await browser.go(browser.visited.findLast((url) => url.includes('/login-actions/first-broker-login')) ?? '');
      expect((await world.claimsOf(end))['preferred_username']).toBe('user2');
      expect(mailbox.mails).toHaveLength(2);
      // Nothing of the yes is left when the link is gone.
      expect((await world.admin('DELETE', `/users/${String((await world.userOf('user2'))['id'])}/federated-identity/up`)).status).toBe(204);
      expect([await waits(rival), await world.linksOf('user2')]).toEqual([true, []]);

      const third = new WanderingBrowser();
      const waiting = await third.submit(await world.login('user3', third), { submitAction: 'linkAccount' });
      const password = await third.submit(waiting, { tryAnotherWay: 'on' });
      expect(password.text).toContain('name="password"');
      const own = await third.go(await mailbox.nextLink());
      expect((await world.claimsOf(own))['preferred_username']).toBe('user3');
      await world.admin('PUT', '', { ...realm, smtpServer: {} });
    });

    it('runs the flow that the provider names, and none where that is not there', async () => {
      await flowOf('only-known', ['idp-detect-existing-broker-user', 'idp-auto-link']);
      await world.set({ firstBrokerLoginFlowAlias: 'only-known' });
      const refused = await world.login('user8');
      expect([refused.status, isAtApplication(refused), await world.userOf('user8')]).toEqual([403, false, {}]);
      await world.admin('POST', '/users', { username: 'user8', enabled: true, email: 'user8@example.org', firstName: 'U', lastName: '8' });
      expect((await world.claimsOf(await world.login('user8')))['preferred_username']).toBe('user8');
      await world.set({ firstBrokerLoginFlowAlias: 'no-such-flow' });
      expect([(await world.login('user9')).status, await world.userOf('user9')]).toEqual([403, {}]);
      await world.set();
    });

    it('makes nobody where a later step of the flow denies, and runs the flow of the provider after each login', async () => {
      await flowOf('denied', ['idp-create-user-if-unique', 'deny-access-authenticator']);
      await world.set({ firstBrokerLoginFlowAlias: 'denied' });
      expect([(await world.login('user9')).status, await world.userOf('user9')]).toEqual([403, {}]);
      await flowOf('after', ['deny-access-authenticator']);
      await world.set({ postBrokerLoginFlowAlias: 'after' });
      for (const user of ['user9', 'user6']) expect(isAtApplication(await world.login(user))).toBe(false);
      await flowOf('password-after', ['auth-username-password-form']);
      await world.set({ postBrokerLoginFlowAlias: 'password-after' });
      const browser = new WanderingBrowser();
      const form = await world.login('user1', browser);
      expect(form.text).toContain('value="user1"');
      const wrong = await browser.submit(form, { password: 'password2' });
      expect(isAtApplication(wrong)).toBe(false);
      expect(isAtApplication(await browser.submit(wrong, { password: 'password1' }))).toBe(true);
      await world.set({ postBrokerLoginFlowAlias: 'no-such-flow' });
      expect(isAtApplication(await world.login('user6'))).toBe(false);
      await world.set();
    });
  });
}
