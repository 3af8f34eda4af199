import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACTION, signActionToken } from '../authentication/action-token/action-token.ts';
import type { Realm, User } from '../model/index.ts';
import { loginServer, REDIRECT } from '../testing/login-server.ts';
import { type Mailbox, openMailbox } from '../testing/mailbox.ts';
import { redirectOf, type TestBrowser } from '../testing/test-browser.ts';

const ISSUER = 'http://login.test/realms/test';
let mailbox: Mailbox;

beforeAll(async () => {
  mailbox = await openMailbox();
});
afterAll(() => mailbox?.[Symbol.asyncDispose]());

async function open(realm: Partial<Realm> = {}, user: Partial<User> = {}) {
  const server = await loginServer({
    realm: { resetPasswordAllowed: true, smtpServer: mailbox.settings, ...realm },
    client: { baseUrl: 'https://app.example/home' },
    user,
  });
  const link = (body: string, path: string) => new RegExp(`href="([^"]*${path}[^"]*)"`).exec(body)?.[1]?.replaceAll('&amp;', '&') ?? '';
  /** Says in a browser that the password is forgotten. */
  const forget = async (browser: TestBrowser, username: string) => {
    const login = await browser.get(server.authUrl());
    const page = await browser.get(link(login.body, 'reset-credentials'));
    return browser.submit(page, { username });
  };
  const follow = async (browser: TestBrowser, url: string) => {
    const answer = await browser.get(url);
    return answer.statusCode === 302 ? browser.get(redirectOf(answer).href) : answer;
  };
  const choose = (browser: TestBrowser, page: Awaited<ReturnType<TestBrowser['get']>>, password: string) =>
    browser.submit(page, { 'password-new': password, 'password-confirm': password });
  return { server, forget, follow, choose, link };
}

describe('a forgotten password', () => {
  it('is replaced through the link of a mail, and the browser that asked is logged in', async () => {
    const { server, forget, follow, choose } = await open();
    const browser = server.browser();
    expect((await forget(browser, 'alice')).body).toContain('You should receive an email shortly');
    const mail = await mailbox.next();
    expect(mail.to).toEqual(['alice@example.org']);
    expect(mail.raw).toMatch(/^From: Identity <id@example\.org>\r$/m);
    expect(mail.text).toContain('and for 5 minutes from now');
    const [url = ''] = /http:\S+action-token\?key=[\w.-]+/.exec(mail.text) ?? [];
    const page = await follow(browser, url);
    expect(page.body).toContain('id="kc-passwd-update-form"');
    const back = redirectOf(await choose(browser, page, 'fresh'));
    expect([back.href.startsWith(REDIRECT), back.searchParams.has('code')]).toEqual([true, true]);
    expect(server.context.passwordsOf.get(server.user.id)).toBe('fresh');
    const again = await server.browser().get(url);
    expect([again.statusCode, again.body.includes('Action expired'), again.body.includes('https://app.example/home')]).toEqual([
      400,
      true,
      true,
    ]);
    expect(server.context.emitted.map(({ type }) => type)).toEqual([
      'SEND_RESET_PASSWORD',
      'UPDATE_PASSWORD',
      'LOGIN',
      'EXECUTE_ACTION_TOKEN_ERROR',
    ]);
  });

  it('is replaced in another browser too, which is not logged in by it', async () => {
    const { server, forget, follow, choose } = await open();
    await forget(server.browser(), 'alice@example.org');
    const other = server.browser();
    const page = await follow(other, await mailbox.nextLink());
    expect((await choose(other, page, 'elsewhere')).body).toContain('Your account has been updated');
    expect(server.context.passwordsOf.get(server.user.id)).toBe('elsewhere');
    expect((await other.get(server.authUrl())).body).toContain('id="kc-form-login"');
  });

  it('gives nothing away about who has an account', async () => {
    const { server, forget } = await open();
    const sent = mailbox.mails.length;
    const strip = (body: string) => body.replace(/(?:session_code|tab_id|client_data)=[\w-]+/g, '').replace(/value="[^"]*"/g, '');
    const nobody = await forget(server.browser(), 'nobody');
    const somebody = await forget(server.browser(), 'alice');
    expect(strip(nobody.body)).toBe(strip(somebody.body));
    await mailbox.next();
    expect(mailbox.mails).toHaveLength(sent + 1);
    expect(server.context.emitted[0]).toMatchObject({ type: 'RESET_PASSWORD_ERROR', error: 'user_not_found' });
  });

  it('cannot be replaced after the time of the link, nor by a link of an older address, nor by a forged one', async () => {
    const { server, forget } = await open();
    await forget(server.browser(), 'alice');
    const url = await mailbox.nextLink();
    const forged = await server.browser().get(`${url.slice(0, -4)}AAAA`);
    expect([forged.statusCode, forged.body.includes('An error occurred')]).toEqual([400, true]);
    const { realm, user, context } = server;
    const expires = context.clock.nowSeconds() + 600;
    const old = await signActionToken(
      context,
      realm,
      ISSUER,
      { id: user.id, email: 'old@example.org' },
      { kind: ACTION.reset, clientId: 'app', expires },
    );
    expect((await server.browser().get(`${ISSUER}/login-actions/action-token?key=${old}`)).statusCode).toBe(400);
    context.clock.advanceSeconds(301);
    const late = await server.browser().get(url);
    expect([late.statusCode, late.body.includes('Action expired')]).toEqual([400, true]);
  });

  it('is replaced once by a link that two browsers carry through at once', async () => {
    const { server, forget, follow, choose } = await open();
    await forget(server.browser(), 'alice');
    const url = await mailbox.nextLink();
    const browsers = [server.browser(), server.browser()];
    const pages = await Promise.all(browsers.map((browser) => follow(browser, url)));
    const answers = await Promise.all(
      browsers.map((browser, index) => choose(browser, pages[index] as NonNullable<(typeof pages)[number]>, `password${index}`)),
    );
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 400]);
  });

  it('stays where the realm does not let people reset it', async () => {
    const { server, forget } = await open({ resetPasswordAllowed: false });
    const page = await server.browser().get(server.authUrl());
    expect(page.body).not.toContain('reset-credentials');
    await expect(forget(server.browser(), 'alice')).rejects.toThrow();
  });

  it('is reported where the mail server is away, and the page stays the same', async () => {
    const { server, forget } = await open({ smtpServer: { host: '127.0.0.1', port: '1', from: 'id@example.org' } });
    expect((await forget(server.browser(), 'alice')).body).toContain('You should receive an email shortly');
    await expect.poll(() => server.context.emitted.at(-1)).toMatchObject({ type: 'SEND_RESET_PASSWORD_ERROR', error: 'email_send_failed' });
  });
});

