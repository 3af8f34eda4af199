import { describe, expect, it } from 'vitest';
import { realmFixture, realmKeyFixture } from '../testing/fixtures.ts';
import { type LoginServer, loginServer } from '../testing/login-server.ts';
import { formAction, redirectOf, setCookies } from '../testing/test-browser.ts';

/** A server whose cluster names `owner.name` as the primary of every session. */
async function routed(): Promise<{ server: LoginServer; owner: { name: string | undefined } }> {
  const server = await loginServer();
  const owner = { name: 'n1' as string | undefined };
  Object.assign(server.context.state.authenticationSessions, { route: () => owner.name });
  return { server, owner };
}

const routeIn = (cookie: string | undefined) => cookie?.split('.')[1];
const sessionCookies = (lines: readonly string[]) => lines.filter((line) => line.startsWith('AUTH_SESSION_ID='));

describe('the route in AUTH_SESSION_ID', () => {
  it('is the name of the owner, and stays unsent while the owner stays', async () => {
    const { server } = await routed();
    const browser = server.browser();
    const page = await browser.get(server.authUrl());
    expect(routeIn(browser.cookies.get('AUTH_SESSION_ID'))).toBe('n1');
    expect(sessionCookies(setCookies(await browser.get(formAction(page))))).toEqual([]);
  });

  it('is sent again with the next answer when the owner changed, and the login goes on', async () => {
    const { server, owner } = await routed();
    const browser = server.browser();
    const page = await browser.get(server.authUrl());
    const [id] = browser.cookies.get('AUTH_SESSION_ID')?.split('.') ?? [];
    owner.name = 'n2';
    const wrong = await browser.submit(page, { username: 'alice', password: 'wrong' });
    expect(sessionCookies(setCookies(wrong))).toHaveLength(1);
    expect(browser.cookies.get('AUTH_SESSION_ID')).toBe(`${id}.n2`);
    expect(redirectOf(await browser.submit(wrong, { username: 'alice', password: 'secret' })).searchParams.has('code')).toBe(true);
  });

  it('is believed by nobody: a login goes on whatever stands there, or nothing', async () => {
    for (const route of ['.n9', '.n1;evil', '', '.']) {
      const { server } = await routed();
      const browser = server.browser();
      const page = await browser.get(server.authUrl());
      const [id] = browser.cookies.get('AUTH_SESSION_ID')?.split('.') ?? [];
      browser.cookies.set('AUTH_SESSION_ID', `${id}${route}`.replace(';', '%3B'));
      const done = await browser.submit(page, { username: 'alice', password: 'secret' });
      expect([route, redirectOf(done).searchParams.has('code')]).toEqual([route, true]);
    }
  });

  it('is left out where routes are off', async () => {
    const { server, owner } = await routed();
    owner.name = undefined;
    const browser = server.browser();
    await browser.get(server.authUrl());
    expect(browser.cookies.get('AUTH_SESSION_ID')).not.toContain('.');
  });
});

describe('a session id that is not the browser’s own', () => {
  it.each([
    ['forged', () => Buffer.from(`${'A'.repeat(24)}.${'B'.repeat(86)}`).toString('base64url')],
    ['oversized', () => 'A'.repeat(4_000)],
    ['unsigned', () => Buffer.from('A'.repeat(24)).toString('base64url')],
    ['empty', () => ''],
    ['no text', () => '%00%ff'],
  ])('%s: is ignored, and a new one is given', async (_name, make) => {
    const { server } = await routed();
    const browser = server.browser();
    browser.cookies.set('AUTH_SESSION_ID', make());
    const page = await browser.get(server.authUrl());
    expect(page.statusCode).toBe(200);
    expect(browser.cookies.get('AUTH_SESSION_ID')).not.toBe(make());
    expect(redirectOf(await browser.submit(page, { username: 'alice', password: 'secret' })).searchParams.has('code')).toBe(true);
  });

  it('and cookies of another realm are of no use in this one', async () => {
    const { server } = await routed();
    const { data } = server.context.state;
    const other = realmFixture({ id: 'other-realm', realm: 'elsewhere' });
    data.realms.push(other);
    data.keys.set(other.id, [realmKeyFixture('RS256'), realmKeyFixture('HS512')]);
    data.clients.push({ ...server.client, id: 'app-elsewhere', realmId: other.id });
    const browser = server.browser();
    await server.login(browser);
    const page = await browser.get(server.authUrl().replace('/realms/test/', '/realms/elsewhere/'));
    expect([page.statusCode, page.body.includes('id="kc-form-login"')]).toEqual([200, true]);
  });
});
