import { type Check, expectMatch, expectSame, type Feature } from '../check.ts';
import type { CommandOptions } from '../product.ts';

/** Local caches that may be bounded, as options spell them. */
const bounded = [
  'authorization',
  'client-sessions',
  'crl',
  'keys',
  'offline-client-sessions',
  'offline-sessions',
  'realms',
  'sessions',
  'users',
];
/** Caches that may never be bounded: there is no option. */
const unbounded = ['action-tokens', 'authentication-sessions', 'login-failures', 'work'];
const mtlsOptions = [
  'cache-embedded-mtls-key-store-file=a.p12',
  'cache-embedded-mtls-key-store-password=secret',
  'cache-embedded-mtls-trust-store-file=a.p12',
  'cache-embedded-mtls-trust-store-password=secret',
  'cache-embedded-mtls-rotation-interval-days=5',
];
const networkOptions = [
  'cache-embedded-network-bind-address=127.0.0.1',
  'cache-embedded-network-bind-port=7800',
  'cache-embedded-network-external-address=127.0.0.1',
  'cache-embedded-network-external-port=7800',
];
const remoteOptions = [
  'cache-remote-port=11222',
  'cache-remote-tls-enabled=false',
  'cache-remote-username=u',
  'cache-remote-password=p',
  'cache-remote-backup-sites=a,b',
];
const nameOf = (option: string): string => option.slice(0, option.indexOf('='));

/** `start` ends with this code after printing this. */
function refused(
  feature: Feature,
  name: string,
  args: readonly string[],
  expected: { code: number; output: readonly RegExp[] },
  options?: CommandOptions,
): Check {
  return {
    feature,
    way: 'command line',
    name,
    on: 'product',
    run: async (product) => {
      const { code, output } = await product.command(['start', '--optimized', ...args], options);
      expectSame(code, expected.code, `exit code (${output.trim().slice(0, 200)})`);
      for (const pattern of expected.output) expectMatch(output, pattern, 'output');
    },
  };
}

const badNumber = (option: string): RegExp => new RegExp(`Invalid value for option '--${option}': Expected an integer value, got "abc"`);

const tcpOnly = /Available only when a TCP based cache-stack is used/;
const clusteredOnly = /Available only when Infinispan clustered embedded is enabled/;

