import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { freshDatabase } from '../../bench/servers/database.ts';
import { findFacility } from '../../scripts/testing/skips.ts';
import { CommandBench } from '../support/command-line.ts';
import { PortMapping } from '../support/network-namespaces.ts';
import { testDatabaseUrl, until } from '../support/test-cluster.ts';
import { HopRouter } from './hop-router.ts';
import { everything } from './scenes.ts';

const asker = fileURLToPath(new URL('./multicast-asker.ts', import.meta.url));
const [node, ear] = ['10.63.0.1', '10.63.0.2'];
const [group, port] = ['239.6.7.8', '46655'];
const databasePort = 15_432;
/** Rounds of somebody who would have heard by then. */
const enoughRounds = 3;

interface Row {
  readonly stack: 'tcp' | 'udp';
  /** Empty: what is so without one. */
  readonly words: string;
  readonly hops: number;
  readonly routers: number;
  readonly heard: boolean;
}
const rows: readonly Row[] = [
  { stack: 'tcp', words: '-Djgroups.udp.ip_ttl=4', hops: 4, routers: 3, heard: true },
  { stack: 'tcp', words: '-Djgroups.udp.ip_ttl=1', hops: 1, routers: 1, heard: false },
  { stack: 'udp', words: '-Djgroups.ip_ttl=3', hops: 3, routers: 3, heard: false },
  { stack: 'udp', words: '-Djgroups.ip_ttl=3', hops: 3, routers: 2, heard: true },
  { stack: 'tcp', words: '', hops: 2, routers: 2, heard: false },
  { stack: 'udp', words: '', hops: 2, routers: 1, heard: true },
];

describe.skipIf(findFacility('network tunnels') === undefined)('a multicast request of a started node', () => {
  it.each(everything ? rows : rows.slice(0, 1))(
    'of stack $stack $words, which may go $hops hops, behind $routers routers: heard is $heard',
    async ({ stack, words, hops, routers, heard }) => {
      await using closing = new AsyncDisposableStack();
      const router = new HopRouter(routers, [`${node}/24`, `${ear}/24`]);
      closing.defer(() => router.remove());
      await router.opened();
      const database = await freshDatabase(testDatabaseUrl(), 'keygrid_reach');
      closing.defer(() => database.drop());
      const url = new URL(database.url);
      const to = { host: url.hostname, port: Number(url.port) || 5_432 };
      const mapping = await new PortMapping({ host: router.outside(0), port: databasePort }, to).opened();
      closing.defer(() => mapping.close());
      url.host = `${router.outside(0)}:${databasePort}`;

      // Its own requests do not leave its host: what it finds, it heard.
      const [word = 'ip', ...within] = router.hosts[1]?.within ?? [];
      const listener = spawn(word, [...within, process.execPath, asker, ear, group, port, '0'], { stdio: ['pipe', 'pipe', 'inherit'] });
      closing.defer(() => void listener.kill('SIGKILL'));
      const rounds: string[] = [];
      createInterface({ input: listener.stdout }).on('line', (line) => rounds.push(line));
      await until('somebody listens', () => rounds.length > 0);

      const bench = new CommandBench();
      closing.defer(() => bench.clear());
      const run = bench.begin(
        [
          'start',
          '--http-enabled=true',
          '--hostname-strict=false',
          `--cache-stack=${stack}`,
          `--cache-embedded-network-bind-address=${node}`,
          ...(words === '' ? [] : [words]),
        ],
        { cwd: bench.folder(), env: { KC_DB_URL: url.href, KC_SHUTDOWN_DELAY: '0' }, within: router.hosts[0]?.within ?? [] },
      );
      await run.started();
      const before = rounds.length;
      await until('rounds passed', () => rounds.length >= before + enoughRounds);
      expect(new Set(router.seen)).toEqual(new Set([hops]));
      expect(rounds.at(-1)).toBe(JSON.stringify({ found: heard ? [{ host: node, port: 7_800 }] : [] }));
    },
  );
});
