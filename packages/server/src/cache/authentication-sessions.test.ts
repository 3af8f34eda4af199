import { describe, expect, it } from 'vitest';
import type { AuthenticationTab, RootAuthenticationSession } from '../model/index.ts';
import { FakeCluster } from '../testing/fake-grid.ts';
import { realmFixture } from '../testing/fixtures.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { createAuthenticationSessions } from './authentication-sessions.ts';
import { configureCaches } from './cache-configuration.ts';

function open(nodes = 2, options: { attachRoute?: boolean; maxTabs?: number } = {}) {
  const clock = new ManualClock();
  const names = Array.from({ length: nodes }, (_, index) => `n${index + 1}`);
  const cluster = new FakeCluster(clock, names);
  const configuration = configureCaches({ mode: 'ispn', persistentUserSessions: true }).caches.authenticationSessions;
  const on = (index: number) =>
    createAuthenticationSessions({
      grid: cluster.node(index),
      clock,
      configuration,
      attachRoute: options.attachRoute ?? true,
      maxTabs: options.maxTabs,
    });
  return { clock, cluster, on, realm: realmFixture(), other: realmFixture({ realm: 'other' }) };
}

function tab(tabId: string, timestamp: number, authNotes: Record<string, string> = {}): AuthenticationTab {
  const empty = { executionStatus: {}, requiredActions: [], clientNotes: {}, userSessionNotes: {}, clientScopes: [] };
  return {
    tabId,
    clientId: 'c',
    redirectUri: 'https://app/',
    action: 'AUTHENTICATE',
    protocol: 'openid-connect',
    timestamp,
    authNotes,
    ...empty,
  };
}

const withTab = (root: RootAuthenticationSession, one: AuthenticationTab): RootAuthenticationSession => ({
  ...root,
  tabs: { ...root.tabs, [one.tabId]: one },
});

describe('authentication sessions', () => {
  it('answers on any node, with an id of which the creating node is primary', async () => {
    const { cluster, on, realm, clock } = open(5);
    for (let count = 0; count < 20; count += 1) {
      const root = await on(3).create(realm, tab('t', clock.nowSeconds()));
      expect(root.id).toMatch(/^[A-Za-z0-9_-]{24}$/);
      expect(on(0).route(root.id)).toBe(cluster.node(3).name);
      expect(Object.keys((await on(1).get(realm, root.id))?.tabs ?? {})).toEqual(['t']);
    }
  });

  it('never waits for an id of its own: a node that is primary of nothing opens logins all the same (Keycloak #45998)', async () => {
    const { cluster, on, realm } = open(3);
    // As between the loss of its segments and the next view.
    cluster.primaryOf = () => cluster.node(0).name;
    const roots = await Promise.all(Array.from({ length: 500 }, () => on(2).create(realm)));
    expect(new Set(roots.map(({ id }) => id)).size).toBe(500);
    expect(await on(1).get(realm, roots[0]?.id ?? '')).toMatchObject({ id: roots[0]?.id });
    expect(on(1).route(roots[0]?.id ?? '')).toBe(cluster.node(0).name);
  });

  it('gives no route where routes are switched off', async () => {
    const { on, realm } = open(2, { attachRoute: false });
    expect(on(0).route((await on(0).create(realm)).id)).toBeUndefined();
  });

  it('loses no tab when ten browser tabs open at the same time on two nodes', async () => {
    const { on, realm, clock } = open();
    const { id } = await on(0).create(realm);
    await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        on(index % 2).update(realm, id, (root) => withTab(root, tab(`t${index}`, clock.nowSeconds()))),
      ),
    );
    expect(Object.keys((await on(1).get(realm, id))?.tabs ?? {})).toHaveLength(10);
  });

  it('keeps the three hundred youngest tabs', async () => {
    const { on, realm, clock } = open();
    const tabs = Object.fromEntries(Array.from({ length: 305 }, (_, index) => [`t${index}`, tab(`t${index}`, clock.nowSeconds() + index)]));
    const { id } = await on(0).create(realm);
    const kept = await on(0).update(realm, id, (root) => ({ ...root, tabs }));
    expect(Object.keys(kept?.tabs ?? {})).toHaveLength(300);
    expect(kept?.tabs['t4']).toBeUndefined();
    expect(kept?.tabs['t5']).toBeDefined();
  });

  it('drops the oldest tabs where all together would be too large', async () => {
    const { on, realm, clock } = open();
    const { id } = await on(0).create(realm);
    const large = { a: 'x'.repeat(15_000), b: 'x'.repeat(15_000), c: 'x'.repeat(15_000), d: 'x'.repeat(15_000) };
    let root: RootAuthenticationSession | undefined;
    for (let index = 0; index < 9; index += 1)
      root = await on(0).update(realm, id, (one) => withTab(one, tab(`t${index}`, clock.nowSeconds() + index, large)));
    expect(Object.keys(root?.tabs ?? {})).toEqual(['t3', 't4', 't5', 't6', 't7', 't8']);
  });

  it('refuses a note that is too large, naming it but not its value', async () => {
    const { on, realm, clock } = open();
    const creating = on(0).create(realm, tab('t', clock.nowSeconds(), { state: 'secret'.repeat(5_000) }));
    await expect(creating).rejects.toMatchObject({ code: 'KG_LIMIT_EXCEEDED', message: expect.not.stringContaining('secretsecret') });
    await expect(creating).rejects.toMatchObject({ message: expect.stringContaining("'state'") });
  });

  it('ends after the largest of the three code lifespans, counted from its timestamp', async () => {
    const { on, realm, clock } = open();
    const { id } = await on(0).create(realm);
    clock.advanceSeconds(1_799);
    await on(0).update(realm, id, (root) => ({ ...root, timestamp: clock.nowSeconds() }));
    clock.advanceSeconds(1_799);
    expect(await on(1).get(realm, id)).toBeDefined();
    const rewound = await on(1).update(realm, id, (root) => ({ ...root, timestamp: clock.nowSeconds() - 1_800 + 60 }));
    expect(rewound).toBeDefined();
    clock.advanceSeconds(60);
    expect(await on(0).get(realm, id)).toBeUndefined();
  });

  it('is gone once its last step removes it', async () => {
    const { on, realm } = open();
    const { id } = await on(0).create(realm);
    expect(await on(1).update(realm, id, () => undefined)).toBeUndefined();
    expect(await on(0).update(realm, id, (root) => root)).toBeUndefined();
  });

  it('stays inside its realm, and ignores ids that it cannot have made', async () => {
    const { on, realm, other, cluster } = open();
    const { id } = await on(0).create(realm);
    await on(0).remove(other, id);
    expect(await on(0).get(other, id)).toBeUndefined();
    expect(await on(0).update(other, id, () => undefined)).toBeUndefined();
    const before = cluster.node(0).operations.get('authenticationSessions');
    expect(await on(0).get(realm, '../../etc')).toBeUndefined();
    expect(cluster.node(0).operations.get('authenticationSessions')).toBe(before);
    expect(await on(0).get(realm, id)).toBeDefined();
    await on(1).remove(realm, id);
    expect(await on(0).get(realm, id)).toBeUndefined();
  });
});
