import { describe, expect, it } from 'vitest';
import { loginServer, OTHER_REDIRECT, REDIRECT } from '../testing/login-server.ts';
import { formAction, redirectOf, setCookies } from '../testing/test-browser.ts';

const SESSION_ID = /^[A-Za-z0-9_-]{24}$/;

describe('the login page', () => {
  it('has the fields, labels and ids that scripts and people look for', async () => {
    const server = await loginServer({ realm: { rememberMe: true } });
    const page = await server.browser().get(server.authUrl());
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-type']).toBe('text/html;charset=utf-8');
    for (const part of [
      '<label for="username">Username or email</label>',
      '<label for="password">Password</label>',
      'id="username" name="username"',
      'id="password" name="password"',
      'id="kc-login"',
      '>Sign In</button>',
      'name="rememberMe"',
    ]) {
      expect(page.body).toContain(part);
    }
    expect(page.body).not.toContain('<script');
  });

  it('posts to an address that names the tab and carries a session code', async () => {
    const server = await loginServer();
    const url = new URL(formAction(await server.browser().get(server.authUrl())));
    expect(url.pathname).toBe('/realms/test/login-actions/authenticate');
    expect([...url.searchParams.keys()]).toEqual(['session_code', 'execution', 'client_id', 'tab_id', 'client_data']);
    const data: unknown = JSON.parse(Buffer.from(url.searchParams.get('client_data') ?? '', 'base64url').toString());
    expect(data).toEqual({ ru: REDIRECT, rt: 'code', st: 'st' });
  });

  it('sets the cookies of the authentication session', async () => {
    const server = await loginServer();
    const cookies = setCookies(await server.browser().get(server.authUrl()));
    expect(cookies).toHaveLength(3);
    expect(cookies[0]).toMatch(/^AUTH_SESSION_ID=[A-Za-z0-9_-]+;Version=1;Path=\/realms\/test\/;HttpOnly;SameSite=Lax$/);
    expect(cookies[1]).toMatch(/^KC_AUTH_SESSION_HASH="?[A-Za-z0-9+/]{64}"?;Version=1;Path=\/realms\/test\/;Max-Age=60;SameSite=Lax$/);
    expect(cookies[2]).toMatch(/^KC_RESTART=[\w.-]+;Version=1;Path=\/realms\/test\/;HttpOnly;SameSite=Lax$/);
  });

  it('forbids scripts and framing, and is never cached', async () => {
    const server = await loginServer();
    const { headers } = await server.browser().get(server.authUrl());
    const policy = String(headers['content-security-policy']);
    for (const part of ["default-src 'none'", "style-src 'self'", "frame-ancestors 'self'", "object-src 'none'"])
      expect(policy).toContain(part);
    expect(policy).not.toContain('script-src');
    expect(headers).toMatchObject({
      'cache-control': 'no-store, must-revalidate, max-age=0',
      'x-frame-options': 'SAMEORIGIN',
      'x-content-type-options': 'nosniff',
      'x-robots-tag': 'none',
      'referrer-policy': 'no-referrer',
    });
  });

  it('shows a login hint as text, whatever it holds', async () => {
    const server = await loginServer();
    const page = await server.browser().get(server.authUrl({ login_hint: '"><script>alert(1)</script>' }));
    expect(page.body).not.toContain('<script>');
    expect(page.body).toContain('value="&quot;&gt;&lt;script&gt;');
  });
});

