import { describe, expect, it } from 'vitest';
import { userFixture } from '../testing/fixtures.ts';
import { loginServer, REDIRECT } from '../testing/login-server.ts';
import { postForm, push } from '../testing/protocol-forms.ts';
import { redirectOf } from '../testing/test-browser.ts';

/** What went wrong in servers of the same endpoints, and is named in docs/reference/vulnerabilities.md, where no other test shows it. */
describe('published flaws of login servers', () => {
  const encoded = (data: object): string => Buffer.from(JSON.stringify(data)).toString('base64url');
  const password = { client_id: 'app', grant_type: 'password', username: 'alice', password: 'secret', scope: 'openid' };

  it('forged client_data starts no other flow than the client may use (CVE-2026-7571)', async () => {
    const server = await loginServer({ client: { implicitFlowEnabled: false } });
    const browser = server.browser();
    const page = await browser.get(server.authUrl());
    const tab = /tab_id=([\w-]+)/.exec(page.body)?.[1] ?? '';
    const forged = encoded({ ru: REDIRECT, rt: 'token id_token', rm: 'fragment', st: 'evil' });
    browser.cookies.delete('AUTH_SESSION_ID');
    const address = `/realms/test/login-actions/restart?client_id=app&tab_id=${tab}&client_data=${forged}`;
    const again = await browser.get(redirectOf(await browser.get(address)).href);
    const answer = redirectOf(await browser.submit(again, { username: 'alice', password: 'secret' }));
    expect([answer.hash, answer.searchParams.has('code'), answer.searchParams.get('state')]).toEqual(['', true, 'st']);
  });

  it('a link to the login of somebody else leads into no session (CVE-2026-7507)', async () => {
    const server = await loginServer({ user: { requiredActions: ['UPDATE_PASSWORD'] } });
    const attacker = server.browser();
    const page = await attacker.get(server.authUrl());
    const tab = /tab_id=([\w-]+)/.exec(page.body)?.[1] ?? '';
    const victim = server.browser();
    for (const path of ['restart', 'authenticate', 'required-action', 'consent']) {
      const answer = await victim.get(`/realms/test/login-actions/${path}?client_id=app&tab_id=${tab}&skip_logout=true`);
      expect([path, answer.statusCode]).toEqual([path, 400]);
    }
    const [root] = await Promise.all([attacker.get(`/realms/test/login-actions/authenticate?client_id=app&tab_id=${tab}`)]);
    expect(root.body).toContain('name="password"');
  });

  it('KC_RESTART tells nobody what was pushed (CVE-2024-4540)', async () => {
    const server = await loginServer();
    const browser = server.browser();
    const secret = 'somebody@secret.example';
    const form = { client_id: 'app', redirect_uri: REDIRECT, response_type: 'code', scope: 'openid', login_hint: secret };
    const uri = (await push(server, form)).json().request_uri;
    await browser.get(server.authUrl({ request_uri: uri }));
    const cookie = browser.cookies.get('KC_RESTART') ?? '';
    expect(cookie.split('.')).toHaveLength(5);
    const readable = cookie.split('.').map((part) => Buffer.from(part, 'base64url').toString('latin1'));
    expect(readable.join()).not.toContain('secret.example');
  });

  it('a not-before of the realm counts beside an older one of the client (CVE-2026-8922)', async () => {
    const server = await loginServer();
    const { context, realm, client } = server;
    const { access_token: token } = (await postForm(server, 'protocol/openid-connect/token', password)).json();
    const now = context.clock.nowSeconds();
    const good = async (): Promise<boolean> => {
      const [current] = context.state.data.realms;
      return current !== undefined && (await context.tokens.bearer(current, 'http://login.test/realms/test', token)).ok;
    };
    context.state.data.clients[0] = { ...client, notBefore: now - 10 };
    expect(await good()).toBe(true);
    context.state.data.realms[0] = { ...realm, notBefore: now + 1 };
    expect(await good()).toBe(false);
  });

  it('a device code is of use to the client that asked for it, and to no other (CVE-2023-2585)', async () => {
    const attributes = { 'oauth2.device.authorization.grant.enabled': 'true' };
    const server = await loginServer({ client: { attributes } });
    server.context.state.data.clients[1] = { ...server.other, attributes };
    const codes = (await postForm(server, 'protocol/openid-connect/auth/device', { client_id: 'app', scope: 'openid' })).json();
    const form = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: codes.device_code };
    const answer = await postForm(server, 'protocol/openid-connect/token', { client_id: 'other', ...form });
    expect([answer.statusCode, answer.json().error]).toEqual([400, 'invalid_grant']);
  });

  it('another person in the same browser gets a session of another id (CVE-2022-3916, CVE-2025-12390)', async () => {
    const server = await loginServer();
    const { context, realm, user } = server;
    const bob = userFixture(realm, { username: 'bob', email: 'bob@example.org' });
    context.state.data.users.push(bob);
    context.passwordsOf.set(bob.id, 'secret');
    const browser = server.browser();
    const first = redirectOf(await server.login(browser)).searchParams.get('session_state') ?? '';
    await context.state.userSessions.remove(realm, first, false);
    const answer = await browser.submit(await browser.get(server.authUrl()), { username: 'bob', password: 'secret' });
    const second = redirectOf(answer).searchParams.get('session_state') ?? '';
    expect(second).not.toBe(first);
    expect((await context.state.userSessions.get(realm, second, false))?.userId).toBe(bob.id);
    expect(bob.id).not.toBe(user.id);
  });
});
