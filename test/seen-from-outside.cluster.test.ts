import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admin, adminToken } from '../bench/drivers/admin.ts';
import { call } from '../bench/drivers/http.ts';
import { LoginWalk } from '../bench/drivers/login-walk.ts';
import { absentMetrics } from '../packages/server/src/observability/original-metrics.ts';
import { familiesOf, type SeenMetric } from '../parity/metrics/exposition.ts';
import { publishedDashboardSamples } from '../parity/metrics/published-dashboards.ts';
import { clusteredCaches } from '../parity/table/checks/metrics.ts';
import { textOf } from '../scripts/checks/repository.ts';
import { findFacility } from '../scripts/testing/skips.ts';
import { CommandBench, type Outcome } from './support/command-line.ts';
import { startPrometheus } from './support/prometheus.ts';
import { startTestCluster, type TestCluster, until, walker } from './support/test-cluster.ts';

const recorded = JSON.parse(textOf('parity/metrics/recorded.json')) as Readonly<Record<string, SeenMetric>>;
const absent = new Set(absentMetrics.flatMap(({ names }) => names));
/** The original keeps revisions of three caches, and broadcasts in a cache that has entries. */
const otherCaches = new Set(['realmRevisions', 'userRevisions', 'authorizationRevisions', 'work']);

const prometheus = findFacility('prometheus');

const spi = 'spi-cache-embedded--default-';
const places = [
  ['site-a', 'rack-1', 'machine-1'],
  ['site-a', 'rack-2', 'machine-2'],
  ['site-b', 'rack-1', 'machine-1'],
] as const;
const others = `--${spi}-cluster-name=others`;

interface OwnersShown {
  readonly owned: readonly { readonly name: string; readonly segments: readonly number[] }[];
  readonly spread: unknown;
}

