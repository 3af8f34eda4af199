import { describe, expect, it, vi } from 'vitest';
import { loginServer, OTHER_REDIRECT, REDIRECT } from '../testing/login-server.ts';
import { formAction, redirectOf, setCookies } from '../testing/test-browser.ts';

const otherClient = { client_id: 'other', redirect_uri: OTHER_REDIRECT };
const fields = { username: 'alice', password: 'secret' };

describe('single sign-on', () => {
  it('takes a second client into the session without a page', async () => {
    const server = await loginServer();
    const browser = server.browser();
    const first = redirectOf(await server.login(browser));
    const answer = await browser.get(server.authUrl(otherClient));
    const url = redirectOf(answer);
    expect(url.origin).toBe('https://other.example');
    expect(url.searchParams.get('session_state')).toBe(first.searchParams.get('session_state'));
    expect(url.searchParams.has('code')).toBe(true);
    expect(setCookies(answer).map((line) => line.split('=')[0])).toEqual([
      'AUTH_SESSION_ID',
      'KC_AUTH_SESSION_HASH',
      'KEYCLOAK_IDENTITY',
      'KEYCLOAK_SESSION',
    ]);
  });

  it('opens no login beside it', async () => {
    const server = await loginServer();
    const browser = server.browser();
    await server.login(browser);
    const { authenticationSessions } = server.context.state;
    const opened = [vi.spyOn(authenticationSessions, 'create'), vi.spyOn(authenticationSessions, 'update')];
    expect(redirectOf(await browser.get(server.authUrl(otherClient))).searchParams.has('code')).toBe(true);
    // Whatever went on after the answer is done by the next one.
    await browser.get(server.authUrl(otherClient));
    expect(opened.map(({ mock }) => mock.calls)).toEqual([[], []]);
  });

  it('keeps the start of a client session that exists, so that its refresh tokens stay good', async () => {
    const server = await loginServer();
    const browser = server.browser();
    const sessionId = redirectOf(await server.login(browser)).searchParams.get('session_state') ?? '';
    server.context.clock.advanceSeconds(60);
    await browser.get(server.authUrl());
    const pair = await server.context.state.userSessions.pair(server.realm, sessionId, server.client, false);
    expect(pair?.client).toMatchObject({ started: 1_800_000_000, timestamp: 1_800_000_060, notes: { SSO_AUTH: 'true' } });
    expect(pair?.session.lastSessionRefresh).toBe(1_800_000_060);
  });

  it('works through POST too', async () => {
    const server = await loginServer();
    const browser = server.browser();
    await server.login(browser);
    const [path = '', query = ''] = server.authUrl().split('?');
    expect(redirectOf(await browser.post(path, Object.fromEntries(new URLSearchParams(query)))).searchParams.has('code')).toBe(true);
  });

  it.each(['session removed', 'user disabled', 'realm not-before', 'user not-before', 'idle too long', 'cookie of another key'])(
    'ends when the identity is no longer good: %s',
    async (reason) => {
      const server = await loginServer();
      const browser = server.browser();
      const sessionId = redirectOf(await server.login(browser)).searchParams.get('session_state') ?? '';
      const { data, userSessions } = server.context.state;
      if (reason === 'session removed') await userSessions.remove(server.realm, sessionId, false);
      if (reason === 'user disabled') data.users[0] = { ...server.user, enabled: false };
      if (reason === 'user not-before') data.users[0] = { ...server.user, notBefore: 1_800_000_001 };
      if (reason === 'realm not-before') data.realms[0] = { ...server.realm, notBefore: 1_800_000_001 };
      if (reason === 'idle too long') server.context.clock.advanceSeconds(1801);
      if (reason === 'cookie of another key') {
        const parts = (browser.cookies.get('KEYCLOAK_IDENTITY') ?? '').split('.');
        browser.cookies.set('KEYCLOAK_IDENTITY', `${parts[0]}.${parts[1]}.${'A'.repeat(86)}`);
      }
      expect((await browser.get(server.authUrl())).body).toContain('id="kc-login"');
    },
  );
});

describe('prompt', () => {
  it('none goes through with a session', async () => {
    const server = await loginServer();
    const browser = server.browser();
    await server.login(browser);
    expect(redirectOf(await browser.get(server.authUrl({ prompt: 'none' }))).searchParams.has('code')).toBe(true);
  });

  it('none without a session answers login_required in the asked mode', async () => {
    const server = await loginServer();
    const query = redirectOf(await server.browser().get(server.authUrl({ prompt: 'none' })));
    expect(query.href).toBe(`${REDIRECT}?error=login_required&state=st&iss=http%3A%2F%2Flogin.test%2Frealms%2Ftest`);
    const fragment = redirectOf(await server.browser().get(server.authUrl({ prompt: 'none', response_mode: 'fragment' })));
    expect(fragment.hash).toContain('error=login_required');
  });

  it('none with an open action answers interaction_required', async () => {
    const server = await loginServer();
    const browser = server.browser();
    await server.login(browser);
    server.context.state.data.users[0] = { ...server.user, requiredActions: ['UPDATE_PASSWORD'] };
    expect(redirectOf(await browser.get(server.authUrl({ prompt: 'none' }))).searchParams.get('error')).toBe('interaction_required');
  });

  it('login asks again, for the same user, and stays in the session', async () => {
    const server = await loginServer();
    const browser = server.browser();
    const first = redirectOf(await server.login(browser));
    server.context.clock.advanceSeconds(100);
    const page = await browser.get(server.authUrl({ prompt: 'login' }));
    expect(page.body).toContain('value="alice" readonly');
    expect(page.body).not.toContain('name="username"');
    const wrong = await browser.submit(page, { password: 'wrong' });
    expect(wrong.body).toContain('Invalid password.');
    const done = redirectOf(await browser.submit(wrong, { username: 'mallory', password: 'secret' }));
    expect(done.searchParams.get('session_state')).toBe(first.searchParams.get('session_state'));
    const session = await server.context.state.userSessions.get(server.realm, done.searchParams.get('session_state') ?? '', false);
    expect(session?.notes['AUTH_TIME']).toBe('1800000100');
  });

  it('login lets the user restart as someone else, which ends the old session', async () => {
    const server = await loginServer();
    const browser = server.browser();
    const first = redirectOf(await server.login(browser)).searchParams.get('session_state') ?? '';
    const page = await browser.get(server.authUrl({ prompt: 'login' }));
    const restart = /id="reset-login" href="([^"]*)"/.exec(page.body)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const fresh = await browser.get((await browser.get(restart)).headers.location ?? '');
    expect(fresh.body).toContain('name="username"');
    expect(await server.context.state.userSessions.get(server.realm, first, false)).toBeUndefined();
    const done = redirectOf(await browser.submit(fresh, fields));
    expect(done.searchParams.get('session_state')).not.toBe(first);
  });
});

