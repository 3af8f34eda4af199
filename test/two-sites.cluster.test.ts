import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admin, adminToken } from '../bench/drivers/admin.ts';
import { call } from '../bench/drivers/http.ts';
import { LoginWalk } from '../bench/drivers/login-walk.ts';
import { InfinispanProcess, infinispanFolder } from '../packages/server/src/testing/external/infinispan-process.ts';
import { freePort } from '../packages/server/src/testing/external/ports.ts';
import { patient } from './session-scenarios/patient.ts';
import { startTestCluster, type TestCluster, until, walker } from './support/test-cluster.ts';

const sites = ['site-a', 'site-b'] as const;
const startMs = 240_000;

describe.skipIf(infinispanFolder() === undefined)('two sites with an Infinispan each', { timeout: startMs }, () => {
  let caches: readonly InfinispanProcess[] = [];
  let cluster: TestCluster;
  const [a, b] = [0, 1];
  const base = (site: number): string => cluster.server.bases[site] as string;

  beforeAll(async () => {
    const sitePorts = { 'site-a': await freePort(), 'site-b': await freePort() };
    caches = await Promise.all(sites.map((name) => InfinispanProcess.start({ site: { name, sites }, sitePorts })));
    const nodeArguments = (index: number) => [
      '--features=multi-site',
      '--cache-remote-host=127.0.0.1',
      `--cache-remote-port=${caches[index]?.port}`,
      '--cache-remote-tls-enabled=false',
      `--cache-remote-backup-sites=${sites[1 - index]}`,
      `--spi-cache-embedded--default--site-name=${sites[index]}`,
    ];
    cluster = await startTestCluster(2, { nodeArguments });
  }, startMs);
  afterAll(async () => {
    await cluster?.stop();
    await Promise.all(caches.map((server) => server[Symbol.asyncDispose]()));
  });

  const balancerSees = async (site: number): Promise<string> => {
    const answer = await call(`${base(site)}/lb-check`);
    return `${answer.status} ${answer.text}`;
  };

  async function wholeLogin(user: number, first: number, second: number): Promise<LoginWalk> {
    const walk = new LoginWalk(walker(user));
    await patient(() => walk.page(base(first)));
    await patient(() => walk.password(base(second)));
    await patient(() => walk.exchange(base(first)));
    return walk;
  }

  it('answer the balancer, and say where they are', async () => {
    for (const site of [a, b]) {
      expect(await balancerSees(site)).toBe('200 {"status":"UP"}');
      expect(cluster.server.log(site)).toContain(`Site name: ${sites[site]}`);
    }
  });

  it('share logins in progress, and exchange a code that is raced at both once', async () => {
    for (let user = 0; user < 3; user += 1) {
      const walk = new LoginWalk(walker(user));
      await patient(() => walk.page(base(a)));
      await patient(() => walk.password(base(b)));
      const answers = await Promise.all([a, b, a, b].map((site) => patient(() => exchangeAt(walk, site))));
      expect(answers.filter((status) => status === 200)).toHaveLength(1);
    }
  });

  it('see each other’s changes with the next request', async () => {
    const token = await adminToken(base(a));
    for (const [site, other, name] of [
      [a, b, 'changed at a'],
      [b, a, 'changed at b'],
    ] as const) {
      await admin(base(site), token, 'PUT', '/realms/test', { displayName: name });
      expect(await admin(base(other), token, 'GET', '/realms/test')).toMatchObject({ displayName: name });
    }
  });

  it('go on by themselves where the copies are stopped, and together again after that', async () => {
    const caches = ['work', 'actionTokens', 'authenticationSessions', 'loginFailures'];
    for (const site of [a, b]) for (const cache of caches) await operate(site, cache, sites[1 - site] as string, 'take-offline');
    for (const site of [a, b]) {
      expect(await balancerSees(site)).toBe('200 {"status":"UP"}');
      await wholeLogin(3, site, site);
    }
    // What is cached hears of a change by the outbox in the database that both share, although no message crosses.
    const token = await adminToken(base(a));
    await admin(base(a), token, 'PUT', '/realms/test', { displayName: 'without a link' });
    const seen = async () => (await admin(base(b), token, 'GET', '/realms/test')) as { displayName: string };
    await until('the outbox brings it', async () => (await seen()).displayName === 'without a link');
    for (const site of [a, b]) for (const cache of caches) await operate(site, cache, sites[1 - site] as string, 'bring-online');
    await until('logins cross the sites again', () => succeeds(() => wholeLogin(4, a, b)));
  });

  it('go on when one is lost, and take it back when it returns', async () => {
    const held = new LoginWalk(walker(5));
    await patient(() => held.page(base(a)));
    await caches[a]?.kill();
    await until('the balancer hears of it', async () => (await balancerSees(a)).startsWith('503'));
    expect(await balancerSees(b)).toBe('200 {"status":"UP"}');
    await until('new logins work', () => succeeds(() => wholeLogin(6, b, b)), 120_000);
    // What was begun at the site that is lost goes on at the other.
    await patient(() => held.password(base(b)));
    await patient(() => held.exchange(base(b)));

    await caches[a]?.start();
    await until('the balancer hears of that too', async () => (await balancerSees(a)).startsWith('200'), 90_000);
    for (const cache of ['work', 'actionTokens', 'authenticationSessions', 'loginFailures']) {
      await operate(b, cache, 'site-a', 'bring-online');
      await operate(b, cache, 'site-a', 'start-push-state');
    }
    await until('logins cross the sites again', () => succeeds(() => wholeLogin(7, b, a)), 90_000);
  });

  async function exchangeAt(walk: LoginWalk, site: number): Promise<number> {
    const answer = await walk.exchangeCode(base(site));
    if (answer.status === 503) throw Object.assign(new Error('503'), { code: 'ECONNREFUSED' });
    return answer.status;
  }

  async function succeeds(work: () => Promise<unknown>): Promise<boolean> {
    return work().then(
      () => true,
      () => false,
    );
  }

  async function operate(site: number, cache: string, other: string, action: string): Promise<void> {
    const address = `http://127.0.0.1:${caches[site]?.port}/rest/v2/caches/${cache}/x-site/backups/${other}?action=${action}`;
    const answer = await fetch(address, { method: 'POST' });
    if (!answer.ok) throw new Error(`${action} of ${cache}: ${answer.status} ${await answer.text()}`);
  }
});
