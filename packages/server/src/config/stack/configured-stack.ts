import { join, resolve } from 'node:path';
import type { CacheFile } from '../cache-file/cache-file.ts';
import { configuredCacheFile, propertyLookup, type Surroundings } from '../cache-file/configured-cache-file.ts';
import { stackOf } from '../cache-file/stack-of.ts';
import type { Configuration } from '../configuration.ts';
import { ConfigurationError } from '../configuration-error.ts';
import { defaultKeyStore, defaultTrustStore } from '../rules.ts';
import { defaultStack } from './built-in-stacks.ts';
import { resolveStack } from './resolve-stack.ts';
import type { StackSettings, StackTls } from './stack-settings.ts';

/**
 * How the nodes of `cache=ispn` find and reach each other: `cache-stack`, else what the file says, else jdbc-ping.
 * @throws ConfigurationError, for which a start ends with 1 as in the original.
 */
export function configuredStack(
  configuration: Configuration,
  surroundings: Surroundings,
  file: CacheFile = configuredCacheFile(configuration, surroundings),
): StackSettings {
  const name = configuration.get('cache-stack') ?? file.transport.stack ?? defaultStack;
  return resolveStack({
    name,
    protocols: stackOf(name, file),
    lookup: propertyLookup(configuration, surroundings.environment),
    properties: configuration.systemProperties,
    options: {
      bindAddress: configuration.get('cache-embedded-network-bind-address'),
      bindPort: configuration.get('cache-embedded-network-bind-port'),
      externalAddress: configuration.get('cache-embedded-network-external-address'),
      externalPort: configuration.get('cache-embedded-network-external-port'),
    },
    tls: configuredTls(configuration, surroundings),
  });
}

/** Key and trust store of the options or of conf/, else the certificates that the members make themselves. */
function configuredTls(configuration: Configuration, { fileExists }: Surroundings): StackTls {
  // With a stack over UDP the mtls options are not available, so that this keeps its default: traffic is encrypted always.
  if (!configuration.get('cache-embedded-mtls-enabled')) return { kind: 'off' };
  const conf = join(configuration.homeDirectory, 'conf');
  const path = (option: string | undefined, standard: string): string | undefined => {
    if (option !== undefined) return resolve(option);
    return fileExists(join(conf, standard)) ? join(conf, standard) : undefined;
  };
  const keyStore = path(configuration.get('cache-embedded-mtls-key-store-file'), defaultKeyStore);
  const trustStore = path(configuration.get('cache-embedded-mtls-trust-store-file'), defaultTrustStore);
  const keyPassword = configuration.get('cache-embedded-mtls-key-store-password');
  const trustPassword = configuration.get('cache-embedded-mtls-trust-store-password');
  if (keyStore === undefined && trustStore === undefined)
    return { kind: 'shared', rotationIntervalDays: configuration.get('cache-embedded-mtls-rotation-interval-days') };
  const needed = [
    ['cache-embedded-mtls-key-store-file', keyStore],
    ['cache-embedded-mtls-key-store-password', keyPassword],
    ['cache-embedded-mtls-trust-store-file', trustStore],
    ['cache-embedded-mtls-trust-store-password', trustPassword],
  ] as const;
  const missing = needed.find(([, value]) => value === undefined);
  if (missing !== undefined) {
    throw new ConfigurationError(
      `Property '${missing[0]}' required but not specified: a key store and a trust store of your own go together, each with its password.`,
    );
  }
  return {
    kind: 'stores',
    keyStore: { path: keyStore ?? '', password: keyPassword ?? '' },
    trustStore: { path: trustStore ?? '', password: trustPassword ?? '' },
  };
}
