import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admin, adminToken } from '../bench/drivers/admin.ts';
import { call } from '../bench/drivers/http.ts';
import { LoginWalk, type TokenSet } from '../bench/drivers/login-walk.ts';
import { InfinispanProcess, infinispanFolder } from '../packages/server/src/testing/external/infinispan-process.ts';
import { findFacility } from '../scripts/testing/skips.ts';
import { patient } from './session-scenarios/patient.ts';
import { Bridge, freeNet } from './stacks/bridge.ts';
import { startTestCluster, until, walker } from './support/test-cluster.ts';
import { a, b, copied, nodeOfSite, sites, succeeds, TwoSites } from './support/two-sites.ts';

const startMs = 400_000;
/** Each copied cache is given up by itself, ten seconds after its first write that fails. */
const givenUpWithinMs = 180_000;
/** Engines look for lost sites at most every half minute. */
const foundAgainWithinMs = 180_000;
const [sitePort, clusterPort] = [7_900, 7_800];
const canRun = infinispanFolder() !== undefined && findFacility('network namespaces') !== undefined;
const silent = 'Messages to this node itself do not come back';
const heardAgain = 'Messages come back through the external Infinispan again';

describe.skipIf(!canRun)('two sites whose link is cut', { timeout: startMs }, () => {
  let bridge: Bridge;
  let caches: InfinispanProcess[] = [];
  let world: TwoSites;
  // Made before the cut: codes that nobody used, logins in progress, a session of each kind of end.
  const codes: LoginWalk[] = [];
  const begun: LoginWalk[] = [];
  const sessions: { readonly walk: LoginWalk; readonly tokens: TokenSet }[] = [];

  beforeAll(async () => {
    const net = freeNet();
    const hosts = [`${net}.1`, `${net}.2`];
    bridge = new Bridge(
      `${net}.254/24`,
      hosts.map((host) => `${host}/24`),
    );
    const siteHosts = Object.fromEntries(sites.map((name, index) => [name, hosts[index] as string]));
    const sitePorts = Object.fromEntries(sites.map((name) => [name, sitePort]));
    const settings = (name: string, index: number) => ({
      site: { name, sites },
      siteHosts,
      sitePorts,
      host: hosts[index] as string,
      within: bridge.networks[index]?.within ?? [],
    });
    caches = await Promise.all(sites.map((name, index) => InfinispanProcess.start(settings(name, index), clusterPort)));
    world = new TwoSites(caches, await startTestCluster(2, { nodeArguments: (index) => nodeOfSite(caches, index) }));
    // A code that is used up outlives the cut and everything after it.
    await admin(world.base(a), await adminToken(world.base(a)), 'PUT', '/realms/test', { accessCodeLifespan: 1_800 });
  }, startMs);
  afterAll(async () => {
    await world?.cluster.stop();
    await Promise.all(caches.map((server) => server[Symbol.asyncDispose]()));
    bridge?.remove();
  });

  const up = async (site: number): Promise<boolean> => {
    const answers = [await world.balancerSees(site), await world.readiness(site)];
    return answers[0] === '200 {"status":"UP"}' && answers[1] === 200;
  };
  const down = async (site: number): Promise<boolean> => {
    const answers = [await world.balancerSees(site), await world.readiness(site)];
    return answers[0] === '503 {"status":"DOWN"}' && answers[1] === 503;
  };
  const bothSay = (words: string): boolean => [a, b].every((site) => world.cluster.server.log(site).includes(words));

  async function withCode(user: number, site: number): Promise<LoginWalk> {
    const walk = new LoginWalk(walker(user));
    await patient(() => walk.page(world.base(site)));
    await patient(() => walk.password(world.base(site)));
    return walk;
  }

  it('hear each other before that', async () => {
    for (const site of [a, b]) expect((await world.heardSites(site)).toSorted()).toEqual([...sites]);
    await world.wholeLogin(0, a, b);
    for (const [user, site] of [a, b, a, b, a, b].entries()) codes.push(await withCode(user, site));
    for (const [user, site] of [a, b].entries()) {
      const walk = new LoginWalk(walker(6 + user));
      await patient(() => walk.page(world.base(site)));
      begun.push(walk);
    }
    for (const user of [0, 1, 2]) {
      const walk = await withCode(user, a);
      sessions.push({ walk, tokens: await patient(() => walk.exchange(world.base(a))) });
    }
  });

  it('tell the balancer, readiness and the log that they cannot go on, and then that they can', async () => {
    bridge.part(true);
    await until('both are down', async () => (await down(a)) && (await down(b)));
    await until('both say why', () => bothSay(silent));
    await until('both are up again by themselves', async () => (await up(a)) && (await up(b)), givenUpWithinMs);
    for (const site of [a, b]) expect(await world.copyState(site, 'work')).toBe('offline');
    expect(bothSay(heardAgain)).toBe(true);
  });

  it('let people in at both without the other, also those who had begun at the other', async () => {
    const works = (site: number) => until('new logins work', () => succeeds(() => world.wholeLogin(8, site, site)), givenUpWithinMs);
    await Promise.all([works(a), works(b)]);
    for (const [index, walk] of begun.entries()) {
      const elsewhere = index === a ? b : a;
      await patient(() => walk.password(world.base(elsewhere)));
      await patient(() => walk.exchange(world.base(elsewhere)));
    }
  });

  it('keep single use for both, though neither hears of the other', async () => {
    for (const walk of codes.slice(0, 4)) {
      const answers = await Promise.all([a, b].map((site) => world.exchangeAt(walk, site)));
      expect(answers.toSorted()).toEqual([200, 400]);
    }
    // One after the other, at the site that it does not come from first. Its end here is seen after the link is back.
    const [last] = codes.slice(5);
    expect(await world.exchangeAt(last as LoginWalk, a)).toBe(200);
  });

  it('keep sessions, their ends and revocations for both', async () => {
    const [kept, ended, revoked] = sessions as [(typeof sessions)[0], (typeof sessions)[0], (typeof sessions)[0]];
    const refreshed = await kept.walk.refresh(world.base(b), kept.tokens.refresh_token);
    expect(refreshed.session_state).toBe(kept.tokens.session_state);
    await ended.walk.logout(world.base(a), ended.tokens.refresh_token);
    await expect(ended.walk.refresh(world.base(b), ended.tokens.refresh_token)).rejects.toMatchObject({ answer: { status: 400 } });
    const form = { client_id: 'app', client_secret: 'app-secret', token: revoked.tokens.access_token };
    const revocation = await call(`${world.base(b)}/realms/test/protocol/openid-connect/revoke`, { form });
    expect(revocation.status).toBe(200);
    expect(await revoked.walk.introspect(world.base(a), revoked.tokens.access_token)).toEqual({ active: false });
    // A change of a realm crosses by the outbox.
    const token = await adminToken(world.base(a));
    await admin(world.base(a), token, 'PUT', '/realms/test', { displayName: 'changed while apart' });
    const seen = async () => (await admin(world.base(b), token, 'GET', '/realms/test')) as { displayName: string };
    await until('the outbox brings it', async () => (await seen()).displayName === 'changed while apart');
  });

  const hear = async (count: number): Promise<boolean> =>
    (await Promise.all([a, b].map((site) => world.heardSites(site)))).every((heard) => heard.length === count);

  it('stay apart when the link is back, until an operator joins them', async () => {
    await until('the engines have given each other up', () => hear(1), givenUpWithinMs);
    bridge.part(false);
    await until('the engines hear each other', () => hear(2), foundAgainWithinMs);
    for (const site of [a, b]) expect([await world.copyState(site, 'work'), await up(site)]).toEqual(['offline', true]);
    for (const site of [a, b])
      for (const cache of copied) {
        // Refused as long as the other site does not answer; it brings the copies there into use again.
        await until(`${cache} is on its way`, () => succeeds(() => world.operate(site, cache, 'start-push-state')));
        await until(`${cache} is pushed`, async () => (await world.pushState(site, cache)) === 'OK');
      }
    await until('both are up', async () => (await up(a)) && (await up(b)));
    for (const site of [a, b])
      for (const cache of copied) expect([site, cache, await world.copyState(site, cache)]).toEqual([site, cache, 'online']);
  });

  it('are one again: logins cross, and nothing that was used while they were apart is good once more', async () => {
    await until('logins cross', () => succeeds(() => world.wholeLogin(9, a, b)));
    const [unused, used] = codes.slice(4) as [LoginWalk, LoginWalk];
    expect(await world.exchangeAt(used, b)).toBe(400);
    const answers = await Promise.all([a, b].map((site) => world.exchangeAt(unused, site)));
    expect(answers.toSorted()).toEqual([200, 400]);
    const fresh = await withCode(3, a);
    const raced = await Promise.all([a, b, a, b].map((site) => world.exchangeAt(fresh, site)));
    expect(raced.filter((status) => status === 200)).toHaveLength(1);
  });
});
