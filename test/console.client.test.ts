import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { admin, adminToken } from '../bench/drivers/admin.ts';
import { freePorts } from '../packages/grid/src/testing/free-ports.ts';
import { root } from '../scripts/checks/repository.ts';
import { type Balancer, startBalancer } from '../tools/balancer/balancer.ts';
import { chromiumPath, startBrowser } from './support/browser.ts';
import { PAGES, PICTURES } from './support/console-pages.ts';
import { type ConsoleStage, endSession, signOutEverywhere, twoAdministrators } from './support/console-walks.ts';
import { startTestCluster, type TestCluster, until } from './support/test-cluster.ts';
import { WatchedPage } from './support/watched-page.ts';

const REALM = 'made';

describe.skipIf(chromiumPath === undefined)('the consoles in Chromium, through a balancer', () => {
  let cluster: TestCluster;
  let balancer: Balancer;
  let chromium: { browser: Browser; close(): Promise<void> };
  let watched: WatchedPage;
  let url = '';

  beforeAll(async () => {
    const [port = 0] = await freePorts(1);
    url = `http://127.0.0.1:${port}`;
    cluster = await startTestCluster(3, { hostname: url, extraArguments: ['--proxy-trusted-addresses=127.0.0.1'] });
    balancer = await startBalancer({
      host: '127.0.0.1',
      port,
      log: () => {},
      backends: cluster.server.nodes.map((node) => node.backend),
    });
    chromium = await startBrowser();
    watched = await WatchedPage.open(chromium.browser);
  });
  afterAll(async () => {
    await chromium?.close();
    await balancer?.close();
    await cluster?.stop();
  });
  // Every page without an error of the console and without a failed request.
  afterEach(() => expect(watched.taken()).toEqual([]));

  /** Goes to a page of the console within the realm. */
  const visit = (path: string): Promise<void> => watched.visit(`#/${REALM}/${path}`);

  /** Keeps a picture for the guide where KEYGRID_PICTURES asks for them. */
  async function picture(name: string): Promise<void> {
    if (process.env['KEYGRID_PICTURES'] !== 'write' || !PICTURES.has(name)) return;
    const folder = join(root, 'docs/guide/pictures');
    mkdirSync(folder, { recursive: true });
    await watched.page.screenshot({ path: join(folder, `${name}.png`) });
  }

  const stage = (): ConsoleStage => ({ url, realm: REALM, browser: chromium.browser, watched, visit, rest });
  const rest = async (method: string, path: string, body?: unknown): Promise<unknown> =>
    admin(url, await adminToken(url), method, `/realms/${REALM}${path}`, body);
  const mainText = (): Promise<string> => watched.page.locator('main').innerText();

  it('logs an administrator in and creates a realm', async () => {
    await watched.page.goto(`${url}/admin/`);
    await watched.login('admin', 'admin');
    await watched.testId('currentRealm').waitFor();
    await watched.visit('#/master/realms');
    await watched.testId('add-realm').click();
    await watched.testId('realm').fill(REALM);
    await watched.testId('create').click();
    await until('the realm is there', async () => (await watched.testId('currentRealm').innerText()) === REALM);
    await watched.settled();
  });

  it('creates a client', async () => {
    await visit('clients/add-client');
    await watched.testId('clientId').fill('shop');
    await watched.button('Next').click();
    await watched.button('Next').click();
    await watched.button('Save').click();
    await watched.testId('clientSettingsTab').waitFor();
    await watched.settled();
    await picture('client');
  });

  it('gives out an initial access token, and shows and adds policies of client registration', async () => {
    await visit('clients/initialAccessToken/create');
    await watched.testId('save').click();
    await watched.testId('initialAccessToken').waitFor();
    expect(await rest('GET', '/clients-initial-access')).toMatchObject([{ count: 1, remainingCount: 1 }]);
    await visit('clients/initial-access-token');
    for (const kind of ['anonymous', 'authenticated']) await visit(`clients/client-registration/${kind}`);
    type Policy = { readonly id: string; readonly providerId: string; readonly subType: string };
    const type = 'org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy';
    const policies = async () => (await rest('GET', `/components?type=${type}`)) as Policy[];
    await visit('clients/client-registration/authenticated/client-disabled');
    await watched.page.locator('input[name="name"]').fill('Switched off at first');
    await watched.button('Save').click();
    await until('the policy is there', async () => (await policies()).some(({ providerId }) => providerId === 'client-disabled'));
    await watched.settled();
    for (const { id, providerId, subType } of await policies()) await visit(`clients/client-registration/${subType}/${providerId}/${id}`);
  });

  it('shows the authorization of a client on all its pages', async () => {
    await rest('POST', '/clients', {
      clientId: 'stock',
      secret: 's',
      serviceAccountsEnabled: true,
      authorizationServicesEnabled: true,
      authorizationSettings: {
        resources: [{ name: 'box', type: 'urn:box', uris: ['/box/*'], scopes: [{ name: 'open' }] }],
        policies: [
          { name: 'is service', type: 'user', config: { users: '["service-account-stock"]' } },
          { name: 'boxes', type: 'resource', config: { resources: '["box"]', applyPolicies: '["is service"]' } },
        ],
      },
    });
    const [stock] = (await rest('GET', '/clients?clientId=stock')) as { id: string }[];
    const shown = {
      settings: '(checked) ENFORCING',
      resources: 'urn:box',
      scopes: 'open',
      policies: 'is service',
      permissions: 'boxes',
      export: '"box"',
    };
    for (const [tab, text] of Object.entries(shown)) {
      await visit(`clients/${stock?.id}/authorization/${tab}`);
      await until(`${text} on ${tab}`, async () => (await watched.shown()).includes(text));
    }
    const root = `/clients/${stock?.id}/authz/resource-server`;
    const found = async (path: string) => (await rest('GET', `${root}${path}`)) as { id: string; _id: string };
    const pages: Record<string, string> = {
      [`resource/${(await found('/resource/search?name=box'))._id}`]: 'urn:box',
      [`scope/${(await found('/scope/search?name=open')).id}`]: 'open',
      [`policy/${(await found('/policy/search?name=is service')).id}/user`]: 'is service',
      [`permission/resource/${(await found('/permission/search?name=boxes')).id}`]: 'boxes',
    };
    for (const [page, text] of Object.entries(pages)) {
      await visit(`clients/${stock?.id}/authorization/${page}`);
      await until(`${text} on ${page}`, async () => (await watched.shown()).includes(text));
    }
  });

  it('creates a client scope with a mapper', async () => {
    await visit('client-scopes/new');
    // The form forgets what is typed before its defaults have come.
    await until('the form can be saved', async () => {
      await watched.testId('name').fill('colours');
      return watched.testId('save').isEnabled();
    });
    await watched.testId('save').click();
    await watched.page.getByRole('tab', { name: 'Mappers' }).click();
    await watched.button('Add predefined mapper').click();
    const dialog = watched.page.getByRole('dialog');
    await dialog.getByRole('checkbox').last().click();
    await dialog
      .getByTestId('confirm')
      .or(dialog.getByRole('button', { name: 'Add', exact: true }))
      .first()
      .click();
    await dialog.waitFor({ state: 'hidden' });
    await watched.settled();
    await picture('client-scope');
    const scopes = (await rest('GET', '/client-scopes')) as { name: string; protocolMappers?: unknown[] }[];
    expect(scopes.find(({ name }) => name === 'colours')?.protocolMappers).toHaveLength(1);
  });

  it('creates a role, a group and a user', async () => {
    await visit('roles/new');
    await watched.testId('name').fill('seller');
    await watched.testId('save').click();
    await watched.testId('associatedRolesTab').waitFor();
    await watched.settled();

    await visit('groups');
    await watched.testId('no-groups-in-this-realm-empty-action').click();
    await watched.testId('name').fill('staff');
    await watched.testId('createGroup').click();
    await watched.page.getByText('staff').first().waitFor();

    await visit('users/add-user');
    await watched.testId('username').fill('dora');
    await watched.testId('user-creation-save').click();
    await watched.testId('user-details-tab').waitFor();
    await watched.settled();
    await picture('user');
  });

  it('sets a password and assigns a role', async () => {
    await watched.testId('credentials').click();
    await watched.testId('no-credentials-empty-action').click();
    await watched.testId('passwordField').fill('dora');
    await watched.testId('passwordConfirmationField').fill('dora');
    await watched.page.locator('label.pf-v5-c-switch[for=temporaryPassword]').click();
    await watched.testId('confirm').first().click();
    await watched.testId('confirm').first().click();
    await watched.testId('credentialType').or(watched.page.getByText('Reset password').first()).first().waitFor();
    await watched.settled();
    const [dora] = (await rest('GET', '/users?username=dora')) as { id: string }[];
    await visit(`users/${dora?.id}/role-mapping`);
    await watched.testId('add-role-mapping-button').first().click();
    await watched.testId('roles-role').click();
    const dialog = watched.page.getByRole('dialog');
    await dialog.locator('tr', { hasText: 'seller' }).getByRole('checkbox').click();
    await watched.testId('assign').click();
    await dialog.waitFor({ state: 'hidden' });
    await watched.page.locator('main').getByText('seller').first().waitFor();
    const held = (await rest('GET', `/users/${dora?.id}/role-mappings/realm`)) as { name: string }[];
    expect(held.map(({ name }) => name)).toContain('seller');
  });

  it('shows a session of a user and ends it', async () => {
    await endSession(stage());
  });

  it('saves the settings of the realm, as every node then shows', async () => {
    await visit('realm-settings/general');
    const token = await adminToken(url);
    // The form forgets what is typed before its defaults have come.
    await until('the settings are saved', async () => {
      await watched.testId('displayName').fill('Made by hand');
      await watched.testId('realmSettingsGeneralTab-save').click();
      await watched.settled();
      return ((await admin(url, token, 'GET', `/realms/${REALM}`)) as { displayName?: string }).displayName === 'Made by hand';
    });
    for (const base of cluster.server.bases)
      expect(await admin(base, token, 'GET', `/realms/${REALM}`)).toMatchObject({ displayName: 'Made by hand' });
  });

  it('shows one administrator what another saved before, and loses nothing where both write at once', async () => {
    await twoAdministrators(stage());
  });

  it('shows the pages of the realm', async () => {
    const shown: string[] = [];
    for (const path of PAGES) {
      await visit(path);
      await watched.page.locator('main').getByRole('heading').first().waitFor();
      const text = (await mainText()).trim();
      expect([path, watched.taken()]).toEqual([path, []]);
      if (text.length > 20) shown.push(path);
      await picture(path.replaceAll('/', '-'));
    }
    expect(shown).toEqual(PAGES);
  });

  it('shows the health of the caches before and after a node is killed', async () => {
    const clusterSize = async (): Promise<string> => {
      await watched.page.goto('about:blank');
      await watched.page.goto(`${url}/admin/master/console/#/master/providers`);
      const row = watched.page.locator('tr', { hasText: 'connectionsInfinispan' });
      await row.getByRole('button').click();
      await row.evaluate((element) => element.scrollIntoView());
      return row.innerText();
    };
    expect(await clusterSize()).toMatch(/clusterSize\s*3[\s\S]*HEALTHY/);
    await picture('provider-info');
    cluster.server.signal(2, 'SIGKILL');
    await until('the balancer has seen it', () => !balancer.ready().includes('n3'));
    await until('the console shows two nodes', async () => /clusterSize\s*2/.test(await clusterSize()));
    expect(await clusterSize()).toContain('HEALTHY');
    // What failed on the connections of the killed node is no fault of a page.
    watched.taken();
  });

  it('lets a person change the personal data, and shows password, devices and applications', async () => {
    const person = await WatchedPage.open(chromium.browser);
    await person.page.goto(`${url}/realms/test/account/`);
    await person.login('user1', 'password1');
    await person.testId('firstName').fill('Anna');
    await person.testId('save').click();
    await person.page.getByText('Your account was updated.').waitFor();
    for (const path of ['account-security/signing-in', 'account-security/device-activity', 'applications']) {
      await person.page.goto(`${url}/realms/test/account/${path}`);
      await person.settled();
      expect((await person.page.locator('main').innerText()).length).toBeGreaterThan(20);
    }
    expect(person.taken()).toEqual([]);
    await person.page.goto(`${url}/realms/test/account/account-security/device-activity`);
    await person.settled();
    if (process.env['KEYGRID_PICTURES'] === 'write') {
      await person.page.screenshot({ path: join(root, 'docs/guide/pictures/account-devices.png') });
    }
    await person.page.context().close();
  });

  it('lets a person sign out of all devices', async () => {
    await signOutEverywhere(stage());
  });
});
