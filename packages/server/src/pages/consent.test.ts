import { describe, expect, it } from 'vitest';
import { messageKey } from '../realm/message-key.ts';
import { clientScopeFixture } from '../testing/fixtures.ts';
import { loginServer, REDIRECT } from '../testing/login-server.ts';
import { redirectOf, type TestBrowser } from '../testing/test-browser.ts';

const ISSUER = 'http://login.test/realms/test';

/** A client that asks for consent, with a scope to show, a silent one and offline access. */
async function open() {
  const server = await loginServer({
    client: { consentRequired: true, defaultClientScopes: ['email', 'acr'], optionalClientScopes: ['offline_access'] },
  });
  const { realm, context } = server;
  const shown = (text: string) => ({ 'display.on.consent.screen': 'true', 'consent.screen.text': text });
  context.state.data.clientScopes.push(
    clientScopeFixture(realm, 'email', [], shown(messageKey('emailScopeConsentText'))),
    clientScopeFixture(realm, 'acr', [], { 'display.on.consent.screen': 'false' }),
    clientScopeFixture(realm, 'offline_access', [], shown('Stay signed in')),
  );
  /** Logs in and follows the way to the page. */
  const ask = async (browser: TestBrowser, scope = 'openid') => {
    const answer = await server.login(browser, { scope });
    return browser.get(redirectOf(answer).href);
  };
  const code = (body: string) => /name="code" value="([^"]*)"/.exec(body)?.[1] ?? '';
  return { server, ask, code };
}

describe('the consent page', () => {
  it('names what is asked for, and a yes is kept', async () => {
    const { server, ask, code } = await open();
    const browser = server.browser();
    const page = await ask(browser, 'openid offline_access');
    expect(page.body).toContain('Grant Access to app');
    expect([...page.body.matchAll(/<li>([^<]*)<\/li>/g)].map(([, text]) => text)).toEqual(['Email address', 'Stay signed in']);
    const done = await browser.submit(page, { code: code(page.body), accept: 'Yes' });
    expect(redirectOf(done).searchParams.has('code')).toBe(true);
    expect(server.context.emitted.at(-1)).toMatchObject({ type: 'LOGIN', details: { consent: 'consent_granted' } });
    expect(redirectOf(await browser.get(server.authUrl({ scope: 'openid' }))).searchParams.has('code')).toBe(true);
    expect(server.context.emitted.at(-1)).toMatchObject({ type: 'LOGIN', details: { consent: 'persistent_consent' } });
  });

  it('sends the browser back empty-handed after a no', async () => {
    const { server, ask, code } = await open();
    const browser = server.browser();
    const page = await ask(browser);
    const refused = redirectOf(await browser.submit(page, { code: code(page.body), cancel: 'No' }));
    expect(refused.href.startsWith(REDIRECT)).toBe(true);
    expect(refused.searchParams.get('error')).toBe('access_denied');
    expect(server.context.emitted.at(-1)).toMatchObject({ type: 'LOGIN_ERROR', error: 'rejected_by_user', userId: server.user.id });
    expect(await server.context.state.userSessions.ofUser(server.realm, server.user.id, false)).toEqual([]);
  });

  it('asks only for what is new, and for everything where the client wants that', async () => {
    const { server, ask, code } = await open();
    const browser = server.browser();
    const first = await ask(browser);
    await browser.submit(first, { code: code(first.body), accept: 'Yes' });
    const listed = async (parameters: Readonly<Record<string, string>>) => {
      const page = await browser.get(redirectOf(await browser.get(server.authUrl(parameters))).href);
      return [...page.body.matchAll(/<li>([^<]*)<\/li>/g)].map(([, text]) => text);
    };
    expect(await listed({ scope: 'openid offline_access' })).toEqual(['Stay signed in']);
    expect(await listed({ scope: 'openid', prompt: 'consent' })).toEqual(['Email address']);
  });

  it('cannot be shown where the client wants no pages', async () => {
    const { server, ask } = await open();
    const browser = server.browser();
    await ask(browser);
    const other = server.browser();
    await server.login(other, { client_id: 'other', redirect_uri: 'https://other.example/cb' });
    expect(redirectOf(await other.get(server.authUrl({ prompt: 'none' }))).searchParams.get('error')).toBe('interaction_required');
  });

  it('takes its code once, and no other', async () => {
    const { server, ask, code } = await open();
    const browser = server.browser();
    const page = await ask(browser);
    expect((await browser.submit(page, { code: 'guess', accept: 'Yes' })).statusCode).toBe(400);
    const fields = { code: code(page.body), accept: 'Yes' };
    const answers = await Promise.all([browser.submit(page, fields), browser.submit(page, fields)]);
    expect(answers.filter(({ headers }) => String(headers.location).includes('code='))).toHaveLength(1);
  });
});

it('a consent that is taken back ends the client’s sessions and its refresh tokens', async () => {
  const { server, ask, code } = await open();
  const browser = server.browser();
  const page = await ask(browser, 'openid offline_access');
  const back = redirectOf(await browser.submit(page, { code: code(page.body), accept: 'Yes' }));
  const token = '/realms/test/protocol/openid-connect/token';
  const grant = { client_id: 'app', code: back.searchParams.get('code') ?? '', redirect_uri: REDIRECT, grant_type: 'authorization_code' };
  const tokens = (await browser.post(token, grant)).json() as { refresh_token: string };
  const refresh = () => browser.post(token, { client_id: 'app', grant_type: 'refresh_token', refresh_token: tokens.refresh_token });
  expect((await refresh()).statusCode).toBe(200);
  const { context, realm, user, client } = server;
  expect(await context.consents.revoke(realm, user, client, ISSUER)).toBe(true);
  expect((await refresh()).statusCode).toBe(400);
  expect(await context.consents.revoke(realm, user, client, ISSUER)).toBe(false);
});
