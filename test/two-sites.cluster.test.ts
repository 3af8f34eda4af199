import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admin, adminToken } from '../bench/drivers/admin.ts';
import { LoginWalk } from '../bench/drivers/login-walk.ts';
import { InfinispanProcess, infinispanFolder } from '../packages/server/src/testing/external/infinispan-process.ts';
import { freePort } from '../packages/server/src/testing/external/ports.ts';
import { patient } from './session-scenarios/patient.ts';
import { startTestCluster, until, walker } from './support/test-cluster.ts';
import { a, b, copied, nodeOfSite, sites, succeeds, TwoSites } from './support/two-sites.ts';

const startMs = 240_000;

describe.skipIf(infinispanFolder() === undefined)('two sites with an Infinispan each', { timeout: startMs }, () => {
  let caches: readonly InfinispanProcess[] = [];
  let world: TwoSites;

  beforeAll(async () => {
    const sitePorts = { 'site-a': await freePort(), 'site-b': await freePort() };
    caches = await Promise.all(sites.map((name) => InfinispanProcess.start({ site: { name, sites }, sitePorts })));
    world = new TwoSites(caches, await startTestCluster(2, { nodeArguments: (index) => nodeOfSite(caches, index) }));
  }, startMs);
  afterAll(async () => {
    await world?.cluster.stop();
    await Promise.all(caches.map((server) => server[Symbol.asyncDispose]()));
  });

  it('answer the balancer, and say where they are', async () => {
    for (const site of [a, b]) {
      expect(await world.balancerSees(site)).toBe('200 {"status":"UP"}');
      expect(world.cluster.server.log(site)).toContain(`Site name: ${sites[site]}`);
    }
  });

  it('share logins in progress, and exchange a code that is raced at both once', async () => {
    for (let user = 0; user < 3; user += 1) {
      const walk = new LoginWalk(walker(user));
      await patient(() => walk.page(world.base(a)));
      await patient(() => walk.password(world.base(b)));
      const answers = await Promise.all([a, b, a, b].map((site) => world.exchangeAt(walk, site)));
      expect(answers.filter((status) => status === 200)).toHaveLength(1);
    }
  });

  it('see each other’s changes with the next request', async () => {
    const token = await adminToken(world.base(a));
    for (const [site, other, name] of [
      [a, b, 'changed at a'],
      [b, a, 'changed at b'],
    ] as const) {
      await admin(world.base(site), token, 'PUT', '/realms/test', { displayName: name });
      expect(await admin(world.base(other), token, 'GET', '/realms/test')).toMatchObject({ displayName: name });
    }
  });

  it('go on by themselves where the copies are stopped, and together again after that', async () => {
    const begun = new LoginWalk(walker(8));
    await patient(() => begun.page(world.base(a)));
    await patient(() => begun.password(world.base(a)));
    for (const site of [a, b]) for (const cache of copied) await world.operate(site, cache, 'take-offline');
    // Both hold its code, and neither hears of the other.
    const answers = await Promise.all([a, b].map((site) => world.exchangeAt(begun, site)));
    expect(answers.toSorted()).toEqual([200, 400]);
    for (const site of [a, b]) {
      expect(await world.balancerSees(site)).toBe('200 {"status":"UP"}');
      await world.wholeLogin(3, site, site);
    }
    // What is cached hears of a change by the outbox in the database that both share, although no message crosses.
    const token = await adminToken(world.base(a));
    await admin(world.base(a), token, 'PUT', '/realms/test', { displayName: 'without a link' });
    const seen = async () => (await admin(world.base(b), token, 'GET', '/realms/test')) as { displayName: string };
    await until('the outbox brings it', async () => (await seen()).displayName === 'without a link');
    for (const site of [a, b]) for (const cache of copied) await world.operate(site, cache, 'bring-online');
    await until('logins cross the sites again', () => succeeds(() => world.wholeLogin(4, a, b)));
  });

  it('go on when one is lost, and take it back when it returns', async () => {
    const held = new LoginWalk(walker(5));
    await patient(() => held.page(world.base(a)));
    await caches[a]?.kill();
    await until('the balancer hears of it', async () => (await world.balancerSees(a)).startsWith('503'));
    expect(await world.balancerSees(b)).toBe('200 {"status":"UP"}');
    await until('new logins work', () => succeeds(() => world.wholeLogin(6, b, b)), 120_000);
    // What was begun at the site that is lost goes on at the other.
    await patient(() => held.password(world.base(b)));
    await patient(() => held.exchange(world.base(b)));

    await caches[a]?.start();
    await until('the balancer hears of that too', async () => (await world.balancerSees(a)).startsWith('200'), 90_000);
    for (const cache of copied) {
      await world.operate(b, cache, 'bring-online');
      await world.operate(b, cache, 'start-push-state');
    }
    await until('logins cross the sites again', () => succeeds(() => world.wholeLogin(7, b, a)), 90_000);
  });
});
