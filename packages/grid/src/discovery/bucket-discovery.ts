import { randomBytes } from 'node:crypto';
import type { Time } from '../facade/time.ts';
import type { Address } from '../protocol/types.ts';
import type { Bucket, BucketEntry } from './bucket.ts';
import type { Announcement, Discovery, FoundAddress } from './discovery.ts';
import { maxFound } from './discovery.ts';

/** How often a member writes its object anew. */
const refreshMs = 15_000;
/** An object that is so much older than the own one belongs to nobody who lives; both ages are by the store's clock. */
const staleMs = 90_000;
/** Then somebody may remove it. */
const removeMs = 600_000;
const maxRemovals = 16;
const closeMs = 1_000;
const suffix = '.list';

/** Where a member listens, in the object's name, so that one listing tells everything. */
export function entryKey(folder: string, { host, port }: Address, life: string): string {
  return `${folder}${encodeURIComponent(host)}_${port}_${life}${suffix}`;
}

/** Undefined: an object of somebody else. */
export function addressOfKey(folder: string, key: string): Address | undefined {
  const [, host, port] = /^([^_/]{1,300})_(\d{1,5})_[0-9a-f]+\.list$/.exec(key.slice(folder.length)) ?? [];
  if (!key.startsWith(folder) || host === undefined || Number(port) > 65_535) return undefined;
  try {
    return { host: decodeURIComponent(host), port: Number(port) };
  } catch {
    return undefined;
  }
}

/** Each member keeps one object in a folder that is named for the cluster; the listing is the finding. */
export class BucketDiscovery implements Discovery {
  readonly name: string;
  readonly #bucket: Bucket;
  readonly #prefix: string;
  readonly #time: Time;
  readonly #life = randomBytes(8).toString('hex');
  #own: string | undefined;
  #writtenMs = Number.NEGATIVE_INFINITY;

  constructor(bucket: Bucket, prefix: string, time: Time) {
    this.#bucket = bucket;
    this.#prefix = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
    this.#time = time;
    this.name = bucket.name;
  }

  async round(own: Announcement, signal: AbortSignal): Promise<readonly FoundAddress[]> {
    const folder = `${this.#prefix}${own.cluster}/`;
    const key = entryKey(folder, own.address, this.#life);
    this.#own = key;
    if (this.#time.nowMs() - this.#writtenMs >= refreshMs) await this.#write(key, own, signal);
    const entries = await this.#bucket.list(folder, maxFound, signal);
    const mine = entries.find((entry) => entry.key === key);
    // Somebody emptied the bucket, or the listing is late.
    if (mine === undefined) await this.#write(key, own, signal);
    else await this.#tidy(entries, mine.modifiedMs, folder, signal);
    return entries
      .filter(({ modifiedMs }) => mine === undefined || mine.modifiedMs - modifiedMs < staleMs)
      .map((entry) => addressOfKey(folder, entry.key))
      .filter((address) => address !== undefined);
  }

  async close(): Promise<void> {
    const abort = new AbortController();
    const limit = this.#time.after(closeMs, () => abort.abort());
    // Best effort: what is left behind goes stale by itself.
    if (this.#own !== undefined && Number.isFinite(this.#writtenMs)) await this.#bucket.remove(this.#own, abort.signal).catch(() => {});
    limit[Symbol.dispose]();
    this.#bucket.close();
  }

  async #write(key: string, { name, address }: Announcement, signal: AbortSignal): Promise<void> {
    await this.#bucket.put(key, `${name}\t${address.host}:${address.port}\n`, signal);
    this.#writtenMs = this.#time.nowMs();
  }

  async #tidy(entries: readonly BucketEntry[], nowMs: number, folder: string, signal: AbortSignal): Promise<void> {
    const dead = entries.filter(({ key, modifiedMs }) => nowMs - modifiedMs > removeMs && addressOfKey(folder, key) !== undefined);
    await Promise.all(dead.slice(0, maxRemovals).map(({ key }) => this.#bucket.remove(key, signal).catch(() => {})));
  }
}
