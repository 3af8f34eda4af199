import { type Check, expectMatch, expectTrue, type Feature } from '../check.ts';

/** Options whose values come back from show-config, whatever they were set by. */
const settings: readonly (readonly [Feature, string, string])[] = [
  ['transport stacks', 'cache-stack', 'tcp'],
  ['bounds of caches', 'cache-embedded-users-max-count', '77'],
  ['bounds of caches', 'cache-embedded-realms-max-count', '78'],
  ['bounds of caches', 'cache-embedded-sessions-max-count', '79'],
  ['network addresses', 'cache-embedded-network-bind-address', 'LOOPBACK'],
  ['network addresses', 'cache-embedded-network-bind-port', '7801'],
  ['network addresses', 'cache-embedded-network-external-address', '198.51.100.7'],
  ['transport security (mTLS)', 'cache-embedded-mtls-enabled', 'false'],
  ['transport security (mTLS)', 'cache-embedded-mtls-rotation-interval-days', '11'],
  ['metrics', 'cache-metrics-histograms-enabled', 'true'],
  ['cache configuration file', 'cache-config-mutate', 'true'],
];
/** The same through the options of the provider. */
const providerSettings: readonly (readonly [Feature, string, string])[] = [
  ['topology and names', 'spi-cache-embedded--default--site-name', 'site-7'],
  ['topology and names', 'spi-cache-embedded--default--node-name', 'node-7'],
  ['owners of caches', 'spi-cache-embedded--default--login-failures-owners', '3'],
];

const variable = (option: string): string => `KC_${option.toUpperCase().replaceAll('-', '_')}`;

const byEnvironment: readonly Check[] = [...settings, ...providerSettings].map(([feature, option, value]) => ({
  feature,
  way: 'environment',
  name: `${variable(option)} sets ${option}, and show-config says so`,
  on: 'product',
  run: async (product) => {
    const { output } = await product.command(['show-config'], { env: { [variable(option)]: value } });
    expectMatch(output, new RegExp(`kc\\.${option} =  ${value.replaceAll('.', '\\.')} \\(ENV\\)`), 'show-config');
  },
}));

const byFile: readonly Check[] = settings.map(([feature, option, value]) => ({
  feature,
  way: 'configuration file',
  name: `${option} in keycloak.conf is read, and show-config names the file`,
  on: 'product',
  run: async (product) => {
    const { output } = await product.command(['--config-file={folder}/my.conf', 'show-config'], {
      files: { 'my.conf': `${option}=${value}\n` },
    });
    expectMatch(output, new RegExp(`kc\\.${option} =  ${value.replaceAll('.', '\\.')} \\((?:my|keycloak)\\.conf\\)`), 'show-config');
  },
}));

const wrong: readonly Check[] = [
  {
    feature: 'bounds of caches',
    way: 'environment',
    name: 'a wrong bound in the environment is refused by the name of the variable',
    on: 'product',
    run: async (product) => {
      const { code, output } = await product.command(['start', '--optimized'], { env: { KC_CACHE_EMBEDDED_USERS_MAX_COUNT: 'abc' } });
      expectTrue(code === 2, 'exit code 2', code);
      expectMatch(output, /option 'KC_CACHE_EMBEDDED_USERS_MAX_COUNT'.*abc/, 'output');
    },
  },
  {
    feature: 'bounds of caches',
    way: 'configuration file',
    name: 'a wrong bound in the configuration file is refused by the name of the key and the file',
    on: 'product',
    run: async (product) => {
      const { code, output } = await product.command(['--config-file={folder}/my.conf', 'start', '--optimized'], {
        files: { 'my.conf': 'cache-embedded-users-max-count=abc\n' },
      });
      expectTrue(code === 2, 'exit code 2', code);
      expectMatch(output, /option 'kc\.cache-embedded-users-max-count' in (?:my|keycloak)\.conf.*abc/, 'output');
    },
  },
  {
    feature: 'transport security (mTLS)',
    way: 'command line',
    name: 'a key store that is not there stops the start with its name',
    on: 'product',
    run: async (product) => {
      const { code, output } = await product.command([
        'start',
        '--optimized',
        '--http-enabled=true',
        '--hostname-strict=false',
        '--cache-embedded-mtls-key-store-file={folder}/none.p12',
        '--cache-embedded-mtls-key-store-password=p',
        '--cache-embedded-mtls-trust-store-file={folder}/none.p12',
        '--cache-embedded-mtls-trust-store-password=p',
      ]);
      expectTrue(code === 1 || code === 2, 'exit code 1 or 2', code);
      expectMatch(output, /cache-embedded-mtls-key-store-file/, 'output');
      expectMatch(output, /none\.p12' does not exist/, 'output');
    },
  },
  {
    feature: 'transport security (mTLS)',
    way: 'environment',
    name: 'show-config masks the password of a key store',
    on: 'product',
    run: async (product) => {
      const { output } = await product.command(['show-config'], {
        env: { KC_CACHE_EMBEDDED_MTLS_KEY_STORE_PASSWORD: 'very-secret', KC_CACHE_EMBEDDED_MTLS_KEY_STORE_FILE: '{folder}/a.p12' },
      });
      expectMatch(output, /kc\.cache-embedded-mtls-key-store-password = {2}\*{7}/, 'show-config');
      expectTrue(!output.includes('very-secret'), 'the password is not printed', 'the password');
    },
  },
  {
    feature: 'rolling update and tools',
    way: 'command line',
    name: 'update-compatibility check of a file that is not there ends with 2',
    on: 'product',
    run: async (product) => {
      const { code } = await product.command(['update-compatibility', 'check', '--optimized', '--file={folder}/none.json']);
      expectTrue(code === 2 || code === 1, 'exit code', code);
    },
  },
];

export const configurationChecks: readonly Check[] = [...byEnvironment, ...byFile, ...wrong];
