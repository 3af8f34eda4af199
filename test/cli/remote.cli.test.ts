import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admin, adminToken } from '../../bench/drivers/admin.ts';
import { call } from '../../bench/drivers/http.ts';
import { type FreshDatabase, freshDatabase } from '../../bench/servers/database.ts';
import { freePorts } from '../../packages/grid/src/testing/free-ports.ts';
import { RedisProcess, redisProgram } from '../../packages/server/src/testing/external/redis-process.ts';
import { CommandBench } from '../support/command-line.ts';
import { testDatabaseUrl, until } from '../support/test-cluster.ts';

const password = 'correct horse battery';

describe.skipIf(redisProgram() === undefined)('a node on an external Redis', { timeout: 120_000 }, () => {
  const bench = new CommandBench();
  let database: FreshDatabase;
  let redis: RedisProcess;
  let ports: readonly number[] = [];
  const environment = (index: number, more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
    KC_DB_URL: database.url,
    KC_HTTP_ENABLED: 'true',
    KC_HTTP_HOST: '127.0.0.1',
    KC_HTTP_PORT: `${ports[index * 2]}`,
    KC_HTTP_MANAGEMENT_PORT: `${ports[index * 2 + 1]}`,
    KC_HOSTNAME_STRICT: 'false',
    KC_HEALTH_ENABLED: 'true',
    KC_SHUTDOWN_DELAY: '0',
    KC_BOOTSTRAP_ADMIN_USERNAME: 'admin',
    KC_BOOTSTRAP_ADMIN_PASSWORD: 'admin',
    ...more,
  });
  const remote = (given: string): Record<string, string> => ({
    KC_FEATURES: 'clusterless',
    KC_CACHE_REMOTE_TYPE: 'redis',
    KC_CACHE_REMOTE_HOST: '127.0.0.1',
    KC_CACHE_REMOTE_PORT: `${redis.port}`,
    KC_CACHE_REMOTE_TLS_ENABLED: 'false',
    KC_CACHE_REMOTE_USERNAME: 'default',
    KC_CACHE_REMOTE_PASSWORD: given,
  });

  beforeAll(async () => {
    database = await freshDatabase(testDatabaseUrl(), 'keygrid_cli');
    ports = await freePorts(4);
    redis = await RedisProcess.start(['--requirepass', password]);
  });
  afterAll(async () => {
    await bench.clear();
    await redis?.[Symbol.asyncDispose]();
    await database?.drop();
  });

  it('ends its start with one line where the password is wrong, and does not show it', async () => {
    const { code, out, err } = await bench.run(['start'], { cwd: bench.folder(), env: environment(0, remote('hunter2')) });
    expect(code).toBe(1);
    expect(err).toContain(
      `ERROR: The external Redis (127.0.0.1:${redis.port}) cannot be used: it refuses the user 'default' or the password\n`,
    );
    expect(out + err).not.toContain('hunter2');
  });

  it('tells the balancer and readiness the truth, shows its site, and lets nobody keep state in another way beside it', async () => {
    const env = environment(0, { ...remote(password), KC_SPI_CACHE_EMBEDDED__DEFAULT__SITE_NAME: 'site-a' });
    const run = bench.begin(['start'], { cwd: bench.folder(), env });
    await run.until(/Keygrid started in/);
    expect(run.out).toContain('Site name: site-a');
    expect(run.out).not.toContain(password);
    const base = `http://127.0.0.1:${ports[0]}`;
    const balancer = async (): Promise<string> => {
      const answer = await call(`${base}/lb-check`);
      return `${answer.status} ${answer.text}`;
    };
    const readiness = async (): Promise<number> => (await call(`http://127.0.0.1:${ports[1]}/health/ready`)).status;
    expect([await balancer(), await readiness()]).toEqual(['200 {"status":"UP"}', 200]);
    const info = await admin(base, await adminToken(base), 'GET', '/serverinfo');
    expect(info).toMatchObject({
      providers: { connectionsInfinispan: { providers: { default: { operationalInfo: { connectionCount: '1' } } } } },
    });

    const other = await bench.run(['start'], { cwd: bench.folder(), env: environment(1, { KC_FEATURES: 'stateless' }) });
    expect(other.code).toBe(1);
    expect(other.err).toContain('runs on this database with state on an external Redis');

    redis.signal('SIGSTOP');
    await until('the balancer hears that the server hangs', async () => (await balancer()) === '503 {"status":"DOWN"}');
    expect(await readiness()).toBe(503);
    redis.signal('SIGCONT');
    await until('the balancer hears that it is back', async () => (await balancer()) === '200 {"status":"UP"}');
    run.signal('SIGTERM');
    expect((await run.ended).code).toBe(143);
  });
});