export const commandLineChecks: readonly Check[] = [
  refused('cache types and options', '--cache with an unknown kind is refused and the kinds are named', ['--cache=infinispan'], {
    code: 2,
    output: [/Invalid value for option '--cache': infinispan\. Expected values are: ispn, local/],
  }),
  refused('cache types and options', 'an unknown cache option is refused, with similar ones to choose from', ['--cache-stak=tcp'], {
    code: 2,
    output: [/Unknown option: '--cache-stak'/, /Possible solutions: .*--cache-stack/, /start --help/],
  }),
  refused('cache types and options', '--cache-config-mutate takes a boolean only', ['--cache-config-mutate=perhaps'], {
    code: 2,
    output: [/Invalid value for option '--cache-config-mutate': perhaps\. Expected values are: true, false/],
  }),
  refused('cache types and options', '--cache-stack is disabled by --cache=local', ['--cache=local', '--cache-stack=tcp'], {
    code: 2,
    output: [/Disabled option: '--cache-stack'\. Available only when 'cache' type is set to 'ispn'/],
  }),
  refused('metrics', '--cache-metrics-histograms-enabled takes a boolean only', ['--cache-metrics-histograms-enabled=2'], {
    code: 2,
    output: [/Invalid value for option '--cache-metrics-histograms-enabled': 2\. Expected values are: true, false/],
  }),
  ...bounded.flatMap((cache) => [
    refused('bounds of caches', `--cache-embedded-${cache}-max-count takes a number only`, [`--cache-embedded-${cache}-max-count=abc`], {
      code: 2,
      output: [badNumber(`cache-embedded-${cache}-max-count`)],
    }),
    refused('bounds of caches', `--cache-embedded-${cache}-max-count may not be empty`, [`--cache-embedded-${cache}-max-count=`], {
      code: 2,
      output: [new RegExp(`Invalid empty value for option '--cache-embedded-${cache}-max-count'`)],
    }),
  ]),
  ...unbounded.map((cache) =>
    refused('bounds of caches', `there is no bound for the cache of ${cache}`, [`--cache-embedded-${cache}-max-count=5`], {
      code: 2,
      output: [new RegExp(`Unknown option: '--cache-embedded-${cache}-max-count'`)],
    }),
  ),
  refused('cache configuration file', 'a missing file in conf/ is named', ['--cache-config-file=missing.xml'], {
    code: 2,
    output: [/Cache config file 'missing\.xml' does not exist in the conf directory/],
  }),
  refused('cache configuration file', 'a missing file with a whole path is named', ['--cache-config-file={folder}/missing.xml'], {
    code: 2,
    output: [/Cache config file '\{folder\}\/missing\.xml' does not exist/],
  }),
  ...networkOptions.map((option) =>
    refused('network addresses', `--${nameOf(option)} is disabled by --cache=local`, ['--cache=local', `--${option}`], {
      code: 2,
      output: [new RegExp(`Disabled option: '--${nameOf(option)}'`), clusteredOnly],
    }),
  ),
  ...['cache-embedded-network-bind-port', 'cache-embedded-network-external-port'].map((option) =>
    refused('network addresses', `--${option} takes a number only`, [`--${option}=abc`], { code: 2, output: [badNumber(option)] }),
  ),
  refused(
    'transport security (mTLS)',
    '--cache-embedded-mtls-enabled is disabled by a UDP stack',
    ['--cache-stack=udp', '--cache-embedded-mtls-enabled=true'],
    {
      code: 2,
      output: [/Disabled option: '--cache-embedded-mtls-enabled'/, tcpOnly],
    },
  ),
  refused(
    'transport security (mTLS)',
    '--cache-embedded-mtls-enabled is disabled by --cache=local',
    ['--cache=local', '--cache-embedded-mtls-enabled=true'],
    {
      code: 2,
      output: [/Disabled option: '--cache-embedded-mtls-enabled'/, tcpOnly],
    },
  ),
  ...mtlsOptions.map((option) =>
    refused(
      'transport security (mTLS)',
      `--${nameOf(option)} is disabled by --cache-embedded-mtls-enabled=false`,
      ['--cache-embedded-mtls-enabled=false', `--${option}`],
      {
        code: 2,
        output: [
          new RegExp(`Disabled option: '--${nameOf(option)}'`),
          /Available only when property 'cache-embedded-mtls-enabled' is enabled/,
        ],
      },
    ),
  ),
  ...['key', 'trust'].flatMap((kind) => [
    refused(
      'transport security (mTLS)',
      `a ${kind} store without its password is refused`,
      [`--cache-embedded-mtls-${kind}-store-file=a.p12`],
      {
        code: 2,
        output: [new RegExp(`The option 'cache-embedded-mtls-${kind}-store-file' requires 'cache-embedded-mtls-${kind}-store-password'`)],
      },
    ),
    refused(
      'transport security (mTLS)',
      `a password of a ${kind} store without the store is refused`,
      [`--cache-embedded-mtls-${kind}-store-password=p`],
      {
        code: 2,
        output: [new RegExp(`The option 'cache-embedded-mtls-${kind}-store-password' requires 'cache-embedded-mtls-${kind}-store-file'`)],
      },
    ),
  ]),
  refused('transport security (mTLS)', 'a rotation every 0 days is refused', ['--cache-embedded-mtls-rotation-interval-days=0'], {
    code: 2,
    output: [/JGroups MTLS certificate rotation in 'cache-embedded-mtls-rotation-interval-days' option must (?:be )?positive/],
  }),
  refused('transport security (mTLS)', 'a rotation interval takes a number only', ['--cache-embedded-mtls-rotation-interval-days=abc'], {
    code: 2,
    output: [badNumber('cache-embedded-mtls-rotation-interval-days')],
  }),
  refused('external Infinispan options', 'a remote host needs the feature', ['--cache-remote-host=127.0.0.1'], {
    code: 2,
    output: [/cache-remote-host/, /[Aa]vailable only when feature 'multi-site' or 'clusterless' is set/],
  }),
  ...remoteOptions.map((option) =>
    refused('external Infinispan options', `--${nameOf(option)} needs a remote host`, [`--${option}`], {
      code: 2,
      output: [new RegExp(`Disabled option: '--${nameOf(option)}'`), /Available only when remote host is set/],
    }),
  ),
  refused('topology and names', '--cache-embedded-node-name is no option', ['--cache-embedded-node-name=n1'], {
    code: 2,
    output: [/Unknown option: '--cache-embedded-node-name'/],
  }),
  {
    feature: 'transport stacks',
    way: 'command line',
    name: 'a stack that nobody defines stops the start with its name',
    on: 'product',
    run: async (product) => {
      const { output } = await product.command(
        ['start', '--optimized', '--http-enabled=true', '--hostname-strict=false', '--cache-stack=no-such-stack'],
        { until: /No such JGroups stack/ },
      );
      expectMatch(output, /ISPN000540: No such JGroups stack 'no-such-stack'/, 'output');
    },
  },
];
