import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admin, adminToken } from '../bench/drivers/admin.ts';
import { type Answer, CookieJar, call } from '../bench/drivers/http.ts';
import { formAction, LoginWalk, onNode } from '../bench/drivers/login-walk.ts';
import { benchRealm } from '../bench/servers/server.ts';
import { type Mailbox, openMailbox } from '../packages/server/src/testing/mailbox.ts';
import { startTestCluster, type TestCluster, walker } from './support/test-cluster.ts';

/** A browser whose every request goes to the node that the test names. */
class NodeBrowser {
  readonly jar = new CookieJar();

  get(url: string, base: string): Promise<Answer> {
    return call(onNode(url, base), { jar: this.jar });
  }

  submit(page: Answer, form: Readonly<Record<string, string>>, base: string): Promise<Answer> {
    return call(onNode(formAction(page.text) ?? '', base), { jar: this.jar, form });
  }
}

describe('links of mails on three nodes', () => {
  let mailbox: Mailbox;
  let cluster: TestCluster;
  const base = (index: number): string => cluster.server.bases[index % 3] as string;
  const linkIn = (page: Answer, path: string) =>
    new RegExp(`href="([^"]*${path}[^"]*)"`).exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? '';

  beforeAll(async () => {
    mailbox = await openMailbox({ user: 'mailer', password: 'mail secret' });
    const realm = { ...benchRealm('test', 6), resetPasswordAllowed: true, smtpServer: mailbox.settings };
    cluster = await startTestCluster(3, { realms: [realm] });
  });
  afterAll(async () => {
    await cluster?.stop();
    await mailbox?.[Symbol.asyncDispose]();
  });

  async function userId(user: number): Promise<string> {
    const path = `/realms/test/users?username=user${user}&exact=true`;
    const [found] = (await admin(base(0), await adminToken(base(0)), 'GET', path)) as { id: string }[];
    return found?.id ?? '';
  }

  it('reset a password, each step on another node', async () => {
    const browser = new NodeBrowser();
    const walk = new LoginWalk(walker(0));
    const login = await call(
      `${base(0)}/realms/test/protocol/openid-connect/auth?client_id=app&redirect_uri=http%3A%2F%2Flocalhost%2Fcallback&response_type=code&scope=openid`,
      { jar: browser.jar },
    );
    const page = await browser.get(linkIn(login, 'reset-credentials'), base(1));
    expect((await browser.submit(page, { username: 'user0' }, base(2))).status).toBe(200);
    const opened = await browser.get(await mailbox.nextLink(), base(0));
    const form = await browser.get(opened.headers.location ?? '', base(1));
    const done = await browser.submit(form, { 'password-new': 'fresh', 'password-confirm': 'fresh' }, base(2));
    expect(done.headers.location).toContain('code=');
    const settings = { ...walk.settings, password: 'fresh' };
    expect((await new LoginWalk(settings).passwordGrant(base(0))).access_token).toContain('.');
  });

  it('work once for all nodes: of six browsers that carry one link through at once, one goes on', async () => {
    const token = await adminToken(base(0));
    await admin(base(0), token, 'PUT', `/realms/test/users/${await userId(1)}/execute-actions-email`, ['UPDATE_PASSWORD']);
    const url = await mailbox.nextLink();
    const browsers = Array.from({ length: 6 }, () => new NodeBrowser());
    const forms = await Promise.all(
      browsers.map(async (browser, index) => {
        const first = await browser.get(url, base(index));
        const second = await browser.get(linkIn(first, 'action-token'), base(index + 1));
        return browser.get(second.headers.location ?? '', base(index + 2));
      }),
    );
    const answers = await Promise.all(
      browsers.map((browser, index) =>
        browser.submit(
          forms[index] as Answer,
          { 'password-new': `password-${index}`, 'password-confirm': `password-${index}` },
          base(index),
        ),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400, 400]);
    const winner = answers.findIndex(({ status }) => status === 200);
    const tries = await Promise.all(
      browsers.map((_, index) =>
        call(`${base(1)}/realms/test/protocol/openid-connect/token`, {
          form: {
            grant_type: 'password',
            client_id: 'app',
            client_secret: 'app-secret',
            username: 'user1',
            password: `password-${index}`,
          },
        }),
      ),
    );
    expect(tries.findIndex(({ status }) => status === 200)).toBe(winner);
    expect((await new NodeBrowser().get(url, base(2))).status).toBe(400);
  });

  it('die when a member does not: the link is used up for good', async () => {
    const token = await adminToken(base(0));
    await admin(base(0), token, 'PUT', `/realms/test/users/${await userId(2)}/execute-actions-email`, ['UPDATE_PASSWORD']);
    const url = await mailbox.nextLink();
    const browser = new NodeBrowser();
    const first = await browser.get(url, base(0));
    const second = await browser.get(linkIn(first, 'action-token'), base(0));
    const form = await browser.get(second.headers.location ?? '', base(0));
    expect((await browser.submit(form, { 'password-new': 'x', 'password-confirm': 'x' }, base(0))).status).toBe(200);
    cluster.server.signal(0, 'SIGKILL');
    expect((await new NodeBrowser().get(url, base(1))).status).toBe(400);
    await cluster.server.startNode(0);
  });

  it('are refused to an administrator where the mail server is', async () => {
    const token = await adminToken(base(1));
    const wrong = { ...mailbox.settings, password: 'wrong' };
    await admin(base(1), token, 'PUT', '/realms/test', { smtpServer: wrong });
    const answer = await call(`${base(2)}/admin/realms/test/users/${await userId(3)}/send-verify-email`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}` },
    });
    expect([answer.status, answer.text]).toEqual([500, '{"errorMessage":"Failed to send verify email"}']);
  });
});
