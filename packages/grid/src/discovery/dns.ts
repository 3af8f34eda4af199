import { lookup, Resolver } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { GridError } from '../errors.ts';
import type { Announcement, Discovery, FoundAddress } from './discovery.ts';
import { maxFound } from './discovery.ts';

export type DnsRecordType = 'A' | 'AAAA' | 'SRV';

export interface DnsOptions {
  /** Name of a headless service. */
  readonly query: string;
  /** `A` takes AAAA records where there is no A record. SRV records carry the port. */
  readonly recordType: DnsRecordType;
  /** Addresses (`ip` or `ip:port`) of servers to ask instead of the system's. */
  readonly servers?: readonly string[] | undefined;
  /** Default: the system's resolv.conf. */
  readonly searchList?: (() => Promise<SearchList>) | undefined;
}

/** What the system's resolver tries for a short name. */
export interface SearchList {
  readonly domains: readonly string[];
  /** A name with at least so many dots is tried as it stands first. */
  readonly dots: number;
}

/** Targets of SRV records that are looked up in one round. */
const maxTargets = 64;
const maxDomains = 8;
const resolvConf = '/etc/resolv.conf';

/**
 * Addresses of a name, as a headless service of Kubernetes gives them. A name that exists and has no address is a finding (nobody is there yet);
 * a name that does not exist, or a server that does not answer, is a failure.
 */
export class DnsDiscovery implements Discovery {
  readonly name: string;
  readonly #options: DnsOptions;

  constructor(options: DnsOptions) {
    this.#options = options;
    this.name = `dns ${options.query} (${options.recordType})`;
  }

  async round(_own: Announcement, signal: AbortSignal): Promise<readonly FoundAddress[]> {
    const resolver = new Resolver({ timeout: 1_500, tries: 2 });
    const { servers, query, recordType } = this.#options;
    if (servers !== undefined && servers.length > 0) resolver.setServers([...servers]);
    const cancel = (): void => resolver.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      for (const name of await this.#candidates()) {
        const found = await (recordType === 'SRV' ? this.#services(resolver, name) : this.#addresses(resolver, name, recordType));
        if (found !== undefined) return found.slice(0, maxFound);
      }
      // Names that only this machine knows (its hosts file, for example) are in no DNS.
      const local = recordType === 'SRV' || servers !== undefined ? undefined : await this.#system(signal);
      if (local !== undefined) return local;
      throw new GridError(
        'GRID_DISCOVERY_FAILED',
        `the name ${query} does not resolve; check jgroups.dns.query, and that the headless service exists and has publishNotReadyAddresses set`,
      );
    } catch (error) {
      if (error instanceof GridError) throw error;
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      throw new GridError('GRID_DISCOVERY_FAILED', `${resolver.getServers().join(', ')} does not answer for ${query}: ${explain(code)}`, {
        cause: error,
      });
    } finally {
      signal.removeEventListener('abort', cancel);
      resolver.cancel();
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #candidates(): Promise<readonly string[]> {
    const { query, servers, searchList = systemSearchList } = this.#options;
    if (query.endsWith('.')) return [query.slice(0, -1)];
    if (servers !== undefined && this.#options.searchList === undefined) return [query];
    const { domains, dots } = await searchList();
    const longer = domains.slice(0, maxDomains).map((domain) => `${query}.${domain}`);
    return query.split('.').length - 1 >= dots ? [query, ...longer] : [...longer, query];
  }

  /** Undefined: there is no such name. */
  async #addresses(resolver: Resolver, name: string, recordType: 'A' | 'AAAA'): Promise<readonly FoundAddress[] | undefined> {
    const four = recordType === 'A' ? await unlessMissing(resolver.resolve4(name)) : missing;
    if (Array.isArray(four) && four.length > 0) return four.map((host) => ({ host }));
    const six = await unlessMissing(resolver.resolve6(name));
    if (Array.isArray(six) && six.length > 0) return six.map((host) => ({ host }));
    return four === missing && six === missing ? undefined : [];
  }

  async #services(resolver: Resolver, name: string): Promise<readonly FoundAddress[] | undefined> {
    const records = await unlessMissing(resolver.resolveSrv(name));
    if (records === missing) return undefined;
    const found: FoundAddress[] = [];
    for (const record of records.slice(0, maxTargets)) {
      const { port } = record;
      const addresses = (await this.#addresses(resolver, record.name, 'A')) ?? [];
      found.push(...addresses.map(({ host }) => ({ host, port })));
      // A member may be known by the name itself.
      if (addresses.length === 0) found.push({ host: record.name, port });
    }
    return found;
  }

  async #system(signal: AbortSignal): Promise<readonly FoundAddress[] | undefined> {
    // The system's own call cannot be cancelled, only left behind.
    const aborted = new Promise<never>((_resolve, reject) =>
      signal.addEventListener('abort', () => reject(new Error('ETIMEOUT')), { once: true }),
    );
    try {
      const family = this.#options.recordType === 'AAAA' ? 6 : 0;
      return (await Promise.race([lookup(this.#options.query, { all: true, family }), aborted])).map(({ address }) => ({ host: address }));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOTFOUND') return undefined;
      throw error;
    }
  }
}

const missing = Symbol('there is no such name');

/** An empty list: the name exists without such records. */
async function unlessMissing<T>(answer: Promise<T[]>): Promise<T[] | typeof missing> {
  try {
    return await answer;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENODATA') return [];
    if (code === 'ENOTFOUND') return missing;
    throw error;
  }
}

const causes: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ETIMEOUT: 'no answer came in time',
  ECANCELLED: 'no answer came in time',
  EAI_AGAIN: 'the name cannot be looked up now',
  ESERVFAIL: 'the server failed',
  EREFUSED: 'the server refuses',
};

const explain = (code: string): string => (causes[code] === undefined ? code : `${causes[code]} (${code})`);

/** Of resolv.conf; the resolver of Node does not apply it. */
export function parseSearchList(text: string): SearchList {
  const lines = text.split('\n').map((line) => line.trim().split(/\s+/));
  const search = lines.filter(([word]) => word === 'search' || word === 'domain').at(-1);
  const dots = lines.flatMap(([word, ...rest]) => (word === 'options' ? rest : [])).find((option) => option.startsWith('ndots:'));
  return { domains: (search ?? []).slice(1).map((domain) => domain.replace(/\.$/, '')), dots: Number(dots?.slice(6) ?? 1) || 1 };
}

async function systemSearchList(): Promise<SearchList> {
  return parseSearchList(await readFile(resolvConf, 'utf8').catch(() => ''));
}
