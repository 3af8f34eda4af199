import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admin, adminToken } from '../bench/drivers/admin.ts';
import { chromiumPath, startBrowser } from './support/browser.ts';
import { startSpaServer } from './support/spa-server.ts';
import { startTarget, type Target } from './support/target.ts';

describe.skipIf(chromiumPath === undefined)('keycloak-js in Chromium', () => {
  let target: Target;
  let spa: { origin: string; close(): Promise<void> };
  let chromium: { browser: Browser; close(): Promise<void> };
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    target = await startTarget(2);
    spa = await startSpaServer();
    chromium = await startBrowser();
    const token = await adminToken(target.base);
    await admin(target.base, token, 'POST', '/realms/test/clients', {
      clientId: 'spa',
      publicClient: true,
      redirectUris: [`${spa.origin}/*`],
      webOrigins: [spa.origin],
      attributes: { 'pkce.code.challenge.method': 'S256', 'post.logout.redirect.uris': '+' },
    });
    context = await chromium.browser.newContext();
    page = await context.newPage();
  });
  afterAll(async () => {
    await chromium?.close();
    await spa?.close();
    await target?.stop();
  });

  /** Initialises the adapter in the page, as an application does at its start. */
  async function init(options: Record<string, unknown>): Promise<boolean> {
    await page.waitForFunction('window.startAdapter !== undefined');
    return ask(
      `window.startAdapter(${JSON.stringify(target.base)}, ${JSON.stringify({ pkceMethod: 'S256', checkLoginIframe: false, ...options })})`,
    );
  }

  const ask = <T>(expression: string): Promise<T> => page.evaluate(expression) as Promise<T>;

  it('logs in through the page with its labels', async () => {
    await page.goto(`${spa.origin}/`);
    expect(await init({})).toBe(false);
    await ask('window.keycloak.login()').catch(() => {});
    await page.getByLabel('Username or email').fill('user6');
    await page.getByLabel('Password', { exact: true }).fill('password6');
    await page.getByRole('button', { name: 'Sign In' }).click();
    await page.waitForURL(`${spa.origin}/**`);
    expect(await init({})).toBe(true);
    expect(await ask('window.keycloak.tokenParsed.preferred_username')).toBe('user6');
  });

  it('refreshes its token and loads the profile', async () => {
    const before = await ask<string>('window.keycloak.token');
    expect(await ask('window.keycloak.updateToken(-1)')).toBe(true);
    expect(await ask<string>('window.keycloak.token')).not.toBe(before);
    expect(await ask('window.keycloak.loadUserInfo()')).toMatchObject({ email: 'user6@example.org' });
  });

  it('signs on silently in a hidden frame', async () => {
    await page.goto(`${spa.origin}/again`);
    expect(await init({ onLoad: 'check-sso', silentCheckSsoRedirectUri: `${spa.origin}/silent-check-sso.html` })).toBe(true);
    expect(await ask('window.keycloak.tokenParsed.preferred_username')).toBe('user6');
  });

  it('watches the session through the login status frame', async () => {
    await page.goto(`${spa.origin}/watched`);
    expect(
      await init({ onLoad: 'check-sso', silentCheckSsoRedirectUri: `${spa.origin}/silent-check-sso.html`, checkLoginIframe: true }),
    ).toBe(true);
  });

  it('logs out, and the next silent check finds nobody', async () => {
    await ask('window.keycloak.logout()').catch(() => {});
    await page.waitForURL(`${spa.origin}/**`);
    expect(await init({ onLoad: 'check-sso', silentCheckSsoRedirectUri: `${spa.origin}/silent-check-sso.html` })).toBe(false);
  });
});
