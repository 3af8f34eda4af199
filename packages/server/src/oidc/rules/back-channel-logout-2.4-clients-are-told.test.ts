import { describe, expect, it } from 'vitest';
import type { Client } from '../../model/index.ts';
import { loginServer } from '../../testing/login-server.ts';
import { redirectOf } from '../../testing/test-browser.ts';
import { tokensOfSession } from '../../testing/tokens-of-session.ts';

const LOGOUT = '/realms/test/protocol/openid-connect/logout';
const OUT = 'https://app.example/out';
const ISSUER = 'http://login.test/realms/test';
const BACK = { 'backchannel.logout.url': 'https://app.example/logged-out' };

/** A browser that is logged in to `app`, and to `other` by the same session. */
async function loggedIn(app: Partial<Client>, other: Partial<Client> = {}) {
  const server = await loginServer({ client: { ...app, attributes: { 'post.logout.redirect.uris': OUT, ...app.attributes } } });
  Object.assign(server.other, other);
  const browser = server.browser();
  const sessionId = redirectOf(await server.login(browser)).searchParams.get('session_state') ?? '';
  redirectOf(await browser.get(server.authUrl({ client_id: 'other', redirect_uri: 'https://other.example/cb' })));
  const out = async () => {
    const page = await browser.get(`${LOGOUT}?client_id=app&post_logout_redirect_uri=${encodeURIComponent(OUT)}&state=s`);
    return browser.submit(page, { session_code: /name="session_code" value="([^"]*)"/.exec(page.body)?.[1] ?? '' });
  };
  return { server, browser, sessionId, out };
}

const claimsOf = (body: string): Record<string, unknown> => {
  const token = new URLSearchParams(body).get('logout_token') ?? '';
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as Record<string, unknown>;
};

describe('a logout in the browser', () => {
  it('tells every client with a back-channel address, once, with a token for it', async () => {
    const { server, sessionId, out } = await loggedIn(
      { attributes: { ...BACK, 'backchannel.logout.session.required': 'true' } },
      {
        attributes: {
          'backchannel.logout.url': 'https://other.example/logged-out',
          'backchannel.logout.revoke.offline.tokens': 'true',
        },
      },
    );
    expect(redirectOf(await out()).href).toBe(`${OUT}?state=s`);
    const { calls, clock } = server.context;
    expect(calls.map(({ url }) => url).sort()).toEqual(['https://app.example/logged-out', 'https://other.example/logged-out']);
    const now = clock.nowSeconds();
    const common = { iss: ISSUER, sub: server.user.id, typ: 'Logout', iat: now, exp: now + 120, jti: expect.any(String) };
    expect(calls.map(({ body }) => claimsOf(body)).find(({ aud }) => aud === 'app')).toEqual({
      ...common,
      aud: 'app',
      sid: sessionId,
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    });
    expect(calls.map(({ body }) => claimsOf(body)).find(({ aud }) => aud === 'other')).toEqual({
      ...common,
      aud: 'other',
      events: { 'http://schemas.openid.net/event/backchannel-logout': {}, revoke_offline_access: true },
    });
  });

  it('shows a page whose frames tell the clients of the front channel, and goes on from there', async () => {
    const { server, sessionId, out } = await loggedIn(
      { frontchannelLogout: true, attributes: { 'frontchannel.logout.url': 'https://app.example:8443/front?a=1' } },
      { attributes: { 'backchannel.logout.url': 'https://other.example/logged-out' } },
    );
    const page = await out();
    const query = new URLSearchParams({ a: '1', sid: sessionId, iss: ISSUER }).toString().replaceAll('&', '&amp;');
    expect(page.body).toContain(`<iframe src="https://app.example:8443/front?${query}"`);
    expect(page.body).toContain(`<a id="continue" href="${OUT}?state=s">`);
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toMatch(/frame-src 'self' https:\/\/app\.example:8443(;|$)/);
    expect(policy).toMatch(/script-src 'sha256-[^']+'/);
    expect(server.context.calls).toHaveLength(1);
  });

  it('tells nobody who is switched off, and no other address than an http one', async () => {
    const { server, out } = await loggedIn(
      { frontchannelLogout: true, attributes: { 'frontchannel.logout.url': 'javascript:alert(1)' } },
      { enabled: true, attributes: BACK },
    );
    Object.assign(server.other, { enabled: false });
    expect(redirectOf(await out()).href).toBe(`${OUT}?state=s`);
    expect(server.context.calls).toEqual([]);
  });
});

it('a logout by refresh token tells the clients too', async () => {
  const { server, sessionId } = await loggedIn({ attributes: BACK });
  const { context } = server;
  const issued = await tokensOfSession(server, sessionId);
  const answer = await server.browser().post(LOGOUT, { client_id: 'app', refresh_token: issued.refresh_token ?? '' });
  expect(answer.statusCode).toBe(204);
  expect(context.calls.map(({ url }) => url)).toEqual([BACK['backchannel.logout.url']]);
});
