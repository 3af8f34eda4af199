import {
  type CacheConfiguration,
  type CacheOptionsGiven,
  configureCaches,
  maxCountOption,
  maxOwners,
  ownersOption,
} from '../cache/cache-configuration.ts';
import { type CacheName, cacheNames, caches, clusteredCacheNames, type LegacyOwnersVariable, legacyOwners } from '../cache/cache-names.ts';
import { type CacheFile, emptyCacheFile } from '../config/cache-file/cache-file.ts';
import type { Configuration } from '../config/configuration.ts';
import { ConfigurationError } from '../config/configuration-error.ts';
import { memberNames } from '../config/member-names.ts';
import type { OptionName } from '../config/options/index.ts';
import { type RemoteCaches, remoteCaches } from '../config/remote-caches.ts';
import { liveLifespanMs } from './slot-cache.ts';

export interface StateSettings {
  readonly caches: CacheConfiguration;
  /** Feature persistent-user-sessions: online sessions stand in the database. False: on the grid alone. */
  readonly persistentUserSessions: boolean;
  /** Feature stateless: the nodes share the database and nothing else. */
  readonly stateless: boolean;
  /** Features multi-site and clusterless: the external caches. */
  readonly remote?: RemoteCaches | undefined;
  /** Option cache=local: one node, everything in its memory. */
  readonly local: boolean;
  /** Value of `cluster_name` in table JGROUPS_PING; Keycloak's default is ISPN. */
  readonly clusterName: string;
  /** Option `spi-sticky-session-encoder--infinispan--should-attach-route`. */
  readonly attachRoute: boolean;
  /** Option `spi-authentication-sessions--infinispan--auth-sessions-limit`. */
  readonly maxTabs?: number | undefined;
  /** Option `spi-single-use-object--infinispan--persist-revoked-tokens`. */
  readonly persistRevokedTokens: boolean;
  /** Options `offline-session-cache-entry-lifespan-override` and the same of client sessions; absent where they are not used. */
  readonly offlineSessionCopyMs?: number | undefined;
  readonly offlineClientSessionCopyMs?: number | undefined;
}

/**
 * Reads the options of the state floor and the cache configuration file; `environment` for the variables of old container images. Throws where they
 * cannot be used.
 */
export function stateSettings(
  configuration: Configuration,
  environment: Readonly<Record<string, string | undefined>>,
  file: CacheFile = emptyCacheFile,
): StateSettings {
  const persistentUserSessions = configuration.featureEnabled('persistent-user-sessions');
  const stateless = configuration.featureEnabled('stateless');
  refuseWithStateless(configuration, persistentUserSessions);
  refuseWithMultiSite(configuration, persistentUserSessions);
  const remote = remoteCaches(configuration);
  const local = configuration.get('cache') === 'local' && remote === undefined;
  const table = configureCaches({
    mode: local || stateless || remote !== undefined ? 'local' : 'ispn',
    persistentUserSessions,
    stateless,
    ...givenOptions(configuration),
    legacyOwners: legacyValues(environment),
    file: file.caches,
  });
  const [first, ...others] = table.errors;
  if (first !== undefined) throw new ConfigurationError(first, others);
  return {
    caches: table,
    persistentUserSessions,
    stateless,
    remote,
    local,
    clusterName: memberNames(configuration, file).clusterName,
    attachRoute: configuration.get('spi-sticky-session-encoder--infinispan--should-attach-route') ?? true,
    maxTabs: configuration.get('spi-authentication-sessions--infinispan--auth-sessions-limit'),
    persistRevokedTokens: configuration.get('spi-single-use-object--infinispan--persist-revoked-tokens') ?? true,
    offlineSessionCopyMs: overrideMs(configuration.get('spi-user-sessions--infinispan--offline-session-cache-entry-lifespan-override')),
    offlineClientSessionCopyMs: overrideMs(
      configuration.get('spi-user-sessions--infinispan--offline-client-session-cache-entry-lifespan-override'),
    ),
  };
}

