import {
  type CacheConfiguration,
  type CacheOptionsGiven,
  configureCaches,
  maxCountOption,
  ownersOption,
} from '../cache/cache-configuration.ts';
import { type CacheName, cacheNames, caches, clusteredCacheNames, type LegacyOwnersVariable, legacyOwners } from '../cache/cache-names.ts';
import type { Configuration } from '../config/configuration.ts';
import { ConfigurationError } from '../config/configuration-error.ts';
import type { OptionName } from '../config/options/index.ts';

export interface StateSettings {
  readonly caches: CacheConfiguration;
  /** Feature persistent-user-sessions: online sessions stand in the database. False: on the grid alone. */
  readonly persistentUserSessions: boolean;
  /** Value of `cluster_name` in table JGROUPS_PING; Keycloak's default is ISPN. */
  readonly clusterName: string;
  /** Option `spi-sticky-session-encoder--infinispan--should-attach-route`. */
  readonly attachRoute: boolean;
  /** Option `spi-authentication-sessions--infinispan--auth-sessions-limit`. */
  readonly maxTabs?: number | undefined;
  /** Option `spi-single-use-object--infinispan--persist-revoked-tokens`. */
  readonly persistRevokedTokens: boolean;
}

/** Reads the options of the state floor; `environment` for the variables of old container images. Throws where they cannot be used. */
export function stateSettings(configuration: Configuration, environment: Readonly<Record<string, string | undefined>>): StateSettings {
  const persistentUserSessions = configuration.featureEnabled('persistent-user-sessions');
  const table = configureCaches({
    mode: configuration.get('cache') === 'local' ? 'local' : 'ispn',
    persistentUserSessions,
    ...givenOptions(configuration),
    legacyOwners: legacyValues(environment),
  });
  const [first, ...others] = table.errors;
  if (first !== undefined) throw new ConfigurationError(first, others);
  return {
    caches: table,
    persistentUserSessions,
    clusterName: configuration.get('spi-cache-embedded--default--cluster-name') ?? 'ISPN',
    attachRoute: configuration.get('spi-sticky-session-encoder--infinispan--should-attach-route') ?? true,
    maxTabs: configuration.get('spi-authentication-sessions--infinispan--auth-sessions-limit'),
    persistRevokedTokens: configuration.get('spi-single-use-object--infinispan--persist-revoked-tokens') ?? true,
  };
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
  const lifespansMs = values(
    cacheNames.filter((name) => 'lifespanOption' in caches[name]),
    (name) => `spi-cache-embedded--default--${name}-lifespan`,
  );
  return {
    maxCounts: values(
      cacheNames.filter((name) => caches[name].boundable),
      maxCountOption,
    ),
    owners: values(clusteredCacheNames, ownersOption),
    lifespansSeconds: Object.fromEntries(Object.entries(lifespansMs).map(([name, ms]) => [name, Math.ceil(ms / 1000)])),
  };
}

function legacyValues(environment: Readonly<Record<string, string | undefined>>): Partial<Record<LegacyOwnersVariable, number>> {
  const found: Partial<Record<LegacyOwnersVariable, number>> = {};
  for (const variable of Object.keys(legacyOwners) as LegacyOwnersVariable[]) {
    const text = environment[variable];
    if (text !== undefined && text !== '') found[variable] = Number(text);
  }
  return found;
}
