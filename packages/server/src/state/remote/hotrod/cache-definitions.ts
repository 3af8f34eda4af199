/** What the caches of this node are to look like at the server. */
export interface CacheDefinition {
  readonly owners: number;
  /** Sites that the server copies the cache to. */
  readonly backupSites: readonly string[];
}

/** Keys and values are sent as texts of UTF-8. */
const mediaType = 'text/plain; charset=UTF-8';

/**
 * Milliseconds; in the order in which the server must give up. Two sites that change one entry at the same moment wait for each other's lock: it has
 * to end soon, so that the requests have time for further tries.
 */
const lockTimeoutMs = 1_000;
const backupTimeoutMs = 2_000;
const remoteTimeoutMs = 2_500;
/** A site that fails for so long is left alone until an operator brings it back. */
const offlineAfterFailures = 5;
const offlineAfterMs = 10_000;

/** The definition in the server's XML. A copy that fails makes the write fail, until the other site has been taken offline. */
export function definitionXml({ owners, backupSites }: CacheDefinition): string {
  const attributes = `mode="SYNC" owners="${owners}" statistics="true" remote-timeout="${remoteTimeoutMs}"`;
  const backups = backupSites.map(
    (site) =>
      `<backup site="${escaped(site)}" strategy="SYNC" failure-policy="FAIL" timeout="${backupTimeoutMs}"><take-offline after-failures="${offlineAfterFailures}" min-wait="${offlineAfterMs}"/></backup>`,
  );
  const parts = [
    `<encoding media-type="${mediaType}"/>`,
    `<locking acquire-timeout="${lockTimeoutMs}"/>`,
    '<state-transfer chunk-size="16"/>',
    // Versions are compared under a lock, so that both sites cannot take one entry at the same time.
    ...(backups.length > 0 ? ['<transaction mode="NON_XA" locking="PESSIMISTIC"/>', `<backups>${backups.join('')}</backups>`] : []),
  ];
  return `<distributed-cache ${attributes}>${parts.join('')}</distributed-cache>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

/** The server's own words for a cache, as JSON. */
type Json = Readonly<Record<string, unknown>>;

/** What is wrong with a cache that stands already, in a half sentence; undefined where it can be used. */
export function breachOf(configuration: unknown, { backupSites }: CacheDefinition): string | undefined {
  const [kind = '', cache] = Object.entries(inner(configuration))[0] ?? [];
  const attributes = object(cache);
  if (kind !== 'distributed-cache' && kind !== 'replicated-cache')
    return `it is a ${kind || 'cache of an unknown kind'}, not a distributed-cache`;
  const given = text(attributes['mode']);
  if (given !== 'SYNC') return `its mode is ${given}, not SYNC: a write would be acknowledged before it is copied`;
  const owners = Number(text(attributes['owners']) || 2);
  if (kind === 'distributed-cache' && owners < 2) return `it has ${owners} owner, and with the one server entries would be lost`;
  const memory = object(attributes['memory']);
  if ((memory['max-count'] !== undefined || memory['max-size'] !== undefined) && text(memory['when-full']) !== 'NONE')
    return 'its memory is bounded, so that it would drop entries that are still needed';
  const expiration = object(attributes['expiration']);
  for (const limit of ['max-idle', 'lifespan'])
    if (isSet(expiration[limit])) return `it has a ${limit} of its own (${text(expiration[limit])}), and entries carry theirs`;
  const encoding = object(attributes['encoding']);
  for (const holder of [encoding, object(encoding['key']), object(encoding['value'])]) {
    const type = text(holder['media-type']);
    if (type !== '' && !type.startsWith('text/plain')) return `it is encoded as ${type}, not as ${mediaType}`;
  }
  const backups = JSON.stringify(attributes['backups'] ?? {});
  const missing = backupSites.find((site) => !backups.includes(JSON.stringify(site)));
  return missing === undefined ? undefined : `it is not copied to the site '${missing}' of 'cache-remote-backup-sites'`;
}

/** Some versions put the name of the cache around the definition. */
function inner(configuration: unknown): Json {
  const outer = object(configuration);
  const [[key, value] = ['', undefined]] = Object.entries(outer);
  return key.endsWith('-cache') ? outer : object(value);
}

const isSet = (limit: unknown): boolean => limit !== undefined && Number(text(limit)) !== -1 && Number(text(limit)) !== 0;

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
