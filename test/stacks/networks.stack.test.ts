import { afterEach, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../bench/servers/database.ts';
import { findFacility } from '../../scripts/testing/skips.ts';
import { CommandBench, type CommandRun } from '../support/command-line.ts';
import { PortMapping } from '../support/network-namespaces.ts';
import { testDatabaseUrl, until } from '../support/test-cluster.ts';
import { Bridge, freeNet } from './bridge.ts';
import { everything } from './scenes.ts';

const net = freeNet();
const here = `${net}.254`;
const hosts = [1, 2, 3].map((host) => `${net}.${host}`);
const databasePort = 15_432;

const closing: (() => Promise<unknown> | unknown)[] = [];

/** Members in the last view that a node wrote. */
const members = (run: CommandRun): number => Number([...run.out.matchAll(/ISPN000094: .*?\] \((\d+)\) \[/g)].at(-1)?.[1] ?? 0);

/** Each in a network of its own; the database is reached over the same switch. */
async function openHosts(): Promise<{ bridge: Bridge; database: FreshDatabase; url: string }> {
  const bridge = new Bridge(
    `${here}/24`,
    hosts.map((host) => `${host}/24`),
  );
  closing.push(() => bridge.remove());
  const database = await freshDatabase(testDatabaseUrl(), 'keygrid_networks');
  closing.push(() => database.drop());
  const url = new URL(database.url);
  const mapping = await new PortMapping(
    { host: here, port: databasePort },
    { host: url.hostname, port: Number(url.port) || 5_432 },
  ).opened();
  closing.push(() => mapping.close());
  url.host = `${here}:${databasePort}`;
  return { bridge, database, url: url.href };
}

describe.skipIf(findFacility('network namespaces') === undefined)('three hosts on one switch', () => {
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  it.each(everything ? ['tcp', 'udp'] : ['udp'])(
    'form one view by multicast with --cache-stack=%s, and take back one that was unplugged',
    async (stack) => {
      const { bridge, url } = await openHosts();
      const bench = new CommandBench();
      closing.push(() => bench.clear());
      const cwd = bench.folder();
      const runs = hosts.map((host, index) =>
        bench.begin(
          [
            'start',
            '--http-enabled=true',
            `--hostname=http://${hosts[0]}:8080`,
            `--cache-stack=${stack}`,
            `--cache-embedded-network-bind-address=match-address:${host.replaceAll('.', '\\.')}`,
            `--spi-cache-embedded--default--node-name=n${index + 1}`,
          ],
          { cwd, env: { KC_DB_URL: url, KC_SHUTDOWN_DELAY: '0' }, within: bridge.networks[index]?.within ?? [] },
        ),
      );
      await Promise.all(runs.map((run) => run.started()));
      const agreed = (indices: readonly number[], count: number) => () =>
        indices.every((index) => members(runs[index] as CommandRun) === count);
      await until('three members', agreed([0, 1, 2], 3));
      for (const [index, run] of runs.entries()) expect(run.out).toContain(`physical addresses are \`[${hosts[index]}:7800]\``);
      bridge.plug(2, false);
      await until('two members', agreed([0, 1], 2));
      bridge.plug(2, true);
      await until('three members again', agreed([0, 1, 2], 3));
      expect(runs[2]?.out).toMatch(/serves nothing for now/);
      expect(await Promise.all(runs.map((run) => run.stop().then(({ code }) => code)))).toEqual([143, 143, 143]);
    },
  );
});
