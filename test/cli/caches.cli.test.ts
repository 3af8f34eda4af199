import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../bench/servers/database.ts';
import { freePorts } from '../../packages/grid/src/testing/free-ports.ts';
import { CommandBench, type CommandRun } from '../support/command-line.ts';
import { testDatabaseUrl } from '../support/test-cluster.ts';

const bench = new CommandBench();
const cwd = bench.folder();
let database: FreshDatabase;

beforeAll(async () => {
  database = await freshDatabase(testDatabaseUrl(), 'keygrid_cli');
});
afterEach(() => bench.stopAll());
afterAll(async () => {
  await bench.clear();
  await database.drop();
});

/** Starts a node on the database of this file with ports of its own. */
async function begin(options: readonly string[], variables: Readonly<Record<string, string>> = {}): Promise<CommandRun> {
  const [http = 0, management = 0, cluster = 0] = await freePorts(3);
  const env = {
    KC_DB_URL: database.url,
    KC_HTTP_ENABLED: 'true',
    KC_HTTP_HOST: '127.0.0.1',
    KC_HTTP_PORT: `${http}`,
    KC_HTTP_MANAGEMENT_PORT: `${management}`,
    KC_HOSTNAME_STRICT: 'false',
    KC_PROXY_HEADERS: 'xforwarded',
    KC_CACHE_EMBEDDED_NETWORK_BIND_ADDRESS: '127.0.0.1',
    KC_CACHE_EMBEDDED_NETWORK_BIND_PORT: `${cluster}`,
    ...variables,
  };
  return bench.begin(['start', '--spi-cache-embedded--default--node-name=n', '--shutdown-delay=0', ...options], { cwd, env });
}

describe('a configuration of the caches that cannot be', () => {
  const owners = (cache: string, value: string) => `--spi-cache-embedded--default--${cache}-owners=${value}`;
  const cases: [what: string, options: readonly string[], variables: Readonly<Record<string, string>>, line: RegExp][] = [
    [
      'a bound on a cache that may not have one',
      ['--cache-embedded-action-tokens-max-count=5'],
      {},
      /^Unknown option: '--cache-embedded-action-tokens-max-count'/m,
    ],
    [
      'a bound on a cache that may not have one, by its SPI name',
      ['--spi-cache-embedded--default--action-tokens-max-count=5'],
      {},
      /Cache 'actionTokens' may not be bounded.*Remove the option '.*action-tokens-max-count' \(value 5\)/,
    ],
    [
      'a cache that does not exist',
      [owners('sesions', '2')],
      {},
      /Option 'spi-cache-embedded--default--sesions-owners' \(value 2\) cannot be used: there is no cache 'sesions'\. Possible caches: .*sessions/,
    ],
    ['no owners', [owners('sessions', '0')], {}, /'--spi-cache-embedded--default--sessions-owners': Expected at least 1, got "0"/],
    ['more owners than the grid keeps', [owners('login-failures', '17')], {}, /login-failures-owners'.*17.*1 to 16/],
    [
      'legacy owners that are no number',
      [],
      { CACHE_OWNERS_COUNT: 'two' },
      /'CACHE_OWNERS_COUNT': Expected an integer value, got "two"\. A cache can have 1 to 16 owners; unset the variable/,
    ],
    [
      'volatile sessions with the grid off',
      ['--features=stateless', '--features-disabled=persistent-user-sessions'],
      {},
      /Feature 'stateless'.*'persistent-user-sessions' cannot be disabled with it\. Enable the one or leave out the other\./,
    ],
    [
      'two places for the same state',
      ['--features=stateless,clusterless', '--cache-remote-host=127.0.0.1'],
      {},
      /Features 'stateless' and 'clusterless' are both enabled.*Enable one of them\./,
    ],
  ];

  it.each(cases)('%s: one line names option, value and remedy', async (_what, options, variables, line) => {
    const { code, out, err } = await (await begin(options, variables)).ended;
    expect(code).not.toBe(0);
    expect(`${out}${err}`).toMatch(line);
    expect(`${out}${err}`).not.toMatch(/\n\s+at /);
  });
});

describe('values that are raised or ignored', () => {
  it('are told at the start in the words of the original, also where they come from the variables of old images', async () => {
    const run = await begin(
      [
        '--spi-cache-embedded--default--login-failures-owners=1',
        '--cache-embedded-realms-max-count=-1',
        '--spi-cache-embedded--default--users-lifespan=-5',
      ],
      { CACHE_OWNERS_COUNT: '3', CACHE_OWNERS_AUTH_SESSIONS_COUNT: '1' },
    );
    await run.started();
    const lines = [
      "Setting num_owners=2 (configured value is 1) for cache 'authenticationSessions' to prevent data loss.",
      "Setting num_owners=2 (configured value is 1) for cache 'loginFailures' to prevent data loss.",
      "Setting num_owners=1 (configured value is 3) for cache 'sessions'",
      "Ignoring unbounded max-count for cache 'realms', reverting to default max of 10000 entries.",
      "Option 'spi-cache-embedded--default--users-lifespan' has the value -5: entries of cache 'users' do not expire. Set a duration above 0",
      "Both 'spi-cache-embedded--default--login-failures-owners' (1) and 'CACHE_OWNERS_COUNT' (3) set the owners of cache 'loginFailures': the option counts.",
    ];
    for (const line of lines) expect(run.out).toContain(line);
  });
});

describe('a node beside others that keep state in another way', () => {
  it('does not start while one of them lives, says which, and starts when it is gone', async () => {
    const first = await (await begin([])).started();
    const refused = await (await begin(['--features-disabled=persistent-user-sessions'])).ended;
    expect(refused.code).toBe(1);
    expect(`${refused.out}${refused.err}`).toMatch(
      /Node n runs on this database with the cluster and sessions in the database, this node was started with the cluster with sessions in memory alone.*Stop all nodes/,
    );
    await first.stop();
    const volatile = await (
      await begin(['--features-disabled=persistent-user-sessions', '--cache-embedded-sessions-max-count=100'])
    ).started();
    expect(volatile.out).toContain(
      'Persistent user sessions disabled and memory limit is set. Ignoring cache limits to avoid losing sessions for cache sessions.',
    );
  });

  it('is only warned of when it keeps everything to itself', async () => {
    await (await begin([])).started();
    const lonely = await begin(['--cache=local']);
    await lonely.until(
      /Node n runs on the same database, and this one was started with 'cache=local'.*Start both with 'cache=ispn', or stop one\./,
    );
  });
});
