import {
  type CacheDeclaration,
  type CacheName,
  cacheNames,
  caches,
  clusteredCacheNames,
  type LegacyOwnersVariable,
  legacyOwners,
} from './cache-names.ts';
import { type FileCaches, fileErrors, ownErrors } from './file-rules.ts';

/** Most owners that the grid keeps of an entry. */
export const maxOwners = 16;

/** Lifespan of what is cached of the database, with the feature stateless and where none is set. */
const statelessLifespanSeconds = 3_600;

/** What operators set; every value has been parsed as a whole number already. */
export interface CacheOptionsGiven {
  /** `ispn`: caches of the cluster; `local`: the same caches on this node alone. */
  readonly mode: 'ispn' | 'local';
  /** Feature persistent-user-sessions. */
  readonly persistentUserSessions: boolean;
  /** Feature stateless: what is cached of the database is read anew after an hour, as the original does. */
  readonly stateless?: boolean | undefined;
  /** `cache-embedded-<name>-max-count`. */
  readonly maxCounts?: Partial<Record<CacheName, number>> | undefined;
  /** `spi-cache-embedded--default--<name>-owners`. */
  readonly owners?: Partial<Record<CacheName, number>> | undefined;
  /** `spi-cache-embedded--default--<name>-lifespan`, seconds; 0 or less = for ever. */
  readonly lifespansSeconds?: Partial<Record<CacheName, number>> | undefined;
  readonly legacyOwners?: Partial<Record<LegacyOwnersVariable, number>> | undefined;
  /** What the cache configuration file says; options win over it. */
  readonly file?: FileCaches | undefined;
}

/** How a cache is run, after all rules. */
export interface EffectiveCache {
  readonly name: CacheName;
  readonly mode: 'local' | 'replicated' | 'distributed';
  /** Copies of an entry; 1 in local caches, undefined = every member. */
  readonly owners: number | undefined;
  /** Entries per node; undefined = unbounded. */
  readonly maxCount: number | undefined;
  /** Undefined = for ever, unless an entry says otherwise. */
  readonly lifespanSeconds: number | undefined;
  readonly maxIdleSeconds: number | undefined;
  /** Whether a new owner copies the entries, rather than load them from the database on demand. */
  readonly stateTransfer: boolean;
}

export interface CacheConfiguration {
  readonly caches: Readonly<Record<CacheName, EffectiveCache>>;
  /** What was changed or ignored, for the log at level INFO. */
  readonly information: readonly string[];
  /** What forbids the start: each names option, value and remedy. */
  readonly errors: readonly string[];
}

interface Notes {
  readonly information: string[];
  readonly errors: string[];
}

/** The effective table of all caches. Pure; nothing is thrown, so that all mistakes are told at once. */
export function configureCaches(given: CacheOptionsGiven): CacheConfiguration {
  const notes: Notes = { information: [], errors: [] };
  checkNames(given, notes);
  if (given.file !== undefined && given.mode === 'ispn')
    notes.errors.push(...fileErrors(given.file, given.persistentUserSessions), ...ownErrors(given.file));
  const table = {} as Record<CacheName, EffectiveCache>;
  for (const name of cacheNames) table[name] = configure(name, given, notes);
  return { caches: table, ...notes };
}

function configure(name: CacheName, given: CacheOptionsGiven, notes: Notes): EffectiveCache {
  const declaration: CacheDeclaration = caches[name];
  const mode = given.mode === 'local' ? 'local' : modeOf(name, declaration, given);
  const owners = mode === 'distributed' ? ownersOf(name, declaration, given, notes) : mode === 'local' ? 1 : undefined;
  return {
    name,
    mode,
    owners,
    maxCount: maxCountOf(name, declaration, given, notes),
    lifespanSeconds: lifespanOf(name, declaration, given, notes),
    maxIdleSeconds: maxIdleOf(name, declaration, given),
    stateTransfer: mode === 'replicated' || (mode === 'distributed' && !standsInDatabase(declaration, given)),
  };
}