/** Seconds of an override in milliseconds; anything below one is none. A copy never stays longer than the protocol allows. */
function overrideMs(seconds: number | undefined): number | undefined {
  return seconds === undefined || seconds < 1 ? undefined : Math.min(seconds * 1_000, liveLifespanMs);
}

/** What contradicts the feature `stateless`. */
function refuseWithStateless(configuration: Configuration, persistentUserSessions: boolean): void {
  if (!configuration.featureEnabled('stateless')) return;
  if (!persistentUserSessions) {
    throw new ConfigurationError(
      "Feature 'stateless' keeps sessions in the database, so that feature 'persistent-user-sessions' cannot be disabled with it. Enable the one or leave out the other.",
    );
  }
  for (const other of ['multi-site', 'clusterless']) {
    if (!configuration.featureEnabled(other)) continue;
    throw new ConfigurationError(
      `Features 'stateless' and '${other}' are both enabled: the first keeps state in the database, the second on an external Infinispan. Enable one of them.`,
    );
  }
}

/** What contradicts the feature `multi-site`. */
function refuseWithMultiSite(configuration: Configuration, persistentUserSessions: boolean): void {
  if (!configuration.featureEnabled('multi-site') || persistentUserSessions) return;
  throw new ConfigurationError(
    "Feature 'multi-site' keeps sessions in the database that the sites share, so that feature 'persistent-user-sessions' cannot be disabled with it. Use feature 'clusterless' to keep them on the external caches.",
  );
}

function givenOptions(configuration: Configuration): Pick<CacheOptionsGiven, 'maxCounts' | 'owners' | 'lifespansSeconds'> {
  const number = (option: string): number | undefined => {
    const value: unknown = configuration.get(option as OptionName);
    return typeof value === 'number' ? value : undefined;
  };
  const values = (names: readonly CacheName[], optionOf: (name: CacheName) => string) => {
    const found: Partial<Record<CacheName, number>> = {};
    for (const name of names) {
      const value = number(optionOf(name));
      if (value !== undefined) found[name] = value;
    }
    return found;
  };
  const undeclared = undeclaredOptions(configuration);
  const lifespansMs = values(
    cacheNames.filter((name) => 'lifespanOption' in caches[name]),
    (name) => `spi-cache-embedded--default--${name}-lifespan`,
  );
  return {
    maxCounts: {
      ...undeclared('max-count'),
      ...values(
        cacheNames.filter((name) => caches[name].boundable),
        maxCountOption,
      ),
    },
    owners: { ...undeclared('owners'), ...values(clusteredCacheNames, ownersOption) },
    lifespansSeconds: {
      ...undeclared('lifespan'),
      ...Object.fromEntries(Object.entries(lifespansMs).map(([name, ms]) => [name, Math.ceil(ms / 1000)])),
    },
  };
}

/** Settings of caches that have no such option, or do not exist: whoever sets them must hear of it, since any other SPI option is ignored. */
function undeclaredOptions(configuration: Configuration): (setting: string) => Record<string, number> {
  const form = /^spi-cache-embedded--default--([a-z-]+)-(owners|max-count|lifespan)$/;
  const found = configuration.undeclaredSpi.flatMap((option) => {
    const [, cache, setting] = form.exec(option) ?? [];
    if (cache === undefined || setting === undefined) return [];
    const name = cache.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    return [{ setting, name, value: Number(configuration.spi(option)) }];
  });
  return (setting) => Object.fromEntries(found.filter((one) => one.setting === setting).map(({ name, value }) => [name, value]));
}

function legacyValues(environment: Readonly<Record<string, string | undefined>>): Partial<Record<LegacyOwnersVariable, number>> {
  const found: Partial<Record<LegacyOwnersVariable, number>> = {};
  for (const variable of Object.keys(legacyOwners) as LegacyOwnersVariable[]) {
    const text = environment[variable];
    if (text === undefined || text === '') continue;
    if (!/^\s*[+-]?\d+(?:\.\d+)?\s*$/.test(text))
      throw new ConfigurationError(
        `Invalid value for option '${variable}': Expected an integer value, got "${text}". A cache can have 1 to ${maxOwners} owners; unset the variable for the default.`,
      );
    found[variable] = Number(text);
  }
  return found;
}