describe('signing in', () => {
  it('goes back to the client with a code, the state, the session and the issuer', async () => {
    const server = await loginServer();
    const browser = server.browser();
    const done = await server.login(browser);
    expect(done.statusCode).toBe(302);
    const url = redirectOf(done);
    expect(url.origin + url.pathname).toBe(REDIRECT);
    expect([...url.searchParams.keys()]).toEqual(['state', 'session_state', 'iss', 'code']);
    const sessionId = url.searchParams.get('session_state') ?? '';
    expect(sessionId).toMatch(SESSION_ID);
    expect(url.searchParams.get('iss')).toBe('http://login.test/realms/test');
    expect(url.searchParams.get('code')).toMatch(new RegExp(`^[0-9a-f-]{36}\\.${sessionId}\\.${server.client.id}$`));
    const session = await server.context.state.userSessions.get(server.realm, sessionId, false);
    expect(session).toMatchObject({
      userId: server.user.id,
      loginUsername: 'alice',
      rememberMe: false,
      notes: { AUTH_TIME: '1800000000' },
    });
    expect(server.context.emitted.map((event) => event.type)).toEqual(['LOGIN']);
  });

  it('sets the identity cookies and takes the restart cookie back', async () => {
    const server = await loginServer();
    const cookies = setCookies(await server.login(server.browser()));
    expect(cookies[0]).toBe('KC_RESTART=;Version=1;Path=/realms/test/;Max-Age=0');
    expect(cookies[1]).toMatch(/^KEYCLOAK_IDENTITY=eyJ[\w.-]+;Version=1;Path=\/realms\/test\/;HttpOnly;SameSite=Lax$/);
    expect(cookies[2]).toMatch(/^KEYCLOAK_SESSION=[\w-]{64};Version=1;Path=\/realms\/test\/;Max-Age=36000;SameSite=Lax$/);
  });

  it('marks cookies Secure where the browser will take that', async () => {
    const server = await loginServer();
    const page = await server.app.inject({ url: server.authUrl(), headers: { host: 'localhost:8080' } });
    for (const line of setCookies(page)) expect(line).toMatch(/;Secure;(HttpOnly;)?SameSite=None$/);
  });

  it('takes the e-mail address in place of the user name', async () => {
    const server = await loginServer();
    const browser = server.browser();
    const page = await browser.get(server.authUrl());
    expect((await browser.submit(page, { username: 'Alice@example.org', password: 'secret' })).statusCode).toBe(302);
  });

  it('keeps the browser logged in with remember-me, and fills the name in next time', async () => {
    const server = await loginServer({ realm: { rememberMe: true, ssoSessionMaxLifespanRememberMe: 50_000 } });
    const browser = server.browser();
    const done = await browser.submit(await browser.get(server.authUrl()), { username: 'alice', password: 'secret', rememberMe: 'on' });
    const cookies = setCookies(done);
    expect(cookies.find((line) => line.startsWith('KEYCLOAK_IDENTITY'))).toContain(';Max-Age=50000;');
    expect(cookies.find((line) => line.startsWith('KEYCLOAK_REMEMBER_ME'))).toContain('="username:alice";Version=1');
    browser.cookies.delete('KEYCLOAK_IDENTITY');
    const page = await browser.get(server.authUrl());
    expect(page.body).toMatch(/id="username"[^>]* value="alice"/);
    expect(page.body).toMatch(/name="rememberMe"[^>]* checked/);
  });

  it.each([
    ['a wrong password', 'alice', 'wrong'],
    ['an unknown user', 'nobody', 'secret'],
    ['empty fields', '', ''],
  ])('shows the form again after %s, with a new session code', async (_name, username, password) => {
    const server = await loginServer();
    const browser = server.browser();
    const page = await browser.get(server.authUrl());
    const again = await browser.submit(page, { username, password });
    expect(again.statusCode).toBe(200);
    expect(again.body).toContain('Invalid username or password.');
    expect(again.body).not.toContain('wrong');
    expect(formAction(again)).not.toBe(formAction(page));
    expect(server.context.emitted.map((event) => event.type)).toEqual(['LOGIN_ERROR']);
    expect((await browser.submit(again, { username: 'alice', password: 'secret' })).statusCode).toBe(302);
  });

  it('tells a disabled user so, but only after the right password', async () => {
    const server = await loginServer({ user: { enabled: false } });
    const browser = server.browser();
    const wrong = await browser.submit(await browser.get(server.authUrl()), { username: 'alice', password: 'wrong' });
    expect(wrong.body).toContain('Invalid username or password.');
    const right = await browser.submit(wrong, { username: 'alice', password: 'secret' });
    expect(right.body).toContain('This account is disabled.');
    expect(right.body).not.toContain('Invalid username');
  });
});