/** A distributed cache may be replicated by the file: every member then has a copy. What stands in the database keeps one owner. */
function modeOf(name: CacheName, declaration: CacheDeclaration, given: CacheOptionsGiven): EffectiveCache['mode'] {
  const replicated = declaration.kind === 'distributed' && given.file?.get(name)?.mode === 'replicated';
  return replicated && !standsInDatabase(declaration, given) ? 'replicated' : declaration.kind;
}

function maxIdleOf(name: CacheName, declaration: CacheDeclaration, given: CacheOptionsGiven): number | undefined {
  const maxIdleMs = given.file?.get(name)?.maxIdleMs;
  if (maxIdleMs === undefined || declaration.kind !== 'local') return declaration.maxIdleSeconds;
  return maxIdleMs > 0 ? Math.ceil(maxIdleMs / 1000) : undefined;
}

/** Whether losing every copy of the cache loses nothing. */
function standsInDatabase(declaration: CacheDeclaration, given: CacheOptionsGiven): boolean {
  return declaration.sessions === 'offline' || (declaration.sessions === 'online' && given.persistentUserSessions);
}

/** Defaults, then what is set, then the floor, then what the kind of session storage demands. */
function ownersOf(name: CacheName, declaration: CacheDeclaration, given: CacheOptionsGiven, notes: Notes): number {
  const wished = wishedOwners(name, given, notes);
  if (standsInDatabase(declaration, given)) {
    if (wished !== undefined && wished !== 1) {
      notes.information.push(
        `Setting num_owners=1 (configured value is ${wished}) for cache '${name}': its entries stand in the database.`,
      );
    }
    return 1;
  }
  const floor = declaration.minimumOwners ?? 2;
  if (wished !== undefined && wished < floor) {
    notes.information.push(
      declaration.sessions === undefined
        ? `Setting num_owners=${floor} (configured value is ${wished}) for cache '${name}' to prevent data loss.`
        : `Persistent user sessions disabled with number of owners set to default value ${wished} for cache ${name} and no shared persistence store configured. Setting num_owners=${floor} to avoid data loss.`,
    );
  }
  return Math.max(wished ?? floor, floor);
}

function wishedOwners(name: CacheName, given: CacheOptionsGiven, notes: Notes): number | undefined {
  const option = ownersOption(name);
  const own = given.owners?.[name];
  const legacy = legacyOwnersOf(name, given);
  if (own !== undefined && legacy !== undefined) {
    notes.information.push(
      `Both '${option}' (${own}) and '${legacy.variable}' (${legacy.value}) set the owners of cache '${name}': the option counts. Unset the variable, which only old container images read.`,
    );
  }
  const value = own ?? legacy?.value ?? given.file?.get(name)?.owners;
  if (value === undefined) return undefined;
  if (Number.isSafeInteger(value) && value >= 1 && value <= maxOwners) return value;
  const source = own !== undefined ? option : legacy?.variable;
  const shown = `Invalid value for option '${source}': ${value}. Cache '${name}' can have 1 to ${maxOwners} owners; leave the option out for the default.`;
  if (!notes.errors.includes(shown)) notes.errors.push(shown);
  return undefined;
}

function legacyOwnersOf(name: CacheName, given: CacheOptionsGiven): { variable: LegacyOwnersVariable; value: number } | undefined {
  for (const variable of Object.keys(legacyOwners) as LegacyOwnersVariable[]) {
    const value = given.legacyOwners?.[variable];
    if (value !== undefined && (legacyOwners[variable] as readonly string[]).includes(name)) return { variable, value };
  }
  return undefined;
}

function maxCountOf(name: CacheName, declaration: CacheDeclaration, given: CacheOptionsGiven, notes: Notes): number | undefined {
  const value = given.maxCounts?.[name];
  if (value !== undefined && !declaration.boundable) {
    notes.errors.push(
      `Cache '${name}' may not be bounded: dropping its entries would lose data. Remove the option '${maxCountOption(name)}' (value ${value}).`,
    );
    return undefined;
  }
  if (declaration.sessions === 'online' && !given.persistentUserSessions) {
    if (value !== undefined) {
      notes.information.push(
        `Persistent user sessions disabled and memory limit is set. Ignoring cache limits to avoid losing sessions for cache ${name}.`,
      );
    }
    return undefined;
  }
  if (value === undefined) return maxCountOfFile(name, declaration, given, notes);
  if (Number.isSafeInteger(value) && value > 0) return value;
  notes.information.push(defaultBoundOf(name, declaration, given));
  return declaration.maxCount;
}

