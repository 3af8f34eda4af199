import { type Check, expectMatch, expectSame } from '../check.ts';
import type { CommandOptions } from '../product.ts';
import { walker } from '../walker.ts';

const START = ['start', '--optimized', '--http-enabled=true', '--hostname-strict=false', '--cache-embedded-network-bind-address=127.0.0.1'];

/** A cache configuration with this inside the container. */
const file = (inside: string, before = ''): CommandOptions => ({
  files: {
    'caches.xml': `<?xml version="1.0" encoding="UTF-8"?>
<infinispan xmlns="urn:infinispan:config:16.0">
  ${before}
  <cache-container name="keycloak">
    <transport lock-timeout="60000"/>
    ${inside}
  </cache-container>
</infinispan>
`,
  },
});

/** A start with such a file ends with 1 after printing this. */
const stops = (name: string, options: CommandOptions, output: RegExp): Check => ({
  feature: 'cache configuration file',
  way: 'XML file',
  name,
  on: 'product',
  run: async (product) => {
    const result = await product.command([...START, '--cache-config-file={folder}/caches.xml'], options);
    expectSame(result.code, 1, `exit code (${result.output.slice(-300)})`);
    expectMatch(result.output, output, 'output');
  },
});

const owners = (cache: string, count: number): Check => ({
  feature: 'owners of caches',
  way: 'XML file',
  name: `${cache} has ${count} owners where the file says so: entries are ${count > 2 ? 2 : count} times those that are unique on two nodes`,
  on: 'two nodes by file',
  run: async (cluster) => {
    for (let login = 0; login < 5; login += 1) await walker(login).page(cluster.base(login % 2));
    await cluster.eventually(async () => {
      let entries = 0;
      let unique = 0;
      for (const node of [0, 1]) {
        entries += (await cluster.sample(node, 'vendor_statistics_approximate_entries', { cache })).value;
        unique += (await cluster.sample(node, 'vendor_statistics_approximate_entries_unique', { cache })).value;
      }
      expectSame([unique > 0, entries], [true, unique * Math.min(count, 2)], `${entries} entries, ${unique} unique`);
    });
  },
});

export const fileChecks: readonly Check[] = [
  stops(
    'a distributed work cache stops the start: it must be replicated',
    file('<distributed-cache name="work"/>'),
    /Unable to start Keycloak\. 'work' cache must be replicated but is distributed/,
  ),
  stops(
    'a local work cache stops the start: it must be replicated',
    file('<local-cache name="work"/>'),
    /'work' cache must be replicated but is local/,
  ),
  stops(
    'an unknown stack in the file stops the start',
    {
      files: {
        'caches.xml':
          '<infinispan xmlns="urn:infinispan:config:16.0"><cache-container name="keycloak"><transport stack="nowhere"/></cache-container></infinispan>',
      },
    },
    /No such JGroups stack 'nowhere'/,
  ),
  stops(
    'a file that is cut off stops the start',
    { files: { 'caches.xml': '<infinispan xmlns="urn:infinispan:config:16.0"><cache-container name="keycloak">' } },
    /\S/,
  ),
  {
    feature: 'transport stacks',
    way: 'XML file',
    name: 'a stack of the user that extends tcp is what the log names',
    on: 'product',
    run: async (product) => {
      const { output } = await product.command(
        [...START, '--cache-config-file={folder}/caches.xml', '--cache-stack=mine', '--cache-embedded-network-bind-port=17999'],
        {
          ...file('', '<jgroups><stack name="mine" extends="tcp"><MPING ip_ttl="1" stack.combine="COMBINE"/></stack></jgroups>'),
          env: { JAVA_OPTS_APPEND: '-Djgroups.fd.port-offset=5000' },
          until: /ISPN000078: .*`mine`|ERROR/,
        },
      );
      expectMatch(output, /ISPN000078: Starting JGroups channel `ISPN` with stack `mine`/, 'log');
    },
  },
  owners('authenticationSessions', 3),
  {
    feature: 'cache configuration file',
    way: 'XML file',
    name: 'nodes with a file form one cluster',
    on: 'two nodes by file',
    run: (cluster) => cluster.eventually(async () => expectSame((await cluster.sample(0, 'vendor_cluster_size')).value, 2, 'size')),
  },
  {
    feature: 'the thirteen caches',
    way: 'log',
    name: 'the debug log shows the applied configuration of a cache',
    on: 'three nodes',
    run: async (cluster) => {
      for (const cache of ['authenticationSessions', 'sessions', 'work'])
        expectMatch(
          cluster.log(0),
          new RegExp(`DEBUG \\[org\\.keycloak\\.(?:connections\\.infinispan|spi\\.infinispan)[\\s\\S]*${cache}`),
          cache,
        );
    },
  },
];
