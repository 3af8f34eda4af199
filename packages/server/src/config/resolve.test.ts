import { describe, expect, it } from 'vitest';
import { ConfigurationError } from './configuration-error.ts';
import { families, optionsOf } from './options/index.ts';
import { type ResolveInput, resolveConfiguration } from './resolve.ts';
import { fromCommandLine } from './sources.ts';

const known = optionsOf(Object.values(families));

interface Given {
  readonly cli?: Record<string, string>;
  readonly env?: Record<string, string>;
  readonly file?: Record<string, string>;
  readonly system?: Record<string, string>;
  readonly mode?: ResolveInput['mode'];
  readonly demands?: boolean;
  readonly files?: readonly string[];
}

function resolve(given: Given) {
  return resolveConfiguration({
    invocation: { program: 'keygrid', command: 'start' },
    mode: given.mode ?? 'development',
    known,
    commandLine: Object.entries(given.cli ?? {}).map(([name, text]) => fromCommandLine(name, text)),
    systemProperties: new Map(Object.entries(given.system ?? {})),
    environment: given.env ?? {},
    file: given.file === undefined ? undefined : { name: 'keycloak.conf', properties: new Map(Object.entries(given.file)) },
    homeDirectory: '/srv/keygrid',
    fileExists: (path) => (given.files ?? []).includes(path),
    demands: given.demands ?? true,
  });
}

function refusal(given: Given): string {
  try {
    resolve(given);
  } catch (error) {
    if (error instanceof ConfigurationError) return [error.message, ...error.hints].join('\n');
    throw error;
  }
  return 'accepted';
}

describe('addresses of trusted proxies', () => {
  const given = (text: string) => ({ cli: { 'proxy-headers': 'forwarded', 'proxy-trusted-addresses': text } });

  it('are IP addresses and CIDR blocks', () =>
    expect(resolve(given('10.0.0.0/8,::1,2001:db8::/32')).get('proxy-trusted-addresses')).toEqual(['10.0.0.0/8', '::1', '2001:db8::/32']));

  it.each(['proxy.example', '10.0.0.0/33', '10.0.0.0/8/8', '10.0.0/8', '::1/129', '1.2.3.4/'])('are not: %s', (text) =>
    expect(refusal(given(text))).toContain(
      `Invalid value for option '--proxy-trusted-addresses': ${text} is neither an IP address nor a CIDR block`,
    ),
  );
});

describe('precedence', () => {
  it('takes the command line over system properties over the environment over the file over the default', () => {
    const all = { cli: { 'http-port': '1' }, system: { 'kc.http-port': '2' }, env: { KC_HTTP_PORT: '3' }, file: { 'http-port': '4' } };
    expect(resolve(all).get('http-port')).toBe(1);
    expect(resolve({ ...all, cli: {} }).get('http-port')).toBe(2);
    expect(resolve({ env: all.env, file: all.file }).get('http-port')).toBe(3);
    expect(resolve({ file: all.file }).get('http-port')).toBe(4);
    expect(resolve({}).get('http-port')).toBe(8080);
  });

  it('types values by their declaration', () => {
    const configuration = resolve({
      cli: { 'https-protocols': 'TLSv1.3', 'shutdown-delay': '500ms', 'health-enabled': 'true', 'cache-embedded-users-max-count': '-5' },
    });
    expect(configuration.get('https-protocols')).toEqual(['TLSv1.3']);
    expect(configuration.get('shutdown-delay')).toBe(500);
    expect(configuration.get('health-enabled')).toBe(true);
    expect(configuration.get('cache-embedded-users-max-count')).toBe(-5);
    expect(configuration.get('hostname')).toBeUndefined();
  });

  it('has other defaults in development than in production', () => {
    const production = resolve({ mode: 'production', cli: { db: 'postgres', 'http-enabled': 'true' } });
    expect([production.get('cache'), production.get('hostname-strict'), production.get('http-host')]).toEqual(['ispn', true, '0.0.0.0']);
    const development = resolve({});
    expect([development.get('cache'), development.get('http-enabled'), development.get('hostname-strict'), development.get('db')]).toEqual([
      'local',
      true,
      false,
      'dev-file',
    ]);
  });

  it('takes a database URL for the choice of PostgreSQL', () =>
    expect(resolve({ env: { KC_DB_URL: 'jdbc:postgresql://h/d' } }).get('db')).toBe('postgres'));

  it('knows SPI options in both spellings, and an option by its SPI name', () => {
    expect(resolve({ env: { KC_SPI_CACHE_EMBEDDED__DEFAULT__NODE_NAME: 'n1' } }).get('spi-cache-embedded--default--node-name')).toBe('n1');
    expect(resolve({ cli: { 'spi-cache-embedded-default-node-name': 'n2' } }).get('spi-cache-embedded--default--node-name')).toBe('n2');
    expect(resolve({ cli: { cache: 'ispn', 'spi-cache-embedded--default--stack': 'tcp' } }).get('cache-stack')).toBe('tcp');
    expect(resolve({ cli: { 'spi-foo--bar--baz': '1' } }).spi('spi-foo--bar--baz')).toBe('1');
  });

  it('reads log levels by category from every source', () => {
    const levels = resolve({ cli: { 'log-level-org.keycloak': 'DEBUG' }, env: { KC_LOG_LEVEL_ORG_INFINISPAN: 'warn' } }).categoryLevels;
    expect(Object.fromEntries(levels)).toEqual({ 'org.keycloak': 'debug', 'org.infinispan': 'warn' });
  });

  it('lets a system property of the transport fill a gap, and warns where an option stands against it', () => {
    const system = { 'jgroups.bind.port': '7900' };
    expect(resolve({ cli: { cache: 'ispn' }, system }).get('cache-embedded-network-bind-port')).toBe(7900);
    const both = resolve({ cli: { cache: 'ispn', 'cache-embedded-network-bind-port': '7801' }, system });
    expect(both.get('cache-embedded-network-bind-port')).toBe(7801);
    expect(both.warnings).toContain(
      "Conflicting system property 'jgroups.bind.port' and CLI arg 'cache-embedded-network-bind-port' set, utilising CLI value '7801'",
    );
  });
});

