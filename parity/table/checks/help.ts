import { type Check, expectMatch, type Feature } from '../check.ts';

/** Words that the help of `start` says of an option, whatever the line breaks. */
const said: readonly (readonly [Feature, string, RegExp])[] = [
  ['cache types and options', '--cache', /--cache <type> .*Possible values are: ispn, local\./],
  ['cache configuration file', '--cache-config-file', /--cache-config-file <file> /],
  ['cache configuration file', '--cache-config-mutate', /--cache-config-mutate <true\|false> .*Default: false/],
  [
    'transport stacks',
    '--cache-stack',
    /--cache-stack <stack> .*Possible values are: jdbc-ping, kubernetes \(deprecated\), jdbc-ping-udp \(deprecated\), tcp \(deprecated\), udp \(deprecated\), ec2 \(deprecated\), azure \(deprecated\), google \(deprecated\), or a custom one\. .*Available only when 'cache' type is set to 'ispn'/,
  ],
  ['bounds of caches', '--cache-embedded-users-max-count', /--cache-embedded-users-max-count <max-count> /],
  [
    'bounds of caches',
    '--cache-embedded-sessions-max-count',
    /--cache-embedded-sessions-max-count <max-count> .*Available only when embedded Infinispan clusters configured/,
  ],
  [
    'transport security (mTLS)',
    '--cache-embedded-mtls-enabled',
    /--cache-embedded-mtls-enabled <true\|false> .*Default: true\. Available only when a TCP based cache-stack is used/,
  ],
  [
    'transport security (mTLS)',
    '--cache-embedded-mtls-rotation-interval-days',
    /--cache-embedded-mtls-rotation-interval-days <days> .*Default: 30\. Available only when property 'cache-embedded-mtls-enabled' is enabled/,
  ],
  [
    'network addresses',
    '--cache-embedded-network-bind-address',
    /--cache-embedded-network-bind-address <address> .*SITE_LOCAL.*Available only when Infinispan clustered embedded is enabled/,
  ],
  [
    'network addresses',
    '--cache-embedded-network-bind-port',
    /--cache-embedded-network-bind-port <port> .*7800.*Available only when Infinispan clustered embedded is enabled/,
  ],
  ['external Infinispan options', '--cache-remote-host', /--cache-remote-host <hostname> .*feature 'multi-site' or 'clusterless' is set/],
  [
    'metrics',
    '--cache-metrics-histograms-enabled',
    /--cache-metrics-histograms-enabled <true\|false> .*Default: false\. Available only when metrics are enabled/,
  ],
];

/** The part of a help text that speaks of one option, on one line. */
function entryOf(help: string, option: string): string {
  const lines = help.split('\n');
  const first = lines.findIndex((line) => line === option || line.startsWith(`${option} `));
  if (first < 0) return '';
  const next = lines.findIndex((line, index) => index > first && !line.startsWith(' '));
  return lines
    .slice(first, next < 0 ? undefined : next)
    .join(' ')
    .replace(/\s+/g, ' ');
}

export const helpChecks: readonly Check[] = said.map(([feature, option, expected]) => ({
  feature,
  way: 'command line',
  name: `the help of start tells what ${option} takes and when it can be used`,
  on: 'product',
  run: async (product) => {
    const { output } = await product.command(['start', '--help']);
    expectMatch(`${entryOf(output, option)} `, expected, option);
  },
}));
