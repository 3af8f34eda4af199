import type { FileCache } from '../config/cache-file/cache-file.ts';
import { showPlace } from '../config/stack/protocol.ts';
import { type CacheDeclaration, type CacheName, cacheNames, caches } from './cache-names.ts';

/** The caches of the cache configuration file, by name; those that the server does not know are the user's own. */
export type FileCaches = ReadonlyMap<string, FileCache>;

/** Owners where the file does not say. */
export const DEFAULT_OWNERS = 2;

/** What is wrong with the server's own caches in the file, a sentence each, as the original words it where it has words. */
export function fileErrors(file: FileCaches, persistentUserSessions: boolean): readonly string[] {
  return cacheNames.flatMap((name) => {
    const cache = file.get(name);
    return cache === undefined ? [] : errorsOf(name, cache, persistentUserSessions);
  });
}

function errorsOf(name: CacheName, cache: FileCache, persistentUserSessions: boolean): readonly string[] {
  const declaration: CacheDeclaration = caches[name];
  const { kind, boundable, sessions } = declaration;
  const where = `(${showPlace(cache.place)})`;
  const errors: string[] = [];
  if (kind === 'replicated' && cache.mode !== 'replicated')
    errors.push(`Unable to start Keycloak. '${name}' cache must be replicated but is ${cache.mode} ${where}`);
  if (!boundable && cache.maxCount !== undefined && cache.maxCount > 0) {
    const place = showPlace(cache.boundPlace ?? cache.place);
    errors.push(
      `${place}: cache '${name}' may not be bounded: dropping its entries would lose data. Remove the bound of ${cache.maxCount} entries.`,
    );
  }
  const inDatabase = sessions === 'offline' || (sessions === 'online' && persistentUserSessions);
  if (cache.stateTransfer === false && kind !== 'local' && !inDatabase)
    errors.push(
      `${showPlace(cache.place)}: cache '${name}' cannot do without state transfer: a new owner would begin without its entries.`,
    );
  return errors;
}

/** What the file says of the server's own caches that changes nothing, a line each. */
export function fileNotes(file: FileCaches): readonly string[] {
  return cacheNames.flatMap((name) => {
    const cache = file.get(name);
    if (cache === undefined) return [];
    const { kind, lifespanOption }: CacheDeclaration = caches[name];
    const notes: string[] = [];
    const note = (text: string): number => notes.push(`${showPlace(cache.place)}: cache '${name}': ${text}`);
    if (kind === 'local' && cache.mode !== 'local' && cache.mode !== 'invalidation')
      note(`it stays local although the file makes it ${cache.mode}: its truth is the database, and changes are told to all nodes`);
    if (kind === 'distributed' && cache.mode !== 'distributed' && cache.mode !== 'replicated')
      note(`it stays distributed although the file makes it ${cache.mode}: each node would have entries of its own`);
    if (cache.lifespanMs !== undefined && cache.lifespanMs > 0 && lifespanOption !== true) note('each entry has a lifespan of its own');
    if (cache.maxIdleMs !== undefined && cache.maxIdleMs > 0 && name !== 'keys') note('max-idle has no effect on it');
    return notes;
  });
}

/** What is wrong with the user's own caches. */
export function ownErrors(file: FileCaches): readonly string[] {
  return ownCaches(file).flatMap(({ name, mode, owners, maxCount, place, boundPlace }) => {
    const several = mode === 'replicated' || (mode === 'distributed' && (owners ?? DEFAULT_OWNERS) > 1);
    if (!several || maxCount === undefined || maxCount <= 0) return [];
    return [
      `${showPlace(boundPlace ?? place)}: cache '${name}' has several owners and a bound of ${maxCount} entries: eviction would leave stale copies. Say owners="1", or remove the bound.`,
    ];
  });
}

/** The warning for a file that changes the server's own caches, in the original's words; undefined where it changes none. */
export function overrideWarning(file: FileCaches): string | undefined {
  const changed = cacheNames.filter((name) => file.has(name));
  if (changed.length === 0) return undefined;
  return `Modifying the default cache configuration in the config file without setting cache-config-mutate=true is deprecated. Caches that the file changes: ${changed.join(', ')}.`;
}

/** The file's caches that are none of the server's. */
export function ownCaches(file: FileCaches): readonly FileCache[] {
  return [...file.values()].filter(({ name }) => !Object.hasOwn(caches, name));
}