describe('values that are refused', () => {
  it.each<[string, Given, string]>([
    [
      'an unknown choice',
      { cli: { cache: 'infinispan' } },
      "Invalid value for option '--cache': infinispan. Expected values are: ispn, local",
    ],
    ['an empty choice', { cli: { cache: '' } }, "Invalid value for option '--cache': . Expected values are: ispn, local"],
    [
      'a boolean',
      { cli: { 'http-enabled': 'maybe' } },
      "Invalid value for option '--http-enabled': maybe. Expected values are: true, false",
    ],
    ['a number', { cli: { 'http-port': 'abc' } }, 'Invalid value for option \'--http-port\': Expected an integer value, got "abc"'],
    [
      'a number of the environment',
      { env: { KC_HTTP_PORT: 'abc' } },
      'Invalid value for option \'KC_HTTP_PORT\': Expected an integer value, got "abc"',
    ],
    [
      'a number of the file',
      { file: { 'http-port': 'x' } },
      'Invalid value for option \'kc.http-port\' in keycloak.conf: Expected an integer value, got "x"',
    ],
    [
      'a port out of range',
      { cli: { 'http-port': '70000' } },
      'Invalid value for option \'--http-port\': Expected at most 65535, got "70000"',
    ],
    ['an empty value', { cli: { 'http-port': '' } }, "Invalid empty value for option '--http-port'"],
    [
      'an empty value of the environment',
      { env: { KC_HTTP_ENABLED: '' } },
      "Invalid value for option 'KC_HTTP_ENABLED': . Expected values are: true, false",
    ],
    ['a duration', { cli: { 'shutdown-delay': 'abc' } }, "Invalid duration format 'abc'. May be an ISO 8601 duration value"],
    ['a log level', { cli: { 'log-level-x': 'loud' } }, 'Expected values are (case insensitive): off, fatal, error'],
    ['a feature', { cli: { features: 'nonsense' } }, "'nonsense' is an unrecognized feature"],
    ['a relative path', { cli: { 'http-relative-path': 'auth' } }, "The path must start with '/'"],
    [
      'a key store alone',
      { cli: { cache: 'ispn', 'cache-embedded-mtls-key-store-file': '/k' } },
      "The option 'cache-embedded-mtls-key-store-file' requires 'cache-embedded-mtls-key-store-password' to be enabled.",
    ],
    [
      'a password alone',
      { cli: { cache: 'ispn', 'cache-embedded-mtls-trust-store-password': 'x' } },
      "The option 'cache-embedded-mtls-trust-store-password' requires 'cache-embedded-mtls-trust-store-file' to be enabled.",
    ],
    [
      'a rotation of nothing',
      { cli: { cache: 'ispn', 'cache-embedded-mtls-rotation-interval-days': '0' } },
      "JGroups MTLS certificate rotation in 'cache-embedded-mtls-rotation-interval-days' option must positive.",
    ],
    [
      'a remote host without the feature',
      { cli: { 'cache-remote-host': 'h' } },
      "cache-remote-host available only when feature 'multi-site' or 'clusterless' is set",
    ],
    [
      'the feature without the host',
      { cli: { features: 'multi-site' } },
      "The following options are required: \n\t- cache-remote-host: Required when feature 'multi-site' or 'clusterless' is set.",
    ],
    [
      'a remote user without password',
      { cli: { features: 'multi-site', 'cache-remote-host': 'h', 'cache-remote-username': 'u' } },
      "The option 'cache-remote-password' is required when 'cache-remote-username' is set.",
    ],
    ['a missing cache file', { cli: { 'cache-config-file': 'x.xml' } }, "Cache config file 'x.xml' does not exist in the conf directory"],
    ['a missing absolute cache file', { cli: { 'cache-config-file': '/abs/x.xml' } }, "Cache config file '/abs/x.xml' does not exist"],
    [
      'trusted addresses without headers',
      { cli: { 'proxy-trusted-addresses': '10.0.0.1' } },
      'proxy-trusted-addresses available only when proxy-headers is set',
    ],
    [
      'two kinds of proxy',
      { cli: { 'proxy-headers': 'xforwarded', 'proxy-protocol-enabled': 'true' } },
      'proxy protocol cannot be enabled when using the `proxy-headers` option',
    ],
    [
      'an administrator without password',
      { cli: { 'bootstrap-admin-username': 'a' } },
      'bootstrap-admin-username available only when bootstrap admin password is set',
    ],
    ['half a certificate', { cli: { 'https-certificate-file': '/c.pem' } }, 'go together'],
    ['production without database', { mode: 'production', cli: { 'http-enabled': 'true' } }, 'No database is configured.'],
    ['production without key', { mode: 'production', cli: { db: 'postgres' } }, 'No key material for HTTPS is configured.'],
  ])('%s', (_what, given, message) => expect(refusal(given)).toContain(message));

  it('finds a relative cache file in conf/', () =>
    expect(refusal({ cli: { 'cache-config-file': 'x.xml' }, files: ['/srv/keygrid/conf/x.xml'] })).toBe('accepted'));
});

