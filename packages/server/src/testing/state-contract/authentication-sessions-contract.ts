import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import type { AuthenticationTab, RootAuthenticationSession } from '../../model/index.ts';
import { atOnce, type OpenBed, ownRealm } from './bed.ts';

function tab(tabId: string, timestamp: number, authNotes: Record<string, string> = {}): AuthenticationTab {
  const empty = { executionStatus: {}, requiredActions: [], clientNotes: {}, userSessionNotes: {}, clientScopes: [] };
  const request = { redirectUri: 'https://app/', action: 'AUTHENTICATE', protocol: 'openid-connect' };
  return { tabId, clientId: 'c', timestamp, authNotes, ...request, ...empty };
}

const withTab = (root: RootAuthenticationSession, one: AuthenticationTab): RootAuthenticationSession => ({
  ...root,
  tabs: { ...root.tabs, [one.tabId]: one },
});

/** Logins in progress: any node, no lost tab, exact lifespan. */
export function authenticationSessionsContract(bed: OpenBed): void {
  const on = (index: number) => bed.node(index).authenticationSessions;
  const now = () => bed.clock.nowSeconds();

  it('answers on every node what one of them created, and in its own realm only', async () => {
    const [realm, other] = [ownRealm(), ownRealm()];
    const root = await on(0).create(realm, tab('t', now(), { note: 'ä' }));
    expect(root.id).toMatch(/^[A-Za-z0-9_-]{24}$/);
    for (let index = 0; index < bed.count; index += 1) {
      expect(await on(index).get(realm, root.id)).toEqual(root);
      expect(await on(index).get(other, root.id)).toBeUndefined();
      expect(await on(index).update(other, root.id, (found) => found)).toBeUndefined();
    }
    await on(1).remove(other, root.id);
    expect(await on(0).get(realm, root.id)).toEqual(root);
    await on(1).remove(realm, root.id);
    expect(await on(0).get(realm, root.id)).toBeUndefined();
  });

  it('ignores ids that were never given out', async () => {
    const realm = ownRealm();
    for (const id of ['', '../../etc/passwd', `a'; drop table realm`, 'x'.repeat(100_000), randomBytes(18).toString('base64url')]) {
      expect(await on(0).get(realm, id)).toBeUndefined();
      expect(await on(1).update(realm, id, (found) => found)).toBeUndefined();
      await on(0).remove(realm, id);
    }
  });

  it('loses no tab when twenty open at once on all nodes', async () => {
    const realm = ownRealm();
    const { id } = await on(0).create(realm);
    await atOnce(20, (index) => on(index).update(realm, id, (root) => withTab(root, tab(`t${index}`, now()))));
    expect(Object.keys((await on(1).get(realm, id))?.tabs ?? {})).toHaveLength(20);
  });

  it('lets the oldest tab go where a browser has more than 300', async () => {
    const realm = ownRealm();
    const { id } = await on(0).create(realm);
    const stored = await on(0).update(realm, id, (root) => ({
      ...root,
      tabs: Object.fromEntries(Array.from({ length: 302 }, (_, index) => [`t${index}`, tab(`t${index}`, now() + index)])),
    }));
    const kept = Object.keys((await on(1).get(realm, id))?.tabs ?? {});
    expect(kept).toHaveLength(300);
    expect(kept).not.toContain('t0');
    expect(kept).not.toContain('t1');
    expect(Object.keys(stored?.tabs ?? {}).toSorted()).toEqual(kept.toSorted());
  });

  it('removes the root where a change says so, and changes nothing that is gone', async () => {
    const realm = ownRealm();
    const { id } = await on(0).create(realm, tab('t', now()));
    expect(await on(1).update(realm, id, () => undefined)).toBeUndefined();
    expect(await on(0).get(realm, id)).toBeUndefined();
    expect(await on(0).update(realm, id, (root) => withTab(root, tab('u', now())))).toBeUndefined();
  });

  it('refuses a tab that is too large', async () => {
    const realm = ownRealm();
    const { id } = await on(0).create(realm);
    const large = tab('t', now(), { note: 'x'.repeat(20_000) });
    await expect(on(0).update(realm, id, (root) => withTab(root, large))).rejects.toMatchObject({ code: 'KG_LIMIT_EXCEEDED' });
    await expect(on(0).create(realm, large)).rejects.toMatchObject({ code: 'KG_LIMIT_EXCEEDED' });
    expect((await on(1).get(realm, id))?.tabs).toEqual({});
  });
}

/** What time does to logins in progress. */
export function authenticationSessionsTimes(bed: OpenBed): void {
  const on = (index: number) => bed.node(index).authenticationSessions;

  it('ends with the largest of the three code lifespans after its timestamp, which a change may move either way', async () => {
    const realm = ownRealm({ accessCodeLifespan: 1, accessCodeLifespanUserAction: 1, accessCodeLifespanLogin: 3 });
    const [left, moved, ended] = [await on(0).create(realm), await on(0).create(realm), await on(1).create(realm)];
    await on(1).update(realm, ended.id, (root) => ({ ...root, timestamp: root.timestamp - 10 }));
    expect(await on(0).get(realm, ended.id)).toBeUndefined();
    await bed.advance(1);
    await on(1).update(realm, moved.id, (root) => ({ ...root, timestamp: root.timestamp + 60 }));
    await bed.advance(2.6);
    expect(await on(1).get(realm, left.id)).toBeUndefined();
    expect(await on(1).update(realm, left.id, (root) => root)).toBeUndefined();
    expect((await on(0).get(realm, moved.id))?.id).toBe(moved.id);
  });
}
