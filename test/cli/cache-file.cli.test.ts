import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../../bench/drivers/http.ts';
import { type FreshDatabase, freshDatabase } from '../../bench/servers/database.ts';
import { freePorts } from '../../packages/grid/src/testing/free-ports.ts';
import { root } from '../../scripts/checks/repository.ts';
import { CommandBench } from '../support/command-line.ts';
import { testDatabaseUrl } from '../support/test-cluster.ts';

const bench = new CommandBench();
const fixtures = join(root, 'packages/server/src/config/cache-file/fixtures');
const names = readdirSync(fixtures)
  .filter((name) => name.endsWith('.xml') && !name.startsWith('jgroups-'))
  .map((name) => basename(name, '.xml'));
/** Whose discovery is the database, so that a node of its own gets through its start. */
const alone = ['default-21', 'default-24', 'default-26-0', 'default-26-7', 'jdbc-ping-postgresql', 'configurations', 'replicated-sessions'];
/** What a start says once it has understood the file; those that wait for a discovery get no further here. */
const chosen = process.env['KEYGRID_CACHE_FILES'] === 'all' ? names : alone;
let database: FreshDatabase;
let environment: Record<string, string>;
let managementPort = 0;

beforeAll(async () => {
  database = await freshDatabase(testDatabaseUrl(), 'keygrid_cli');
  const [http, management = 0, cluster] = await freePorts(3);
  managementPort = management;
  environment = {
    KC_DB_URL: database.url,
    KC_HTTP_ENABLED: 'true',
    KC_HTTP_HOST: '127.0.0.1',
    KC_HTTP_PORT: `${http}`,
    KC_HTTP_MANAGEMENT_PORT: `${management}`,
    KC_METRICS_ENABLED: 'true',
    KC_HOSTNAME_STRICT: 'false',
    KC_SHUTDOWN_DELAY: '0',
    KC_CACHE_EMBEDDED_NETWORK_BIND_ADDRESS: '127.0.0.1',
    KC_CACHE_EMBEDDED_NETWORK_BIND_PORT: `${cluster}`,
    JAVA_OPTS_APPEND: '-Djgroups.dns.query=keycloak.invalid',
    KC_EXTERNAL_ADDR: '127.0.0.1',
    KC_BIND_ADDR: '127.0.0.1',
    KC_BIND_PORT: `${cluster}`,
    KC_INITIAL_HOSTS: `127.0.0.1[${cluster}]`,
    JGROUPS_BUCKET: 'bucket',
  };
});
afterEach(() => bench.stopAll());
afterAll(async () => {
  await bench.clear();
  await database.drop();
});

function homeWith(text: string): string {
  const home = bench.folder();
  mkdirSync(join(home, 'conf'));
  writeFileSync(join(home, 'conf', 'cache-ispn.xml'), text);
  copyFileSync(join(fixtures, 'jgroups-mine.xml'), join(home, 'conf', 'jgroups-mine.xml'));
  return home;
}

const fixture = (name: string): string => readFileSync(join(fixtures, `${name}.xml`), 'utf8');

describe('conf/cache-ispn.xml', () => {
  it.each(chosen)('starts a node as it is: %s', async (name) => {
    const run = bench.begin(['start'], { cwd: homeWith(fixture(name)), env: environment });
    await run.until(/ISPN000078: Starting JGroups channel/);
    if (alone.includes(name)) await run.started();
    run.signal('SIGKILL');
    await run.ended;
    expect(run.out + run.err).not.toContain('secret');
  });

  it('may hold caches of the user and change those of the server, with a warning unless cache-config-mutate says that it is meant', async () => {
    const home = homeWith(
      fixture('own-caches').replace(
        '</cache-container>',
        '<local-cache name="users"><memory max-count="77"/></local-cache></cache-container>',
      ),
    );
    const run = await bench.begin(['start'], { cwd: home, env: environment }).started();
    expect(run.out).toContain(
      'Modifying the default cache configuration in the config file without setting cache-config-mutate=true is deprecated. Caches that the file changes: users.',
    );
    const { text } = await call(`http://127.0.0.1:${managementPort}/metrics`);
    for (const name of ['otpCache', 'profileCache', 'tenants', 'policies'])
      expect(text).toContain(`vendor_statistics_approximate_entries{cache="${name}"`);
    await run.stop();
    const meant = await bench.begin(['start', '--cache-config-mutate=true'], { cwd: home, env: environment }).started();
    expect(meant.out).not.toContain('Modifying the default cache configuration');
  });

  it.each<[string, string]>([
    [
      '<infinispan>\n<cache-container><distributed-cache name="work"/>\n</cache-container></infinispan>',
      "Unable to start Keycloak. 'work' cache must be replicated but is distributed (cache-ispn.xml:2:18)",
    ],
    ['<infinispan>\n  <cache-container>\n</infinispan>', 'cache-ispn.xml:3:'],
    ['<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><infinispan>&y;</infinispan>', 'a DOCTYPE is not accepted'],
    [
      '<infinispan><cache-container><distributed-cache name="actionTokens"><memory max-count="9"/></distributed-cache></cache-container></infinispan>',
      "cache 'actionTokens' may not be bounded",
    ],
    [
      '<infinispan><jgroups><stack name="x" extends="tcp"><relay.RELAY2 site="a"/></stack></jgroups><cache-container><transport stack="x"/></cache-container></infinispan>',
      'cache-ispn.xml:1:52: the protocol RELAY2',
    ],
  ])('ends the start with file, line and reason where it cannot be honoured: %s', async (text, message) => {
    const outcome = await bench.run(['start'], { cwd: homeWith(text), env: { ...environment, KC_DB_URL: 'postgres://127.0.0.1:1/none' } });
    expect(outcome.err).toContain(message);
    expect(outcome.code).toBe(1);
  });

  it('is another one where cache-config-file names it, and must be there then', async () => {
    const home = homeWith('<infinispan/>');
    writeFileSync(join(home, 'conf', 'mine.xml'), '<infinispan><nonsense/></infinispan>');
    const env = { ...environment, KC_DB_URL: 'postgres://127.0.0.1:1/none' };
    const [mine, none] = await Promise.all([
      bench.run(['start', '--cache-config-file=mine.xml'], { cwd: home, env }),
      bench.run(['start', '--cache-config-file=none.xml'], { cwd: home, env }),
    ]);
    expect(mine).toMatchObject({ code: 1, err: expect.stringContaining('mine.xml:1:13: <nonsense> is not known inside <infinispan>') });
    expect(none).toMatchObject({
      code: 2,
      err: expect.stringContaining("Cache config file 'none.xml' does not exist in the conf directory"),
    });
  });
});
