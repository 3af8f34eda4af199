/** One command line of `start` that must be refused before anything starts. */
export interface RefusedCase {
  readonly options: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const refused = (...options: readonly string[]): RefusedCase => ({ options });

const otherBounds = ['authorization', 'crl', 'keys', 'realms', 'client-sessions', 'offline-sessions', 'offline-client-sessions'];
const mtls = 'cache-embedded-mtls';
const network = 'cache-embedded-network';

/** Every option of the caches: wrong, empty, without a value, against another one, and where its condition does not hold. */
export const refusedCases: readonly RefusedCase[] = [
  refused('--cache=infinispan'),
  refused('--cache=local', '--cache-stack=tcp'),
  refused('--cache-stack=udp', `--${mtls}-enabled=true`),
  refused(`--${mtls}-enabled=false`, `--${mtls}-key-store-file=x.p12`),
  refused(`--${mtls}-key-store-file=x.p12`),
  refused(`--${mtls}-trust-store-password=x`),
  refused(`--${mtls}-rotation-interval-days=0`),
  refused(`--${mtls}-rotation-interval-days=many`),
  refused('--cache=local', `--${network}-bind-address=127.0.0.1`),
  refused(`--${network}-bind-port=many`),
  refused(`--${network}-external-port=many`),
  refused('--cache-config-file=none.xml'),
  refused('--cache-config-file=/none/none.xml'),
  refused('--cache-config-mutate=maybe'),
  refused('--cache-embedded-users-max-count=many'),
  refused('--cache-embedded-sessions-max-count='),
  refused('--cache-embedded-action-tokens-max-count=5'),
  refused('--cache-embedded-node-name=n'),
  refused('--cache-remote-host=h'),
  refused('--cache-remote-port=11222'),
  refused('--cache-remote-password=p'),
  refused('--cache-stack='),
  { options: [], env: { KC_CACHE: 'remote' } },
  { options: [], env: { KC_CACHE_EMBEDDED_USERS_MAX_COUNT: 'many' } },
  refused('--cache-embedded-users-max-count'),
  refused(`--${mtls}-enabled=maybe`),
  refused('--cache=local', `--${mtls}-enabled=true`),
  refused(`--${mtls}-key-store-password=x`),
  refused(`--${mtls}-trust-store-file=x.p12`),
  refused('--cache-stack=udp', `--${mtls}-rotation-interval-days=5`),
  refused('--cache=local', `--${network}-external-address=h`),
  refused('--cache-remote-tls-enabled=true'),
  refused('--cache-remote-username=u'),
  refused('--cache-remote-backup-sites=a,b'),
  ...otherBounds.map((cache) => refused(`--cache-embedded-${cache}-max-count=many`)),
  ...['bind-port', 'external-port'].map((port) => refused('--cache=local', `--${network}-${port}=7900`)),
  refused('--cache-stack=udp', `--${mtls}-key-store-password=x`),
  refused(`--${mtls}-enabled=false`, `--${mtls}-trust-store-file=x.p12`),
  refused(`--${mtls}-enabled=false`, `--${mtls}-trust-store-password=x`),
  refused(`--${mtls}-enabled=false`, `--${mtls}-rotation-interval-days=5`),
  refused('--cache-stak=tcp'),
  refused('--cache'),
];

/** A short name of a case, its key in the recording. */
export function nameOf({ options, env = {} }: RefusedCase): string {
  return [...Object.entries(env).map(([name, value]) => `${name}=${value}`), ...options].join(' ') || '(none)';
}