describe('max_age', () => {
  it('asks again once the last sign-in is older', async () => {
    const server = await loginServer();
    const browser = server.browser();
    await server.login(browser);
    server.context.clock.advanceSeconds(30);
    expect(redirectOf(await browser.get(server.authUrl({ max_age: '30' }))).searchParams.has('code')).toBe(true);
    server.context.clock.advanceSeconds(1);
    expect((await browser.get(server.authUrl({ max_age: '30' }))).body).toContain('id="kc-login"');
    expect(redirectOf(await browser.get(server.authUrl({ max_age: '30', prompt: 'none' }))).searchParams.get('error')).toBe(
      'login_required',
    );
  });
});

describe('the answer', () => {
  it('comes as a form that sends itself, or by a button without scripts', async () => {
    const server = await loginServer();
    const browser = server.browser();
    const page = await browser.get(server.authUrl({ response_mode: 'form_post', state: '"><img src=x>' }));
    const done = await browser.submit(page, fields);
    expect(done.statusCode).toBe(200);
    expect(formAction(done)).toBe(REDIRECT);
    expect(done.body).toMatch(/name="code" value="[0-9a-f-]{36}\./);
    expect(done.body).toContain('<noscript>');
    expect(done.body).not.toContain('<img');
    expect(String(done.headers['content-security-policy'])).toMatch(/script-src 'sha256-[\w+/=]+'/);
  });

  it('carries tokens in the fragment for a client with the implicit flow', async () => {
    const server = await loginServer();
    const browser = server.browser();
    const page = await browser.get(server.authUrl({ ...otherClient, response_type: 'code id_token token', nonce: 'n' }));
    const url = redirectOf(await browser.submit(page, fields));
    const answer = new URLSearchParams(url.hash.slice(1));
    expect([...answer.keys()]).toEqual(['state', 'session_state', 'iss', 'code', 'id_token', 'access_token', 'token_type', 'expires_in']);
    const verdict = await server.context.tokens.verify(server.realm, 'http://login.test/realms/test', answer.get('id_token') ?? '', 'ID');
    expect(verdict).toMatchObject({ ok: true, claims: { nonce: 'n', sub: server.user.id, aud: 'other' } });
  });

  it('keeps the query of the redirect URI', async () => {
    const server = await loginServer();
    const browser = server.browser();
    const page = await browser.get(server.authUrl({ redirect_uri: `${REDIRECT}?a=b` }));
    expect(redirectOf(await browser.submit(page, fields)).search).toMatch(/^\?a=b&state=st&session_state=/);
  });
});

describe('requests that cannot go on', () => {
  it.each([
    [{ client_id: undefined }, 400, 'Invalid Request'],
    [{ client_id: 'nobody' }, 400, 'Client not found.'],
    [{ redirect_uri: 'https://evil.example/' }, 400, 'Invalid parameter: redirect_uri'],
    [{ max_age: 'x' }, 400, 'Invalid Request'],
  ])('%j ends on an error page', async (parameters, status, message) => {
    const server = await loginServer();
    const answer = await server.browser().get(server.authUrl(parameters));
    expect(answer.statusCode).toBe(status);
    expect(answer.body).toContain(message);
    expect(answer.headers.location).toBeUndefined();
  });

  it('a doubled client_id ends on an error page', async () => {
    const server = await loginServer();
    expect((await server.browser().get(`${server.authUrl()}&client_id=app`)).statusCode).toBe(400);
  });

  it.each([
    [{ enabled: false }, 400, 'Client disabled.'],
    [{ bearerOnly: true }, 403, 'Bearer-only applications are not allowed to initiate browser login'],
  ])('a client with %j ends on an error page', async (client, status, message) => {
    const server = await loginServer({ client });
    const answer = await server.browser().get(server.authUrl());
    expect([answer.statusCode, answer.body.includes(message)]).toEqual([status, true]);
  });

  it('an unknown realm is not found', async () => {
    const server = await loginServer();
    const answer = await server.browser().get(server.authUrl().replace('/test/', '/nowhere/'));
    expect([answer.statusCode, answer.json()]).toEqual([404, { error: 'Realm does not exist' }]);
  });

  it('refuses a scope that the client does not have', async () => {
    const server = await loginServer();
    const url = redirectOf(await server.browser().get(server.authUrl({ scope: 'openid nonsense' })));
    expect(url.searchParams.get('error')).toBe('invalid_scope');
  });
});
