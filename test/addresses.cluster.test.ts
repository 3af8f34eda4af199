import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../bench/servers/database.ts';
import { findFacility } from '../scripts/testing/skips.ts';
import { CommandBench, type CommandRun } from './support/command-line.ts';
import { Network, PortMapping } from './support/network-namespaces.ts';
import { testDatabaseUrl, until } from './support/test-cluster.ts';

const DATABASE_PORT = 15_432;

describe.skipIf(findFacility('network namespaces') === undefined)('nodes in networks of their own', () => {
  const bench = new CommandBench();
  const cwd = bench.folder();
  let database: FreshDatabase;
  let networks: Network[] = [];
  let mappings: PortMapping[] = [];

  beforeAll(async () => {
    database = await freshDatabase(testDatabaseUrl(), 'keygrid_test');
  });
  afterEach(async () => {
    await bench.stopAll();
    for (const mapping of mappings.splice(0)) await mapping.close();
    for (const network of networks.splice(0)) network.remove();
    networks = [];
    mappings = [];
  });
  afterAll(async () => {
    await bench.clear();
    await database.drop();
  });

  const map = async (host: string, port: number, to: { host: string; port: number }): Promise<void> => {
    mappings.push(await new PortMapping({ host, port }, to).opened());
  };
  /** The database as it is seen from inside, through a mapping at this end of the cable. */
  const databaseFrom = async (host: string): Promise<string> => {
    const url = new URL(database.url);
    await map(host, DATABASE_PORT, { host: url.hostname, port: Number(url.port || 5_432) });
    url.hostname = host.includes(':') ? `[${host}]` : host;
    url.port = `${DATABASE_PORT}`;
    return url.href;
  };
  const begin = (network: Network, name: string, url: string, ...argv: readonly string[]): CommandRun =>
    bench.begin(['start', `--spi-cache-embedded--default--node-name=${name}`, '--hostname-strict=false', ...argv], {
      cwd,
      within: network.within,
      env: { KC_DB_URL: url, KC_HTTP_ENABLED: 'true', KC_SHUTDOWN_DELAY: '0' },
    });

  it('reach each other behind port mappings by their external addresses and ports', async () => {
    const left = new Network('l', ['10.203.1.1/24'], ['10.203.1.2/24']);
    networks.push(left);
    const right = new Network('r', ['10.203.2.1/24'], ['10.203.2.2/24']);
    networks.push(right);
    // Neither network knows the other: each sees the other's node at an address of its own.
    await map('10.203.2.1', 27_801, { host: '10.203.1.2', port: 7_800 });
    await map('10.203.1.1', 27_802, { host: '10.203.2.2', port: 7_800 });
    const external = (address: string, port: number) => [
      `--cache-embedded-network-external-address=${address}`,
      `--cache-embedded-network-external-port=${port}`,
    ];
    const n1 = begin(left, 'n1', await databaseFrom('10.203.1.1'), ...external('10.203.2.1', 27_801));
    await n1.until(/physical addresses are `\[10\.203\.2\.1:27801\]`/);
    const n2 = begin(
      right,
      'n2',
      await databaseFrom('10.203.2.1'),
      ...external('10.203.1.1', 27_802),
      '-Djgroups.bind.address=match-interface:eth.*',
    );
    await Promise.all([n1, n2].map((run) => run.until(/ISPN000094: .*\(2\) \[n1\(.*n2\(/)));
    await Promise.all([n1.started(), n2.started()]);
    expect(left.listening()).toEqual(expect.arrayContaining(['10.203.1.2:7800', '10.203.1.2:57800']));
    n1.signal('SIGKILL');
    await n2.until(/ISPN000094: .*\(1\) \[n2\(/);
  });

  it('share one host over IPv6: the second takes the next port, and each has its port of failure detection', async () => {
    const network = new Network('s', ['fd77::1/64', '10.203.3.1/24'], ['fd77::2/64', '10.203.3.2/24']);
    networks.push(network);
    const url = await databaseFrom('fd77::1');
    const first = begin(network, 'n1', url, '-Djava.net.preferIPv6Addresses=true');
    await first.until(/physical addresses are `\[\[?fd77::2\]?:7800\]`/);
    const second = begin(network, 'n2', url, '-Djava.net.preferIPv6Addresses=true', '--http-port=8081', '--http-management-port=9001');
    await Promise.all([first, second].map((run) => run.until(/ISPN000094: .*\(2\) \[n1\(.*n2\(/)));
    expect(second.out).toMatch(/physical addresses are `\[\[?fd77::2\]?:7801\]`/);
    const ports = ['[fd77::2]:7800', '[fd77::2]:57800', '[fd77::2]:7801', '[fd77::2]:57801'];
    await until('both listen on both ports', () => ports.every((port) => network.listening().includes(port)));
    first.signal('SIGKILL');
    await second.until(/ISPN000094: .*\(1\) \[n2\(/);
  });
});