describe('an address that must be confirmed', () => {
  it('is confirmed by the link in the browser that waits, which then goes on', async () => {
    const { server, follow } = await open({ verifyEmail: true }, { emailVerified: false });
    const browser = server.browser();
    const page = await browser.get(redirectOf(await server.login(browser)).href);
    expect(page.body).toContain('A mail with a link was sent to alice@example.org');
    const answer = await browser.get(await mailbox.nextLink());
    const back = redirectOf(await browser.get(redirectOf(answer).href));
    expect(back.searchParams.has('code')).toBe(true);
    expect(await server.context.state.directory.userById(server.realm, server.user.id)).toMatchObject({ emailVerified: true });
    expect((await follow(server.browser(), server.authUrl())).statusCode).toBe(200);
  });

  it('is confirmed in another browser after a question, and the one that waits goes on too', async () => {
    const { server, link } = await open({ verifyEmail: true }, { emailVerified: false });
    const [browser, other] = [server.browser(), server.browser()];
    const waiting = redirectOf(await server.login(browser)).href;
    await browser.get(waiting);
    const url = await mailbox.nextLink();
    const question = await other.get(url);
    expect(question.body).toContain('Confirm that alice@example.org is your email address');
    expect(await server.context.state.directory.userById(server.realm, server.user.id)).toMatchObject({ emailVerified: false });
    expect((await other.get(link(question.body, 'action-token'))).body).toContain('Your email address has been verified.');
    expect((await other.get(url)).statusCode).toBe(400);
    expect(redirectOf(await browser.get(waiting)).searchParams.has('code')).toBe(true);
  });

  it('gets another mail on demand, and not more often than every half minute', async () => {
    const { server, link } = await open({ verifyEmail: true }, { emailVerified: false });
    const browser = server.browser();
    const page = await browser.get(redirectOf(await server.login(browser)).href);
    await mailbox.next();
    const sent = mailbox.mails.length;
    const early = await browser.get(link(page.body, 'required-action'));
    expect(early.body).toContain('Please wait 30 seconds');
    server.context.clock.advanceSeconds(31);
    expect((await browser.get(link(early.body, 'required-action'))).body).toContain('Please confirm your email address');
    await mailbox.next();
    expect(mailbox.mails).toHaveLength(sent + 1);
  });

  it('stops the password grant until it is', async () => {
    const { server } = await open({ verifyEmail: true }, { emailVerified: false });
    const form = { grant_type: 'password', client_id: 'app', username: 'alice', password: 'secret' };
    const answer = await server.browser().post('/realms/test/protocol/openid-connect/token', form);
    expect(answer.json()).toEqual({ error: 'invalid_grant', error_description: 'Account is not fully set up' });
  });
});

it('a link of an administrator says what it asks for, and then asks it', async () => {
  const { server, follow, choose, link } = await open();
  const { context, realm, user } = server;
  const expires = context.clock.nowSeconds() + 600;
  const token = { kind: ACTION.execute, clientId: 'app', expires, actions: ['UPDATE_PASSWORD'], redirectUri: REDIRECT };
  const url = `${ISSUER}/login-actions/action-token?key=${await signActionToken(context, realm, ISSUER, user, token)}`;
  const browser = server.browser();
  const first = await browser.get(url);
  expect(first.body).toContain('Perform the following action(s): Update Password');
  const page = await follow(browser, link(first.body, 'action-token'));
  const done = await choose(browser, page, 'asked-for');
  expect([done.body.includes('Your account has been updated'), done.body.includes(REDIRECT)]).toEqual([true, true]);
  expect(context.passwordsOf.get(user.id)).toBe('asked-for');
  expect((await server.browser().get(url)).statusCode).toBe(400);
});