describe('a cluster, seen from outside', () => {
  const commands = new CommandBench();
  let cluster: TestCluster;
  let folder = '';

  const base = (index: number): string => cluster.server.bases[index] as string;
  const scrape = async (index: number): Promise<string> => (await call(`${cluster.server.managementBases[index]}/metrics`)).text;
  const keygrid = (...argv: string[]): Promise<Outcome> =>
    commands.run(argv, { cwd: folder, env: { KC_DB_URL: cluster.database.url, KC_HOME_DIR: folder } });
  const operationalInfo = async (index: number, token: string): Promise<Record<string, string>> => {
    const info = (await admin(base(index), token, 'GET', '/serverinfo')) as {
      providers: { connectionsInfinispan: { providers: { default: { operationalInfo: Record<string, string> } } } };
    };
    return info.providers.connectionsInfinispan.providers.default.operationalInfo;
  };

  beforeAll(async () => {
    folder = commands.folder();
    // Three nodes of one cluster on two sites, and one of another cluster on the same database.
    cluster = await startTestCluster(4, {
      extraArguments: [
        '--cache-metrics-histograms-enabled=true',
        '--http-metrics-histograms-enabled=true',
        '--event-metrics-user-enabled=true',
        '--log-level=info,org.keycloak.connections:debug,org.keycloak.spi.infinispan.impl.embedded:debug',
      ],
      nodeArguments: (index) => {
        const [site, rack, machine] = places[index] ?? [];
        return site === undefined
          ? [others]
          : [`--${spi}-site-name=${site}`, `--${spi}-rack-name=${rack}`, `--${spi}-machine-name=${machine}`];
      },
    });
    await until('three members are active and at rest', async () => (await keygrid('cluster', 'rebalance', '--wait=20')).code === 0);
  });
  afterAll(async () => {
    await commands.clear();
    await cluster?.stop();
  });

  it('shows every metric of the original that has a meaning here, with its type, labels and caches', async () => {
    // A session stands on the node that made it: refreshed on both others, it makes all pairs talk.
    await Promise.all(
      Array.from({ length: 8 }, async (_, user) => {
        const login = new LoginWalk(walker(user));
        const tokens = await login.login(base(user % 3));
        const next = await login.refresh(base((user + 1) % 3), tokens.refresh_token);
        await login.refresh(base((user + 2) % 3), next.refresh_token);
      }),
    );
    const seen = familiesOf(await scrape(0));
    for (const [name, original] of Object.entries(recorded)) {
      if (absent.has(name)) {
        expect(seen, `${name} has a reason to be absent`).not.toHaveProperty(name);
        continue;
      }
      const own = seen[name];
      const caches = original.caches.filter((cache) => !otherCaches.has(cache));
      expect({ name, ...own, caches: own?.caches.filter((cache) => !otherCaches.has(cache)) }).toEqual({
        name,
        type: original.type === 'summary' && own?.type === 'histogram' ? 'histogram' : original.type,
        labels: original.labels,
        caches,
      });
    }
  });

  it('shows what the published dashboards ask for', async () => {
    const text = await scrape(0);
    const samples = new Set([...text.matchAll(/^([a-z]\w*)(?=[{ ])/gm)].map(([name]) => name));
    const missing = publishedDashboardSamples.filter((name) => !samples.has(name));
    expect(missing.filter((name) => !absent.has(name.replace(/_(?:total|count)$/, '')))).toEqual([]);
  });

  it.skipIf(prometheus === undefined)('is scraped by Prometheus itself, whose alerts all make sense and none fires', async () => {
    const targets = cluster.server.managementBases.slice(0, 3).map((url) => new URL(url).host);
    const watcher = await startPrometheus(prometheus as string, targets);
    try {
      const value = async (expression: string): Promise<number> => Number((await watcher.query(expression))[0]?.value[1]);
      await until('three targets are up', async () => (await value('sum(up)')) === 3);
      expect(await value('min(vendor_cluster_size)')).toBe(3);
      expect(await value('count(count by (__name__) ({__name__=~"vendor_.+"}))')).toBeGreaterThan(80);
      expect(await value('sum(vendor_jgroups_stats_sync_requests_seconds_count)')).toBeGreaterThan(0);
      // A second evaluation has seen every rule.
      await until('rules are evaluated', async () => (await watcher.rules()).every(({ health }) => health === 'ok'));
      expect(await watcher.query('ALERTS{alertstate="firing"}')).toEqual([]);
    } finally {
      await watcher.stop();
    }
  });

  it('counts requests between nodes and operations of caches, with buckets', async () => {
    const text = await scrape(0);
    const sum = (pattern: RegExp): number => [...text.matchAll(pattern)].reduce((total, [, value]) => total + Number(value), 0);
    for (const name of ['n2', 'n3']) {
      expect(
        sum(new RegExp(`^vendor_jgroups_stats_sync_requests_seconds_count\\{.*target_node="${name}".*\\} (\\S+)$`, 'gm')),
      ).toBeGreaterThan(0);
      expect(sum(new RegExp(`^vendor_jgroups_stats_bytes_sent_total\\{.*target_node="${name}".*\\} (\\S+)$`, 'gm'))).toBeGreaterThan(0);
    }
    expect(sum(/^vendor_statistics_store_times_seconds_bucket\{.*cache="authenticationSessions".*le="\+Inf".*\} (\S+)$/gm)).toBeGreaterThan(
      0,
    );
    expect(sum(/^vendor_rpc_manager_replication_count\{.*cache="authenticationSessions".*\} (\S+)$/gm)).toBeGreaterThan(0);
    expect(text).toContain('node="n1(v=0.1.0, s=site-a, r=rack-1, m=machine-1)"');
    expect(text).toMatch(/^keygrid_member_info\{.*member="n3".*site="site-b",rack="rack-1",machine="machine-1"\} 1$/m);
  });

  it('keeps two clusters in one database apart', async () => {
    expect(await scrape(2)).toMatch(/^vendor_cluster_size\{.*\} 3$/m);
    expect(await scrape(3)).toMatch(/^vendor_cluster_size\{.*\} 1$/m);
    const status = JSON.parse((await keygrid('cluster', 'status', '--json', others)).out) as {
      members: { name: string }[];
      health: string;
    };
    expect(status.members.map(({ name }) => name)).toEqual(['n4']);
    expect(status.health).toBe('HEALTHY');
  });

  it('places no two copies on one site, rack or machine where there are others', async () => {
    const shown = JSON.parse((await keygrid('cluster', 'owners', '--json')).out) as OwnersShown;
    expect(shown.spread).toEqual({ places: { site: 2, rack: 3, machine: 3 }, shared: { site: 0, rack: 0, machine: 0 } });
    const [first = 0, second = 0] = shown.owned.find(({ name }) => name === 'n3')?.segments ?? [];
    expect(first + second).toBe(256);
    expect((await keygrid('cluster', 'owners')).out).toContain('2 sites: no segment has both copies in one site.');
  });

  it('names sites, racks and machines in the log, and there at debug the applied configuration', () => {
    const log = readFileSync(cluster.server.nodes[0]?.options.logFile ?? '', 'utf8');
    expect(log).toMatch(
      /INFO {2}\[org\.infinispan\.CLUSTER\] \(main\) ISPN000094: Received new cluster view for channel ISPN: \[.*\|\d+\] \(3\) \[.*n3\(v=0\.1\.0, s=site-b, r=rack-1, m=machine-1\).*\]/,
    );
    expect(log).toContain(
      '[org.keycloak.connections.infinispan.DefaultInfinispanConnectionProviderFactory] (main) Node name: n1, Site name: site-a, Cluster name: ISPN',
    );
    expect(log).toMatch(
      /DEBUG \[org\.keycloak\.connections\.infinispan\.DefaultInfinispanConnectionProviderFactory\] \(main\) Infinispan configuration:\n<\?xml/,
    );
    expect(log).toContain('<distributed-cache name="sessions" owners="1" mode="SYNC" statistics="true">');
    expect(log).toContain('DEBUG [org.keycloak.spi.infinispan.impl.embedded.CacheConfigurator]');
  });

  it('prints members and health for people', async () => {
    const { code, out, err } = await keygrid('cluster', 'status');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^Cluster 'ISPN' is HEALTHY: epoch \d+ on timeline \d+, phase STABLE, 3 members\.\n/);
    expect(out).toMatch(/^n1 +active +yes .*site-a +rack-1 +machine-1$/m);
    expect(out).toMatch(/^NAME +STATE +BEATING +COORDINATOR +ADDRESS +SITE +RACK +MACHINE$/m);
  });

  it('tells in serverinfo the truth of every moment while a node dies', async () => {
    const token = await adminToken(base(0));
    const before = await operationalInfo(0, token);
    expect(Object.keys(before)).toEqual(['product', 'version', 'clusterSize', ...clusteredCaches.map((name) => `${name}:Cache`)]);
    expect(before).toMatchObject({ clusterSize: '3', 'sessions:Cache': 'HEALTHY' });
    cluster.server.signal(2, 'SIGKILL');
    const moments = new Set<string>();
    await until('two members hold everything', async () => {
      const info = await operationalInfo(0, token);
      const health = new Set(clusteredCaches.map((name) => info[`${name}:Cache`]));
      expect(health.size).toBe(1);
      moments.add(`${info['clusterSize']} ${[...health][0]}`);
      return info['clusterSize'] === '2' && health.has('HEALTHY');
    });
    for (const moment of moments) expect(moment).toMatch(/^[23] (?:HEALTHY|HEALTHY_REBALANCING|DEGRADED)$/);
    expect([...moments].at(-1)).toBe('2 HEALTHY');
    const status = await keygrid('cluster', 'status', '--json');
    const { health, members } = JSON.parse(status.out) as { health: string; members: { name: string }[] };
    expect([health, ...members.map(({ name }) => name).toSorted()]).toEqual(['HEALTHY', 'n1', 'n2']);
  });

  it('says what is wrong where the cluster or the database is not there', async () => {
    const unknown = await keygrid('cluster', 'members', `--${spi}-cluster-name=nobody`);
    expect(unknown.code).toBe(1);
    expect(unknown.err).toContain("The cluster 'nobody' has no members. This database knows 'ISPN', 'others'");
    const dead = await commands.run(['cluster', 'status', '--db-url=postgres://u@127.0.0.1:1/d'], {
      cwd: folder,
      env: { KC_HOME_DIR: folder },
    });
    expect(dead.code).toBe(1);
    expect(dead.err).toContain(
      "The database at 127.0.0.1:1 cannot be reached: nothing listens there. Check that it runs, and the option 'db-url'",
    );
    const wait = await keygrid('cluster', 'rebalance', '--wait=soon');
    expect([wait.code, wait.err]).toEqual([2, "Invalid value for option '--wait': soon. Expected are whole seconds from 1 to 86400.\n"]);
  });
});