/** In the words of the original, which has others for sessions. */
function defaultBoundOf(name: CacheName, declaration: CacheDeclaration, given: CacheOptionsGiven): string {
  const { maxCount, sessions } = declaration;
  if (sessions === undefined) return `Ignoring unbounded max-count for cache '${name}', reverting to default max of ${maxCount} entries.`;
  return given.persistentUserSessions
    ? `Persistent user sessions enabled and no memory limit found in configuration. Setting max entries for ${name} to ${maxCount} entries.`
    : `Offline sessions should have a max count set to avoid excessive memory usage. Setting a default cache limit of ${maxCount} for cache ${name}.`;
}

/** A local cache of the file is bounded as the file says, or not at all; the session caches keep their default bound, as in the original. */
function maxCountOfFile(name: CacheName, declaration: CacheDeclaration, given: CacheOptionsGiven, notes: Notes): number | undefined {
  const cache = given.file?.get(name);
  if (cache === undefined) return declaration.maxCount;
  if (cache.maxCount !== undefined && cache.maxCount > 0) return cache.maxCount;
  if (declaration.kind === 'local') return undefined;
  if (declaration.sessions !== undefined) notes.information.push(defaultBoundOf(name, declaration, given));
  return declaration.maxCount;
}

function lifespanOfMode(declaration: CacheDeclaration, given: CacheOptionsGiven): number | undefined {
  return given.stateless === true && declaration.lifespanOption === true ? statelessLifespanSeconds : undefined;
}

function lifespanOf(name: CacheName, declaration: CacheDeclaration, given: CacheOptionsGiven, notes: Notes): number | undefined {
  const value = given.lifespansSeconds?.[name];
  if (value === undefined) return lifespanOfFile(name, declaration, given) ?? lifespanOfMode(declaration, given);
  const option = `spi-cache-embedded--default--${kebab(name)}-lifespan`;
  if (declaration.lifespanOption !== true) {
    notes.errors.push(
      `Option '${option}' does not exist: only realms, users and authorization can have a lifespan. Remove it (value ${value}).`,
    );
    return undefined;
  }
  if (value < 0)
    notes.information.push(
      `Option '${option}' has the value ${value}: entries of cache '${name}' do not expire. Set a duration above 0, such as 1h, or leave the option out.`,
    );
  return value > 0 ? value : undefined;
}

function lifespanOfFile(name: CacheName, declaration: CacheDeclaration, given: CacheOptionsGiven): number | undefined {
  const lifespanMs = given.file?.get(name)?.lifespanMs;
  if (lifespanMs === undefined || lifespanMs <= 0 || declaration.lifespanOption !== true) return undefined;
  return Math.ceil(lifespanMs / 1000);
}

/** A cache that does not exist, or one whose owners cannot be set. */
function checkNames(given: CacheOptionsGiven, notes: Notes): void {
  for (const [name, value] of Object.entries(given.owners ?? {})) {
    if ((clusteredCacheNames as readonly string[]).includes(name)) continue;
    const why = name in caches ? `cache '${name}' is not distributed` : `there is no cache '${name}'`;
    notes.errors.push(
      `Option '${ownersOption(name)}' (value ${value}) cannot be used: ${why}. Possible caches: ${clusteredCacheNames.join(', ')}.`,
    );
  }
  for (const [name, value] of [...Object.entries(given.maxCounts ?? {}), ...Object.entries(given.lifespansSeconds ?? {})]) {
    if (name in caches) continue;
    notes.errors.push(
      `An option (value ${value}) names the cache '${name}', which does not exist. Possible caches: ${cacheNames.join(', ')}.`,
    );
  }
}

/** `authenticationSessions` -> `authentication-sessions`. */
export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

export function ownersOption(name: string): string {
  return `spi-cache-embedded--default--${kebab(name)}-owners`;
}

export function maxCountOption(name: string): string {
  return `cache-embedded-${kebab(name)}-max-count`;
}
