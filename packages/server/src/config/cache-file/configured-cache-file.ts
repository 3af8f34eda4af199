import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import type { Configuration } from '../configuration.ts';
import type { PropertyLookup } from '../stack/expand.ts';
import { type CacheFile, emptyCacheFile } from './cache-file.ts';
import { parseCacheFile } from './parse-cache-file.ts';

/** What the outside says beside the options. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly fileExists: (path: string) => boolean;
  /** The text of a file; undefined where there is none. */
  readonly readFile: (path: string) => string | undefined;
}

const STANDARD_FILE = 'cache-ispn.xml';

/** What `${name}` means in the file and in stacks: -D properties, `env.NAME`, and the home directory. */
export function propertyLookup(configuration: Configuration, environment: Surroundings['environment']): PropertyLookup {
  return (name) => {
    if (name.startsWith('env.')) return environment[name.slice(4)];
    return configuration.systemProperty(name) ?? (name === 'kc.home.dir' ? configuration.homeDirectory : undefined);
  };
}

/** Path of the cache configuration file: `cache-config-file` (a relative path starts in conf/), else conf/cache-ispn.xml; undefined for cache=local without one. */
export function cacheFilePath(configuration: Configuration): string | undefined {
  const conf = join(configuration.homeDirectory, 'conf');
  const asked = configuration.get('cache-config-file');
  if (asked !== undefined) return isAbsolute(asked) ? asked : join(conf, asked);
  return configuration.get('cache') === 'local' ? undefined : join(conf, STANDARD_FILE);
}

/**
 * What the cache configuration file says; nothing where there is none.
 * @throws ConfigurationError with the line; a start ends with 1 then, as in the original.
 */
export function configuredCacheFile(configuration: Configuration, surroundings: Surroundings): CacheFile {
  const path = cacheFilePath(configuration);
  const text = path === undefined ? undefined : surroundings.readFile(path);
  if (path === undefined || text === undefined) return emptyCacheFile;
  return parseCacheFile({
    text,
    file: basename(path),
    lookup: propertyLookup(configuration, surroundings.environment),
    readStackFile: (name) => surroundings.readFile(resolve(dirname(path), name)),
  });
}
