import type { Browser } from 'playwright-core';
import { expect } from 'vitest';
import { admin, adminToken } from '../../bench/drivers/admin.ts';
import { until } from './test-cluster.ts';
import { WatchedPage } from './watched-page.ts';

/** What a walk through the consoles stands on. */
export interface ConsoleStage {
  readonly url: string;
  /** The realm that the walk made, with the user dora. */
  readonly realm: string;
  readonly browser: Browser;
  /** The page of the administrator. */
  readonly watched: WatchedPage;
  visit(path: string): Promise<void>;
  /** A call of Admin REST below the realm. */
  rest(method: string, path: string, body?: unknown): Promise<unknown>;
}

/** The administrator looks at the session of a user, and ends it. */
export async function endSession({ url, realm, browser, watched, visit, rest }: ConsoleStage): Promise<void> {
  const [dora] = (await rest('GET', '/users?username=dora')) as { id: string }[];
  await rest('PUT', `/users/${dora?.id}`, { username: 'dora', email: 'dora@example.org', firstName: 'Dora', lastName: 'D', enabled: true });
  const person = await WatchedPage.open(browser);
  await person.page.goto(`${url}/realms/${realm}/account/`);
  await person.login('dora', 'dora');
  await person.testId('firstName').waitFor();
  await person.settled();
  const sessions = async () => (await rest('GET', `/users/${dora?.id}/sessions`)) as unknown[];
  expect(await sessions()).toHaveLength(1);
  await visit(`users/${dora?.id}/sessions`);
  await watched.page.locator('main').getByRole('button', { name: 'Kebab toggle' }).last().click();
  await watched.page.getByRole('menuitem', { name: 'Sign out' }).click();
  await until('the session is over', async () => (await sessions()).length === 0);
  await watched.settled();
  await person.page.context().close();
}

/** Two administrators: one sees what the other saved; both write at once, each something else, and nothing of either is lost. */
export async function twoAdministrators({ url, realm, browser, watched, visit, rest }: ConsoleStage): Promise<void> {
  const other = await WatchedPage.open(browser);
  await other.page.goto(`${url}/admin/master/console/#/${realm}/realm-settings/general`);
  await other.login('admin', 'admin');
  await other.testId('displayName').waitFor();
  await until('the name that was saved', async () => (await other.testId('displayName').inputValue()) === 'Made by hand');
  await other.testId('displayName').fill('Made by another');
  await other.testId('realmSettingsGeneralTab-save').click();
  await other.settled();
  // A console that is open keeps the realm that it read.
  await visit('realm-settings/general');
  await watched.page.reload();
  await watched.testId('displayName').waitFor();
  await until('the name of the other', async () => (await watched.testId('displayName').inputValue()) === 'Made by another');
  const role = async (by: WatchedPage, name: string): Promise<void> => {
    await by.visit(`#/${realm}/roles/new`);
    await by.testId('name').fill(name);
    await by.testId('save').click();
    await by.testId('associatedRolesTab').waitFor();
  };
  await Promise.all([role(watched, 'of-the-one'), role(other, 'of-the-other')]);
  await Promise.all([watched.settled(), other.settled()]);
  const names = ((await rest('GET', '/roles')) as { name: string }[]).map((one) => one.name);
  expect(names).toEqual(expect.arrayContaining(['of-the-one', 'of-the-other']));
  expect(other.taken()).toEqual([]);
  await other.page.context().close();
}

/** A person with two devices signs out of both from one. */
export async function signOutEverywhere({ url, browser }: ConsoleStage): Promise<void> {
  const sessions = async (): Promise<readonly unknown[]> => {
    const token = await adminToken(url);
    const [user] = (await admin(url, token, 'GET', '/realms/test/users?username=user2')) as { id: string }[];
    return (await admin(url, token, 'GET', `/realms/test/users/${user?.id}/sessions`)) as unknown[];
  };
  const [one, two] = [await WatchedPage.open(browser), await WatchedPage.open(browser)];
  for (const device of [two, one]) {
    await device.page.goto(`${url}/realms/test/account/account-security/device-activity`);
    await device.login('user2', 'password2');
    await device.page.locator('main').getByText('Signed in devices').or(device.testId('row-0')).first().waitFor();
    await device.settled();
  }
  expect(await sessions()).toHaveLength(2);
  await one.button('Sign out all devices').click();
  await one.page.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click();
  await until('no session is left', async () => (await sessions()).length === 0);
  await Promise.all([one, two].map(({ page }) => page.context().close()));
}
