import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../bench/drivers/http.ts';
import { LoginWalk, type TokenSet } from '../bench/drivers/login-walk.ts';
import { freePorts } from '../packages/grid/src/testing/free-ports.ts';
import { type Balancer, startBalancer } from '../tools/balancer/balancer.ts';
import { startTestCluster, type TestCluster, until, walker } from './support/test-cluster.ts';

const STEPS = ['page', 'password', 'exchange', 'refresh'] as const;

describe('a login through a balancer without stickiness', () => {
  let cluster: TestCluster;
  let balancer: Balancer;
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
  });
  afterAll(async () => {
    await balancer?.close();
    await cluster?.stop();
  });

  it('has each step on another node', async () => {
    const nodes: string[] = [];
    for (let step = 0; step < 3; step += 1) nodes.push(String((await call(`${url}/realms/test`)).headers['x-keygrid-node']));
    expect(new Set(nodes)).toEqual(new Set(['n1', 'n2', 'n3']));
    const login = new LoginWalk(walker(0));
    const tokens = await login.login(url);
    expect(await login.userinfo(url, tokens.access_token)).toMatchObject({ preferred_username: 'user0' });
  });

  it.each(STEPS.slice(1).flatMap((step) => [0, 1, 2].map((victim) => [step, victim] as const)))(
    'goes on when a node is killed before the %s step (n%i counted from 0)',
    async (killBefore, victim) => {
      const login = new LoginWalk(walker(victim + 1));
      let tokens: TokenSet | undefined;
      for (const step of STEPS) {
        if (step === killBefore) {
          cluster.server.signal(victim, 'SIGKILL');
          await until('the balancer has seen it', () => !balancer.ready().includes(`n${victim + 1}`));
        }
        if (step === 'page') await login.page(url);
        else if (step === 'password') await login.password(url);
        else if (step === 'exchange') tokens = await login.exchange(url);
        else tokens = await login.refresh(url, tokens?.refresh_token ?? '');
      }
      expect(tokens?.access_token).toContain('.');
      await cluster.server.startNode(victim);
      await until('the balancer uses it again', () => balancer.ready().length === 3);
    },
  );
});
