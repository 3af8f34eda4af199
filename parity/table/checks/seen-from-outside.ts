import { type Check, expectMatch, expectSame, expectTrue } from '../check.ts';
import type { Cluster } from '../cluster.ts';
import { clusteredCaches } from './metrics.ts';

type Info = Readonly<Record<string, string>>;

async function operationalInfo(cluster: Cluster, node: number, spi: string, provider: string): Promise<Info> {
  const info = (await cluster.admin(node, 'GET', '/serverinfo')) as {
    providers: Record<string, { providers: Record<string, { operationalInfo?: Info }> }>;
  };
  return info.providers[spi]?.providers[provider]?.operationalInfo ?? {};
}

const three = 'three nodes' as const;

export const serverInfoChecks: readonly Check[] = [
  ...clusteredCaches.map(
    (cache): Check => ({
      feature: 'provider information',
      way: 'Admin REST',
      name: `serverinfo tells that ${cache} is HEALTHY, on every node`,
      on: three,
      run: async (cluster) => {
        for (let node = 0; node < 3; node += 1)
          await cluster.eventually(async () =>
            expectSame((await operationalInfo(cluster, node, 'connectionsInfinispan', 'default'))[`${cache}:Cache`], 'HEALTHY', cache),
          );
      },
    }),
  ),
  {
    feature: 'provider information',
    way: 'Admin REST',
    name: 'serverinfo of connectionsInfinispan has product, version, clusterSize and the eight clustered caches, as strings, and nothing else',
    on: three,
    run: async (cluster) => {
      const info = await operationalInfo(cluster, 0, 'connectionsInfinispan', 'default');
      expectSame(Object.keys(info), ['product', 'version', 'clusterSize', ...clusteredCaches.map((cache) => `${cache}:Cache`)], 'keys');
      expectSame(info['clusterSize'], '3', 'clusterSize');
      expectTrue(
        Object.values(info).every((value) => typeof value === 'string'),
        'strings',
        info,
      );
    },
  },
  {
    feature: 'provider information',
    way: 'Admin REST',
    name: 'serverinfo of userSessions tells whether caches are used and how often sessions are swept',
    on: three,
    run: async (cluster) => {
      const info = await operationalInfo(cluster, 0, 'userSessions', 'infinispan');
      expectSame(info['useCaches'], 'true', 'useCaches');
      expectMatch(String(info['sessionExpirationPeriod']), /^\d+$/, 'sessionExpirationPeriod');
    },
  },
  {
    feature: 'provider information',
    way: 'Admin REST',
    name: 'serverinfo of singleUseObject tells that revoked tokens are kept',
    on: three,
    run: async (cluster) =>
      expectSame((await operationalInfo(cluster, 0, 'singleUseObject', 'infinispan'))['persistRevokedTokens'], 'true', 'singleUseObject'),
  },
];

/** Lines that operators search for: what it tells, the pattern, the feature. */
const lines: readonly (readonly [string, RegExp, Check['feature'], Check['on']])[] = [
  ['which stack a node starts with', /ISPN000078: Starting JGroups channel `ISPN` with stack `jdbc-ping`/, 'log lines', three],
  [
    "a node's name and physical address",
    /ISPN000079: Channel `ISPN` local address is `n1`, physical addresses are `\[127\.0\.0\.1:\d+\]`/,
    'log lines',
    three,
  ],
  ['every view with its members', /ISPN000094: Received new cluster view for channel ISPN: \[n\d[^|]*\|\d+\] \(3\) \[/, 'log lines', three],
  ['node, site and cluster name', /Node name: n1, Site name: site-0, Cluster name: ISPN/, 'topology and names', three],
  ['the topology of members in the view', /\(v=[^)]*s=site-0, r=rack-0, m=machine-0\)/, 'topology and names', three],
  ['that discovery goes through the database', /JGroups JDBC_PING discovery enabled\./, 'transport stacks', three],
  ['that the transport is encrypted', /JGroups Encryption enabled \(mTLS\)\./, 'transport security (mTLS)', three],
  [
    'owners that are raised to their floor',
    /Setting num_owners=2 \(configured value is 1\) for cache 'loginFailures' to prevent data loss\./,
    'owners of caches',
    three,
  ],
  [
    'that a file changes the default caches',
    /Modifying the default cache configuration in the config file without setting cache-config-mutate=true is deprecated\./,
    'cache configuration file',
    'two nodes by file',
  ],
  ['the names that the XML file gives', /s=site-x, r=rack-x, m=machine-x/, 'cache configuration file', 'two nodes by file'],
];

export const logChecks: readonly Check[] = lines.map(([what, pattern, feature, on]) => {
  if (on === 'product') throw new Error('log lines need nodes');
  return { feature, way: 'log', name: `the log tells ${what}`, on, run: async (cluster) => expectMatch(cluster.log(0), pattern, what) };
});

export const databaseChecks: readonly Check[] = [
  {
    feature: 'discovery in the database',
    way: 'database',
    name: 'jgroups_ping has a row for each node, with name, address and cluster, and one coordinator',
    on: three,
    run: (cluster) =>
      cluster.eventually(async () => {
        const rows = await cluster.database.query('select name, cluster_name, ip, coord from jgroups_ping order by name');
        expectSame(
          rows.map((row) => row['name']),
          ['n1', 'n2', 'n3'],
          'names',
        );
        expectTrue(
          rows.every((row) => row['cluster_name'] === 'ISPN' && /^127\.0\.0\.1:\d+$/.test(String(row['ip']))),
          'rows',
          rows,
        );
        expectSame(rows.filter((row) => row['coord'] === true).length, 1, 'coordinators');
      }),
  },
  {
    feature: 'discovery in the database',
    way: 'database',
    name: 'the rows of jgroups_ping name the coordinator that their node follows',
    on: three,
    run: async (cluster) => {
      const rows = await cluster.database.query('select address, coord, coordinated_by from jgroups_ping');
      const coordinator = rows.find((row) => row['coord'] === true)?.['address'];
      expectTrue(
        rows.every((row) => row['coordinated_by'] === coordinator),
        'coordinated_by',
        rows,
      );
    },
  },
  {
    feature: 'transport security (mTLS)',
    way: 'database',
    name: 'the certificate of the transport lies in server_config under crt_jgroups, with its five fields',
    on: three,
    run: async (cluster) => {
      const [row] = await cluster.database.query("select value from server_config where server_config_key = 'crt_jgroups'");
      const stored = JSON.parse(String(row?.['value'])) as Record<string, unknown>;
      for (const field of ['prvKey', 'pubKey', 'crt', 'alias', 'generatedMillis']) expectTrue(field in stored, field, Object.keys(stored));
    },
  },
  {
    feature: 'persistent user sessions',
    way: 'database',
    name: 'user sessions stand in offline_user_session with flag 0, client sessions in offline_client_session',
    on: three,
    run: async (cluster) => {
      const columns = await cluster.database.query(
        "select table_name, column_name from information_schema.columns where table_name in ('offline_user_session', 'offline_client_session')",
      );
      const names = columns.map((row) => `${row['table_name']}.${row['column_name']}`);
      for (const column of [
        'user_session_id',
        'offline_flag',
        'realm_id',
        'user_id',
        'created_on',
        'last_session_refresh',
        'data',
        'version',
      ])
        expectTrue(names.includes(`offline_user_session.${column}`), column, names);
      for (const column of ['user_session_id', 'client_id', 'offline_flag', 'timestamp', 'data', 'version'])
        expectTrue(names.includes(`offline_client_session.${column}`), column, names);
    },
  },
];
