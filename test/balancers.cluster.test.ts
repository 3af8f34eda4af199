import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../bench/drivers/http.ts';
import { LoginWalk } from '../bench/drivers/login-walk.ts';
import { freePorts } from '../packages/grid/src/testing/free-ports.ts';
import { root } from '../scripts/checks/repository.ts';
import { findFacility } from '../scripts/testing/skips.ts';
import { startTestCluster, type TestCluster, until, walker } from './support/test-cluster.ts';

interface Proxy {
  readonly base: string;
  stop(): Promise<void>;
}

/** Fills in a file of deploy/ and starts the program on it. */
async function startProxy(
  program: string,
  file: string,
  args: (configuration: string) => readonly string[],
  cluster: TestCluster,
  port: number,
): Promise<Proxy> {
  const folder = mkdtempSync(join(tmpdir(), 'keygrid-proxy-'));
  let text = readFileSync(join(root, 'deploy', file), 'utf8')
    .replaceAll('PORT', String(port))
    .replaceAll('FOLDER', folder);
  cluster.server.nodes.forEach((node, index) => {
    text = text
      .replaceAll(`NODE${index + 1}`, `127.0.0.1:${node.options.ports.http}`)
      .replaceAll(`MANAGEMENT${index + 1}`, String(node.options.ports.management));
  });
  const configuration = join(folder, file);
  writeFileSync(configuration, text);
  const child: ChildProcess = spawn(program, args(configuration), { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const base = `http://127.0.0.1:${port}`;
  try {
    await until(`${program} answers: ${output}`, async () => {
      const answer = await call(`${base}/realms/test`).catch(() => undefined);
      return answer?.status === 200;
    });
  } catch (error) {
    child.kill('SIGKILL');
    throw new Error(`${(error as Error).message}\n${output}`);
  }
  return {
    base,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const proxies = [
  ['haproxy', 'haproxy.cfg', (file: string) => ['-db', '-f', file]],
  ['nginx', 'nginx.conf', (file: string) => ['-c', file]],
] as const;

describe('the balancers of deploy/', () => {
  const programs = new Map(proxies.map(([name]) => [name, findFacility(name)]));
  let cluster: TestCluster;
  let ports: number[] = [];

  beforeAll(async () => {
    if ([...programs.values()].every((program) => program === undefined)) return;
    ports = await freePorts(2);
    cluster = await startTestCluster(3, {
      extraArguments: ['--proxy-headers=xforwarded', '--proxy-trusted-addresses=127.0.0.1', '--hostname-strict=false'],
      hostname: '',
    });
  });
  afterAll(() => cluster?.stop());

  for (const [name, file, args] of proxies)
    it.skipIf(programs.get(name) === undefined)(
      `${name} spreads a login over the nodes under its own name and goes on when one dies`,
      async () => {
        const proxy = await startProxy(
          programs.get(name) ?? '',
          file,
          args,
          cluster,
          ports[proxies.findIndex(([one]) => one === name)] ?? 0,
        );
        try {
          const login = new LoginWalk(walker(name === 'nginx' ? 1 : 2));
          const tokens = await login.login(proxy.base);
          const discovery = JSON.parse((await call(`${proxy.base}/realms/test/.well-known/openid-configuration`)).text) as {
            issuer: string;
          };
          expect(discovery.issuer).toBe(`${proxy.base}/realms/test`);
          expect((await call(`${proxy.base}/health/ready`)).status).toBeGreaterThanOrEqual(400);
          const victim = name === 'nginx' ? 0 : 1;
          cluster.server.signal(victim, 'SIGKILL');
          // A request that the node had taken when it died is lost to any balancer; what comes after its end must not be.
          await until('the process is gone', () => cluster.server.nodes[victim]?.running === false);
          let refreshToken = tokens.refresh_token;
          for (let round = 0; round < 6; round += 1) refreshToken = (await login.refresh(proxy.base, refreshToken)).refresh_token;
          await cluster.server.startNode(victim);
        } finally {
          await proxy.stop();
        }
      },
    );
});