describe('options that are not available', () => {
  it.each([
    [{ cache: 'local', 'cache-stack': 'tcp' }, "'--cache-stack'. Available only when 'cache' type is set to 'ispn'"],
    [
      { cache: 'local', 'cache-embedded-network-bind-port': '7800' },
      "'--cache-embedded-network-bind-port'. Available only when Infinispan clustered embedded is enabled",
    ],
    [{ cache: 'ispn', 'cache-stack': 'udp', 'cache-embedded-mtls-enabled': 'true' }, 'Available only when a TCP based cache-stack is used'],
    [
      { cache: 'ispn', 'cache-embedded-mtls-enabled': 'false', 'cache-embedded-mtls-rotation-interval-days': '3' },
      "Available only when property 'cache-embedded-mtls-enabled' is enabled",
    ],
    [{ 'cache-remote-port': '1' }, 'Available only when remote host is set'],
    [{ 'cache-metrics-histograms-enabled': 'true' }, 'Available only when metrics are enabled'],
  ])('refuses %j on the command line', (cli, words) => {
    const text = refusal({ cli });
    expect(text).toContain('Disabled option: ');
    expect(text).toContain(words);
    expect(text).toContain("Try 'keygrid start --help' for more information on the available options.");
    expect(text).toContain("Specify '--help-all' to obtain information on all options and their availability.");
  });

  it('only reports them from the environment, and goes on without them', () => {
    const configuration = resolve({ env: { KC_CACHE: 'local', KC_CACHE_STACK: 'tcp' } });
    expect(configuration.get('cache-stack')).toBeUndefined();
    expect(configuration.warnings.join('\n')).toContain("- cache-stack: Available only when 'cache' type is set to 'ispn'");
  });

  it('does not take the session bounds away with cache=local', () => {
    expect(resolve({ cli: { cache: 'local', 'cache-embedded-sessions-max-count': '5' } }).get('cache-embedded-sessions-max-count')).toBe(5);
  });
});

describe('warnings', () => {
  it('names deprecated values', () => {
    const [warning] = resolve({ cli: { cache: 'ispn', 'cache-stack': 'tcp' } }).warnings;
    expect(warning).toContain('DEPRECATED');
    expect(warning).toContain("- cache-stack=tcp: Use 'jdbc-ping' instead by leaving it unset.");
  });

  it('names options that have no effect here', () =>
    expect(resolve({ cli: { 'db-driver': 'x' } }).warnings.join()).toContain('- db-driver: '));

  it('names features that this server does not have', () => {
    expect(resolve({ cli: { features: 'scim-api,multi-site', 'cache-remote-host': 'h' } }).warnings.join()).toContain(
      'do not exist in this server: scim-api',
    );
  });

  it('names options that stand twice on the command line', () => {
    const twice = [fromCommandLine('http-port', '1'), fromCommandLine('http-port', '2')];
    const configuration = resolveConfiguration({
      invocation: { program: 'keygrid', command: 'start' },
      mode: 'development',
      known,
      commandLine: twice,
      systemProperties: new Map(),
      environment: {},
      homeDirectory: '/',
      fileExists: () => false,
      demands: true,
    });
    expect(configuration.warnings).toContain('WARNING: Duplicated options present in CLI: --http-port');
    expect(configuration.get('http-port')).toBe(2);
  });
});
