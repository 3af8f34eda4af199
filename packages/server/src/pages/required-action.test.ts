import { describe, expect, it } from 'vitest';
import { loginServer, REDIRECT } from '../testing/login-server.ts';
import { formAction, redirectOf } from '../testing/test-browser.ts';

const demanded = { user: { requiredActions: ['UPDATE_PASSWORD'] } };

describe('update password', () => {
  it('stands between the password and the application, and is gone afterwards', async () => {
    const server = await loginServer(demanded);
    const browser = server.browser();
    const redirect = redirectOf(await server.login(browser));
    expect(redirect.pathname).toBe('/realms/test/login-actions/required-action');
    expect(redirect.searchParams.get('execution')).toBe('UPDATE_PASSWORD');
    const page = await browser.get(redirect.href);
    expect(page.body).toContain('<label for="password-new">New Password</label>');
    expect(page.body).not.toContain('cancel-aia');
    const done = redirectOf(await browser.submit(page, { 'password-new': 'fresh', 'password-confirm': 'fresh' }));
    expect(done.origin + done.pathname).toBe(REDIRECT);
    expect(done.searchParams.has('code')).toBe(true);
    expect(server.context.passwordsOf.get(server.user.id)).toBe('fresh');
    expect(server.context.state.data.users[0]?.requiredActions).toEqual([]);
    expect(server.context.emitted.map((event) => event.type)).toEqual(['UPDATE_PASSWORD', 'LOGIN']);
  });

  it.each([
    [{ 'password-new': '', 'password-confirm': '' }, 'Please enter a password.'],
    [{ 'password-new': 'a', 'password-confirm': 'b' }, 'The passwords are not the same.'],
  ])('shows the form again for %j', async (fields, message) => {
    const server = await loginServer(demanded);
    const browser = server.browser();
    const page = await browser.get(redirectOf(await server.login(browser)).href);
    const again = await browser.submit(page, fields);
    expect([again.statusCode, again.body.includes(message)]).toEqual([200, true]);
    expect(formAction(again)).not.toBe(formAction(page));
    expect(server.context.passwordsOf.get(server.user.id)).toBe('secret');
  });

  it('cannot be skipped by going back to the password form', async () => {
    const server = await loginServer(demanded);
    const browser = server.browser();
    const redirect = redirectOf(await server.login(browser));
    const skipped = redirectOf(await browser.get(redirect.href.replace('required-action', 'authenticate')));
    expect(skipped.pathname).toBe('/realms/test/login-actions/required-action');
    expect((await browser.get(server.authUrl())).body).toContain('id="kc-login"');
  });

  it('cannot be cancelled when it is demanded', async () => {
    const server = await loginServer({ user: { requiredActions: ['UPDATE_PASSWORD'] } });
    const browser = server.browser();
    const page = await browser.get(redirectOf(await server.login(browser, { kc_action: 'UPDATE_PASSWORD' })).href);
    const again = await browser.submit(page, { 'cancel-aia': 'true' });
    expect(again.statusCode).toBe(200);
    expect(server.context.state.data.users[0]?.requiredActions).toEqual(['UPDATE_PASSWORD']);
  });

  it('signs out the other devices on demand', async () => {
    const server = await loginServer();
    const elsewhere = redirectOf(await server.login(server.browser())).searchParams.get('session_state') ?? '';
    const browser = server.browser();
    const page = await browser.get(redirectOf(await server.login(browser, { kc_action: 'UPDATE_PASSWORD' })).href);
    const fields = { 'password-new': 'n', 'password-confirm': 'n', 'logout-sessions': 'on' };
    const done = redirectOf(await browser.submit(page, fields));
    expect(await server.context.state.userSessions.get(server.realm, elsewhere, false)).toBeUndefined();
    expect(await server.context.state.userSessions.get(server.realm, done.searchParams.get('session_state') ?? '', false)).toBeDefined();
  });
});

describe('kc_action', () => {
  it('runs the action in a session that exists and tells how it ended', async () => {
    const server = await loginServer();
    const browser = server.browser();
    const first = redirectOf(await server.login(browser));
    const page = await browser.get(redirectOf(await browser.get(server.authUrl({ kc_action: 'UPDATE_PASSWORD' }))).href);
    const done = redirectOf(await browser.submit(page, { 'password-new': 'n', 'password-confirm': 'n' }));
    expect(done.searchParams.get('kc_action')).toBe('UPDATE_PASSWORD');
    expect(done.searchParams.get('kc_action_status')).toBe('success');
    expect(done.searchParams.get('session_state')).toBe(first.searchParams.get('session_state'));
  });

  it('can be cancelled', async () => {
    const server = await loginServer();
    const browser = server.browser();
    const page = await browser.get(redirectOf(await server.login(browser, { kc_action: 'UPDATE_PASSWORD' })).href);
    expect(page.body).toContain('name="cancel-aia"');
    const done = redirectOf(await browser.submit(page, { 'cancel-aia': 'true' }));
    expect(done.searchParams.get('kc_action_status')).toBe('cancelled');
    expect(server.context.passwordsOf.get(server.user.id)).toBe('secret');
  });

  it('asks for the password again where the login is older than five minutes', async () => {
    const server = await loginServer();
    const browser = server.browser();
    await server.login(browser);
    server.context.clock.advanceSeconds(299);
    expect((await browser.get(server.authUrl({ kc_action: 'UPDATE_PASSWORD' }))).statusCode).toBe(302);
    server.context.clock.advanceSeconds(2);
    const page = await browser.get(server.authUrl({ kc_action: 'UPDATE_PASSWORD' }));
    expect([page.statusCode, page.body.includes('name="password"')]).toEqual([200, true]);
  });

  it('of an unknown name is reported as an error, after the login', async () => {
    const server = await loginServer();
    const done = redirectOf(await server.login(server.browser(), { kc_action: 'NONSENSE' }));
    expect(done.searchParams.get('kc_action_status')).toBe('error');
    expect(done.searchParams.has('code')).toBe(true);
  });
});
