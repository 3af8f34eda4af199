import { describe, expect, it } from 'vitest';
import { type LoginServer, loginServer, REDIRECT } from '../../testing/login-server.ts';
import { formAction, redirectOf, setCookies, type TestBrowser } from '../../testing/test-browser.ts';
import { tokensOfSession } from '../../testing/tokens-of-session.ts';

const LOGOUT = '/realms/test/protocol/openid-connect/logout';
const OUT = 'https://app.example/out';
const url = (parameters: Readonly<Record<string, string>>) => `${LOGOUT}?${new URLSearchParams(parameters).toString()}`;

interface LoggedIn {
  readonly server: LoginServer;
  readonly browser: TestBrowser;
  readonly sessionId: string;
  readonly idToken: string;
  readonly refreshToken: string;
  isAlive(): Promise<boolean>;
}

async function loggedIn(): Promise<LoggedIn> {
  const server = await loginServer({ client: { attributes: { 'post.logout.redirect.uris': OUT } } });
  const browser = server.browser();
  const sessionId = redirectOf(await server.login(browser)).searchParams.get('session_state') ?? '';
  const { realm, context } = server;
  const issued = await tokensOfSession(server, sessionId);
  const isAlive = async () => (await context.state.userSessions.get(realm, sessionId, false)) !== undefined;
  return { server, browser, sessionId, idToken: issued.id_token ?? '', refreshToken: issued.refresh_token ?? '', isAlive };
}

describe('logout with an id token', () => {
  it('ends the session and goes to the registered address with the state', async () => {
    const { browser, idToken, isAlive, server } = await loggedIn();
    const answer = await browser.get(url({ id_token_hint: idToken, post_logout_redirect_uri: OUT, state: 'a b&c' }));
    expect(answer.headers.location).toBe(`${OUT}?state=a+b%26c`);
    expect(setCookies(answer)).toEqual([
      'KEYCLOAK_IDENTITY=;Version=1;Path=/realms/test/;Max-Age=0',
      'KEYCLOAK_SESSION=;Version=1;Path=/realms/test/;Max-Age=0',
    ]);
    expect(await isAlive()).toBe(false);
    expect(server.context.emitted.at(-1)).toMatchObject({ type: 'LOGOUT', clientId: 'app', userId: server.user.id });
    expect((await browser.get(server.authUrl())).body).toContain('id="kc-login"');
  });

  it('takes an id token that has expired', async () => {
    const { browser, idToken, isAlive, server } = await loggedIn();
    server.context.clock.advanceSeconds(1000);
    expect((await browser.get(url({ id_token_hint: idToken }))).body).toContain('You are logged out');
    expect(await isAlive()).toBe(false);
  });

  it('ends the session of the token where the browser has no cookie', async () => {
    const { server, idToken, isAlive } = await loggedIn();
    expect((await server.browser().get(url({ id_token_hint: idToken, post_logout_redirect_uri: OUT }))).headers.location).toBe(OUT);
    expect(await isAlive()).toBe(false);
  });

  it('works by POST', async () => {
    const { browser, idToken, isAlive } = await loggedIn();
    await browser.post(LOGOUT, { id_token_hint: idToken });
    expect(await isAlive()).toBe(false);
  });
});

describe('logout without an id token', () => {
  it('asks first, and does what the confirmation says once', async () => {
    const { browser, isAlive } = await loggedIn();
    const page = await browser.get(url({ client_id: 'app', post_logout_redirect_uri: OUT, state: 's' }));
    expect(page.body).toContain('Do you want to log out?');
    expect(await isAlive()).toBe(true);
    const sessionCode = /name="session_code" value="([^"]*)"/.exec(page.body)?.[1] ?? '';
    const done = await browser.submit(page, { session_code: sessionCode });
    expect(done.headers.location).toBe(`${OUT}?state=s`);
    expect(await isAlive()).toBe(false);
    expect((await browser.submit(page, { session_code: sessionCode })).statusCode).toBe(400);
  });

  it('does nothing without the code of the page', async () => {
    const { browser, isAlive } = await loggedIn();
    const page = await browser.get(LOGOUT);
    expect((await browser.submit(page, { session_code: 'guess' })).statusCode).toBe(400);
    expect((await browser.get(formAction(page))).statusCode).toBe(400);
    expect(await isAlive()).toBe(true);
  });

  it('goes straight to the registered address where nobody is logged in', async () => {
    const { server } = await loggedIn();
    expect((await server.browser().get(url({ client_id: 'app', post_logout_redirect_uri: OUT }))).headers.location).toBe(OUT);
  });
});

describe('logout refuses', () => {
  it.each([
    ['an address that is not registered', { client_id: 'app', post_logout_redirect_uri: 'https://evil.example/' }, 'Invalid redirect uri'],
    ['a redirect URI of the login', { client_id: 'app', post_logout_redirect_uri: REDIRECT }, 'Invalid redirect uri'],
    ['an address without a client', { post_logout_redirect_uri: OUT }, 'Missing parameters: id_token_hint'],
    ['a broken id token', { id_token_hint: 'a.b.c' }, 'Invalid parameter: id_token_hint'],
  ])('%s', async (_name, parameters, message) => {
    const { browser, isAlive } = await loggedIn();
    const answer = await browser.get(url(parameters));
    expect([answer.statusCode, answer.body.includes(message)]).toEqual([400, true]);
    expect(await isAlive()).toBe(true);
  });

  it('an id token of another client than the one that is named', async () => {
    const { browser, idToken } = await loggedIn();
    expect((await browser.get(url({ id_token_hint: idToken, client_id: 'other' }))).statusCode).toBe(400);
  });
});

describe('logout by refresh token', () => {
  it('ends the session, and says the same a second time', async () => {
    const { server, refreshToken, isAlive } = await loggedIn();
    const form = { client_id: 'app', refresh_token: refreshToken };
    expect((await server.browser().post(LOGOUT, form)).statusCode).toBe(204);
    expect(await isAlive()).toBe(false);
    expect((await server.browser().post(LOGOUT, form)).statusCode).toBe(204);
  });

  it('ends the session of a token from before a not-before, which gets nothing else any more', async () => {
    const { server, refreshToken, isAlive } = await loggedIn();
    Object.assign(server.user, { notBefore: server.context.clock.nowSeconds() + 10 });
    expect((await server.browser().post(LOGOUT, { client_id: 'other', refresh_token: refreshToken })).statusCode).toBe(400);
    expect(await isAlive()).toBe(true);
    expect((await server.browser().post(LOGOUT, { client_id: 'app', refresh_token: refreshToken })).statusCode).toBe(204);
    expect(await isAlive()).toBe(false);
  });

  it('refuses a token that is none, or is another client’s', async () => {
    const { server, refreshToken, isAlive } = await loggedIn();
    const broken = await server.browser().post(LOGOUT, { client_id: 'app', refresh_token: 'x' });
    expect([broken.statusCode, broken.json()]).toEqual([400, { error: 'invalid_grant', error_description: 'Invalid refresh token' }]);
    expect((await server.browser().post(LOGOUT, { client_id: 'other', refresh_token: refreshToken })).statusCode).toBe(400);
    expect((await server.browser().post(LOGOUT, { refresh_token: refreshToken })).statusCode).toBe(401);
    expect(await isAlive()).toBe(true);
  });
});
