import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../bench/servers/database.ts';
import { freePorts } from '../../packages/grid/src/testing/free-ports.ts';
import { CommandBench } from '../support/command-line.ts';
import { testDatabaseUrl } from '../support/test-cluster.ts';

const bench = new CommandBench();
const cwd = bench.folder();
let database: FreshDatabase;
let http = 0;
let management = 0;
let environment: Record<string, string>;

beforeAll(async () => {
  database = await freshDatabase(testDatabaseUrl(), 'keygrid_cli');
  [http = 0, management = 0] = await freePorts(2);
  environment = {
    KC_HTTP_ENABLED: 'true',
    KC_HTTP_HOST: '127.0.0.1',
    KC_HTTP_PORT: `${http}`,
    KC_HTTP_MANAGEMENT_PORT: `${management}`,
    KC_HOSTNAME_STRICT: 'false',
    KC_PROXY_HEADERS: 'xforwarded',
    KC_CACHE: 'local',
    KC_SHUTDOWN_DELAY: '0',
  };
});
afterEach(() => bench.stopAll());
afterAll(async () => {
  await bench.clear();
  await database.drop();
});

const withPath = (url: string, change: (url: URL) => void): string => {
  const changed = new URL(url);
  change(changed);
  return changed.href;
};

describe('start on a database that cannot be used', () => {
  it('says what is wrong and which option to look at, without a password', async () => {
    const foreign = await freshDatabase(testDatabaseUrl(), 'keygrid_cli');
    const newer = await freshDatabase(testDatabaseUrl(), 'keygrid_cli');
    try {
      await foreign.query('create table databasechangelog (id text)');
      await newer.query('create table keygrid_migration (id integer primary key, name text)');
      await newer.query("insert into keygrid_migration values (9999, 'from the future')");
      const server = new URL(testDatabaseUrl()).host;
      const cases: [url: string, message: string][] = [
        ['jdbc:postgresql://127.0.0.1:1/x', 'ERROR: The database at 127.0.0.1:1 cannot be reached: nothing listens there.'],
        [
          withPath(database.url, (url) => {
            url.pathname = '/keygrid_none';
          }),
          `ERROR: There is no database 'keygrid_none' at ${server}. Create it`,
        ],
        [
          withPath(database.url, (url) => {
            url.username = 'keygrid_nobody';
            url.password = 'hunter2';
          }),
          `ERROR: The database at ${server} refuses user 'keygrid_nobody':`,
        ],
        [foreign.url, 'ERROR: This database holds the tables of a Keycloak server (databasechangelog).'],
        [newer.url, 'ERROR: The database schema has version 9999, this server knows'],
      ];
      const outcomes = await Promise.all(cases.map(([url]) => bench.run(['start'], { cwd, env: { ...environment, KC_DB_URL: url } })));
      outcomes.forEach(({ code, out, err }, index) => {
        expect(err).toContain(cases[index]?.[1]);
        expect(code).toBe(1);
        expect(err + out).not.toContain('hunter2');
        expect(err).not.toMatch(/\n\s+at /);
      });
    } finally {
      await Promise.all([foreign.drop(), newer.drop()]);
    }
  });
});

describe('start from file, environment and command line together', () => {
  it('lets the command line win over the environment over conf/keycloak.conf, says what has no effect, and logs what it should', async () => {
    const home = bench.folder();
    mkdirSync(join(home, 'conf'));
    const { host, pathname, username, password } = new URL(database.url);
    writeFileSync(
      join(home, 'conf', 'keycloak.conf'),
      [
        '# as an operator writes it',
        `db-url=jdbc:postgresql://127.0.0.1:1,${host}${pathname}?targetServerType=primary`,
        `db-username=${username}`,
        `db-password=${password}`,
        'db-schema=My Realms',
        'http-port=1',
        'http-management-port=2',
        'health-enabled=true',
        'metrics-enabled=false',
        'log-level=warn,org.keycloak.services:info',
        'log-console-output=json',
        'log-file-rotation-max-file-size=20M',
        'http-relative-path=/wrong',
      ].join('\n'),
    );
    const env = { ...environment, KC_HOME_DIR: home, KC_HTTP_RELATIVE_PATH: '/also-wrong', KC_METRICS_ENABLED: 'true' };
    const run = bench.begin(['start', '--http-relative-path', '/auth', '--log-level-io.quarkus=info'], { cwd, env });
    await run.until(/Listening on: /);
    expect(run.err).toContain('\t- log-file-rotation-max-file-size: the log file is not rotated here');

    const categories = run.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { loggerName: string; level: string; message: string });
    expect(categories.filter((line) => line.level === 'INFO').map((line) => line.loggerName)).toEqual(
      expect.arrayContaining(['org.keycloak.services', 'io.quarkus']),
    );
    expect(categories.some((line) => line.loggerName === 'org.infinispan.CLUSTER' && line.level === 'INFO')).toBe(false);

    expect(
      await database.query("select tablename from pg_tables where schemaname = 'My Realms' and tablename = 'keygrid_migration'"),
    ).toHaveLength(1);
    expect(await database.query("select tablename from pg_tables where schemaname = 'public'")).toEqual([]);
    expect((await fetch(`http://127.0.0.1:${management}/auth/health/ready`)).status).toBe(200);
    expect(await (await fetch(`http://127.0.0.1:${management}/auth/metrics`)).text()).toContain('vendor_cluster_size');
    expect((await fetch(`http://127.0.0.1:${http}/auth/realms/master`)).status).toBe(200);
    expect((await fetch(`http://127.0.0.1:${http}/realms/master`)).status).toBe(404);
    expect((await run.stop()).code).toBe(143);
  });
});

describe('health and metrics', () => {
  it('are on no port where they are off, and health on the main one where asked', async () => {
    const env = { ...environment, KC_DB_URL: database.url };
    const off = await bench.begin(['start'], { cwd, env }).started();
    await expect(fetch(`http://127.0.0.1:${management}/health`)).rejects.toThrow();
    expect((await fetch(`http://127.0.0.1:${http}/health`)).status).toBe(404);
    await off.stop();
    await bench.begin(['start', '--health-enabled=true', '--http-management-health-enabled=false'], { cwd, env }).started();
    await expect(fetch(`http://127.0.0.1:${management}/health`)).rejects.toThrow();
    for (const path of ['', '/started', '/live', '/ready']) {
      const answer = await fetch(`http://127.0.0.1:${http}/health${path}`);
      expect([path, answer.status, ((await answer.json()) as { status: string }).status]).toEqual([path, 200, 'UP']);
    }
    expect((await fetch(`http://127.0.0.1:${http}/metrics`)).status).toBe(404);
  });
});
