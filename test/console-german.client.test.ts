import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { admin, adminToken } from '../bench/drivers/admin.ts';
import { chromiumPath, startBrowser } from './support/browser.ts';
import { startTestCluster, type TestCluster, until } from './support/test-cluster.ts';
import { WatchedPage } from './support/watched-page.ts';

/** Places of the admin console with texts that they show. */
const GERMAN_PAGES = [
  ['clients', 'Client anlegen', 'Clients sind Anwendungen'],
  ['users', 'Benutzer sind die Personen dieses Realms.', 'Benutzer hinzufügen'],
  ['client-scopes', 'Client-Scope anlegen'],
  ['realm-settings', 'Einstellungen dieses Realms', 'Anzeigename', 'Speichern'],
] as const;

describe.skipIf(chromiumPath === undefined)('the consoles in German', () => {
  let cluster: TestCluster;
  let chromium: { browser: Browser; close(): Promise<void> };
  let watched: WatchedPage;
  let url = '';

  beforeAll(async () => {
    cluster = await startTestCluster(1);
    url = cluster.server.bases[0] ?? '';
    const token = await adminToken(url);
    for (const realm of ['master', 'test'])
      await admin(url, token, 'PUT', `/realms/${realm}`, { internationalizationEnabled: true, supportedLocales: ['en', 'de'] });
    chromium = await startBrowser();
  });
  afterAll(async () => {
    await chromium?.close();
    await cluster?.stop();
  });
  beforeEach(async () => {
    watched = await WatchedPage.open(chromium.browser);
  });
  afterEach(async () => {
    expect(watched.taken()).toEqual([]);
    await watched.page.context().close();
  });

  const language = (): Promise<string> => watched.page.evaluate('document.documentElement.lang') as Promise<string>;
  /** Waits until the main part of the page shows the texts, also where it is left for the login and comes back meanwhile. */
  const shows = async (...texts: readonly string[]): Promise<void> => {
    for (const text of texts) await watched.page.locator('main', { hasText: text }).waitFor();
  };

  it('show an administrator who chose German at the login German pages', async () => {
    await watched.page.goto(`${url}/admin/`);
    await watched.page.getByRole('link', { name: 'Deutsch' }).click();
    await watched.login('admin', 'admin');
    await watched.testId('currentRealm').waitFor();
    await until('the page is German', async () => (await language()) === 'de');
    for (const [path, ...texts] of GERMAN_PAGES) {
      await watched.visit(`#/master/${path}`);
      await shows(...texts);
    }
    expect(await watched.page.getByRole('navigation').first().innerText()).toContain('Realm-Einstellungen');
  });

  it('turn German as soon as a person has chosen it, and are so at the next visit', async () => {
    await watched.page.goto(`${url}/realms/test/account/`);
    await watched.login('user1', 'password1');
    await watched.testId('firstName').waitFor();
    await watched.settled();
    expect(await language()).toBe('en');
    await watched.page.locator('[id="attributes.locale"]').click();
    await watched.page.getByRole('option', { name: /German|Deutsch/ }).click();
    await watched.testId('save').click();
    await shows('Persönliche Daten', 'Vorname');
    expect(await language()).toBe('de');
    await watched.page.goto(`${url}/realms/test/account/applications`);
    await shows('Anwendungen, die Sie benutzen');
    expect(await watched.page.title()).toBe('Ihr Konto');
  });
});
