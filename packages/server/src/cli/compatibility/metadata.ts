import { createHash } from 'node:crypto';
import type { configureCaches } from '../../cache/cache-configuration.ts';
import type { CacheFile } from '../../config/cache-file/cache-file.ts';
import type { Configuration } from '../../config/configuration.ts';
import { features } from '../../config/features.ts';
import type { OptionName } from '../../config/options/index.ts';
import { updatePolicy } from './update-policy.ts';

/** What decides whether two configurations may run beside each other: section -> attribute -> value, as the original lays it out. */
export type Metadata = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface MetadataInput {
  readonly configuration: Configuration;
  readonly version: string;
  /** Of the frames between members. */
  readonly protocolVersion: number;
  readonly file: CacheFile;
  /** The bytes of the cache configuration file; undefined where there is none. */
  readonly fileText: string | undefined;
  /** Effective owners of the caches that keep the only copy, and more of what the caches are. */
  readonly caches: ReturnType<typeof configureCaches>['caches'];
}

function set(configuration: Configuration, names: Readonly<Record<string, OptionName>>): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [attribute, name] of Object.entries(names)) {
    const value: unknown = configuration.isSet(name) ? configuration.get(name) : undefined;
    if (value !== undefined) found[attribute] = String(value);
  }
  return found;
}

/** The metadata of a configuration; no secrets. */
export function collectMetadata({ configuration, version, protocolVersion, file, fileText, caches }: MetadataInput): Metadata {
  const clustered = configuration.get('cache') === 'ispn';
  const owners = (name: 'actionTokens' | 'loginFailures' | 'authenticationSessions'): string => String(caches[name].owners ?? 'all');
  const stack = configuration.get('cache-stack') ?? file.transport.stack;
  const cluster = {
    protocolVersion: String(protocolVersion),
    actionTokensOwners: owners('actionTokens'),
    loginFailuresOwners: owners('loginFailures'),
    authenticationSessionsOwners: owners('authenticationSessions'),
    ...(stack === undefined ? {} : { stack }),
    ...(fileText === undefined ? {} : { configFile: createHash('sha256').update(fileText).digest('base64') }),
  };
  return {
    keycloak: { version },
    database: {
      db: configuration.get('db') ?? '',
      ...set(configuration, { schema: 'db-schema', host: 'db-url-host', port: 'db-url-port', database: 'db-url-database' }),
    },
    cacheEmbedded: clustered ? cluster : {},
    cacheRemote: set(configuration, { host: 'cache-remote-host', port: 'cache-remote-port' }),
    jgroupsMtls: clustered ? { enabled: String(configuration.get('cache-embedded-mtls-enabled')) } : {},
    'feature-compatibility': Object.fromEntries(
      Object.entries(features).map(([name, { versions }]) => {
        const enabled = configuration.features.get(name);
        return [
          name,
          JSON.stringify({ enabled: enabled !== undefined, version: enabled ?? versions[0] ?? 1, updatePolicy: updatePolicy(name) }),
        ];
      }),
    ),
  };
}