describe('replay and strange forms', () => {
  it('does not look at a form whose session code was used', async () => {
    const server = await loginServer();
    const browser = server.browser();
    const page = await browser.get(server.authUrl());
    await browser.submit(page, { username: 'alice', password: 'wrong' });
    const replay = await browser.submit(page, { username: 'alice', password: 'secret' });
    expect(redirectOf(replay).pathname).toBe('/realms/test/login-actions/authenticate');
    expect(redirectOf(replay).searchParams.has('session_code')).toBe(false);
    const next = await browser.get(replay.headers.location ?? '');
    expect(next.body).toContain('That page was no longer valid.');
    expect((await browser.submit(next, { username: 'alice', password: 'secret' })).statusCode).toBe(302);
  });

  it('tells the application when a login form is sent after the login ended', async () => {
    const server = await loginServer();
    const browser = server.browser();
    const page = await browser.get(server.authUrl());
    await browser.submit(page, { username: 'alice', password: 'secret' });
    const url = redirectOf(await browser.submit(page, { username: 'alice', password: 'secret' }));
    expect(url.origin + url.pathname).toBe(REDIRECT);
    expect(url.searchParams.get('error')).toBe('temporarily_unavailable');
    expect(url.searchParams.get('error_description')).toBe('authentication_expired');
  });

  it('does not send the browser to a forged address in client_data', async () => {
    const server = await loginServer();
    const browser = server.browser();
    const page = await browser.get(server.authUrl());
    await browser.submit(page, { username: 'alice', password: 'secret' });
    const forged = new URL(formAction(page));
    forged.searchParams.set('client_data', Buffer.from('{"ru":"https://evil.example/","rt":"code"}').toString('base64url'));
    const answer = await browser.post(forged.href, { username: 'alice', password: 'secret' });
    expect(answer.headers.location).toBeUndefined();
    expect(answer.body).toContain('You are already logged in.');
  });

  it('lets only one of two simultaneous posts of one form through', async () => {
    const server = await loginServer();
    const browser = server.browser();
    const page = await browser.get(server.authUrl());
    const fields = { username: 'alice', password: 'secret' };
    const both = await Promise.all([browser.submit(page, fields), browser.submit(page, fields)]);
    const codes = both.filter((response) => redirectOf(response).searchParams.has('code'));
    expect(codes).toHaveLength(1);
  });

  it('refuses a form from a browser without our cookies', async () => {
    const server = await loginServer();
    const page = await server.browser().get(server.authUrl());
    const stranger = await server.browser().submit(page, { username: 'alice', password: 'secret' });
    expect(stranger.statusCode).toBe(400);
    expect(stranger.body).toContain('cookie');
  });

  it('ignores an authentication session cookie with a wrong signature', async () => {
    const server = await loginServer();
    const browser = server.browser();
    const page = await browser.get(server.authUrl());
    const id = Buffer.from(browser.cookies.get('AUTH_SESSION_ID') ?? '', 'base64url')
      .toString()
      .split('.')[0];
    browser.cookies.clear();
    browser.cookies.set('AUTH_SESSION_ID', Buffer.from(`${id}.${'A'.repeat(86)}`).toString('base64url'));
    expect((await browser.submit(page, { username: 'alice', password: 'secret' })).statusCode).toBe(400);
  });

  it('starts again from the restart cookie when the authentication session is gone', async () => {
    const server = await loginServer();
    const browser = server.browser();
    const page = await browser.get(server.authUrl({ nonce: 'n1' }));
    browser.cookies.delete('AUTH_SESSION_ID');
    const restarted = await browser.submit(page, { username: 'alice', password: 'secret' });
    const next = await browser.get(restarted.headers.location ?? '');
    expect(next.body).toContain('Signing in took too long');
    const url = redirectOf(await browser.submit(next, { username: 'alice', password: 'secret' }));
    expect(url.origin + url.pathname).toBe(REDIRECT);
    expect(url.searchParams.get('state')).toBe('st');
  });

  it('refuses the tab of another client', async () => {
    const server = await loginServer();
    const browser = server.browser();
    const action = new URL(formAction(await browser.get(server.authUrl())));
    action.searchParams.set('client_id', 'other');
    expect((await browser.post(action.href, { username: 'alice', password: 'secret' })).statusCode).toBe(400);
  });

  it.each([
    ['a zero byte in the user name', {}, 'al\u0000ice'],
    ['client_data that is nonsense', { client_data: '%%%' }, 'alice'],
  ])('refuses %s', async (_name, change, username) => {
    const server = await loginServer();
    const browser = server.browser();
    const action = new URL(formAction(await browser.get(server.authUrl())));
    for (const [name, value] of Object.entries(change)) action.searchParams.set(name, value);
    expect((await browser.post(action.href, { username, password: 'secret' })).statusCode).toBe(400);
  });

  it('shows the form again for a post without a session code', async () => {
    const server = await loginServer();
    const browser = server.browser();
    const action = new URL(formAction(await browser.get(server.authUrl())));
    action.searchParams.delete('session_code');
    const page = await browser.post(action.href, { username: 'alice', password: 'secret' });
    expect([page.statusCode, page.body.includes('id="kc-login"')]).toEqual([200, true]);
  });

  it('says that the page has expired when the form is for another step', async () => {
    const server = await loginServer();
    const browser = server.browser();
    const action = new URL(formAction(await browser.get(server.authUrl())));
    action.searchParams.set('execution', 'another');
    const page = await browser.post(action.href, { username: 'alice', password: 'secret' });
    expect(page.body).toContain('Page has expired');
  });
});

describe('tabs', () => {
  it('lets two tabs of one browser log in into one session', async () => {
    const server = await loginServer();
    const browser = server.browser();
    const first = await browser.get(server.authUrl());
    const second = await browser.get(server.authUrl({ client_id: 'other', redirect_uri: OTHER_REDIRECT }));
    const fields = { username: 'alice', password: 'secret' };
    const one = redirectOf(await browser.submit(first, fields));
    const two = redirectOf(await browser.submit(second, fields));
    expect(two.searchParams.get('session_state')).toBe(one.searchParams.get('session_state'));
    expect(two.origin).toBe('https://other.example');
    const clients = await server.context.state.userSessions.clientsOf(server.realm, one.searchParams.get('session_state') ?? '', false);
    expect(clients.map((client) => client.clientId).sort()).toEqual([server.client.id, server.other.id].sort());
  });

  it('needs no password in a second tab that is reloaded after the first logged in', async () => {
    const server = await loginServer();
    const browser = server.browser();
    const first = await browser.get(server.authUrl());
    const second = await browser.get(server.authUrl());
    await browser.submit(first, { username: 'alice', password: 'secret' });
    const reload = new URL(formAction(second));
    reload.searchParams.delete('session_code');
    expect(redirectOf(await browser.get(reload.href)).searchParams.has('code')).toBe(true);
  });
});
