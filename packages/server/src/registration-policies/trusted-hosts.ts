import { lookup, reverse } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Representation } from '../realm/fields.ts';
import { isOn, type PolicyConfig, type PolicyProvider, type PolicyRequest } from './policy.ts';

const HOSTS = 'trusted-hosts';
const SENDER = 'host-sending-registration-request-must-match';
const URIS = 'client-uris-must-match';
/** For all names of a policy together: nobody waits longer for a resolver. */
const RESOLVE_MS = 3_000;
/** Names that are resolved for one request. */
const MAX_RESOLVED = 50;

/** Resolves names; a test brings its own. */
export interface NameResolver {
  addressesOf(name: string): Promise<readonly string[]>;
  namesOf(address: string): Promise<readonly string[]>;
}

export const systemResolver: NameResolver = {
  addressesOf: async (name) => (await bounded(lookup(name, { all: true }))).map(({ address }) => address),
  namesOf: (address) => bounded(reverse(address)),
};

/** What a resolver does not answer in time, or not at all, is nothing. */
async function bounded<T>(work: Promise<readonly T[]>): Promise<readonly T[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly T[]>((resolve) => {
    timer = setTimeout(() => resolve([]), RESOLVE_MS);
  });
  try {
    return await Promise.race([work.catch((): readonly T[] => []), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Only hosts that the realm trusts register, and only addresses on such hosts may be a client's. */
export function trustedHosts(resolver: NameResolver = systemResolver): PolicyProvider {
  return {
    id: 'trusted-hosts',
    helpText: 'Says from which hosts clients may be registered, and on which hosts their addresses may lie.',
    properties: () => [
      { name: HOSTS, label: `${HOSTS}.label`, helpText: `${HOSTS}.tooltip`, type: 'MultivaluedString' },
      { name: SENDER, label: `${SENDER}.label`, helpText: `${SENDER}.tooltip`, type: 'boolean', defaultValue: 'true' },
      { name: URIS, label: `${URIS}.label`, helpText: `${URIS}.tooltip`, type: 'boolean', defaultValue: 'true' },
    ],
    flaw(config) {
      for (const [name, label] of [
        [SENDER, 'Host Sending Client Registration Request Must Match'],
        [URIS, 'Client URIs Must Match'],
      ] as const) {
        const value = config[name]?.[0];
        if (value !== undefined && value !== 'true' && value !== 'false') return `'${label}' should be 'true' or 'false'`;
      }
      if (isOn(config, SENDER) || isOn(config, URIS)) return undefined;
      return 'At least one of hosts verification or client URIs validation must be enabled';
    },
    async refusal(config, request) {
      if (isOn(config, SENDER) && !(await isTrusted(config, request.remoteAddress, resolver))) return 'Host not trusted.';
      return isOn(config, URIS) && request.wanted !== undefined ? untrustedAddress(config, request.wanted, request) : undefined;
    },
  };
}

const entriesOf = (config: PolicyConfig): readonly string[] => (config[HOSTS] ?? []).filter((entry) => entry !== '');
const domainsOf = (config: PolicyConfig): readonly string[] =>
  entriesOf(config)
    .filter((entry) => entry.startsWith('*.'))
    .map((entry) => entry.slice(2).toLowerCase());

async function isTrusted(config: PolicyConfig, address: string, resolver: NameResolver): Promise<boolean> {
  const hosts = entriesOf(config).filter((entry) => !entry.startsWith('*.'));
  if (hosts.includes(address)) return true;
  const names = hosts.filter((host) => isIP(host) === 0).slice(0, MAX_RESOLVED);
  const addresses = await Promise.all(names.map((name) => resolver.addressesOf(name)));
  if (addresses.flat().includes(address)) return true;
  const domains = domainsOf(config);
  if (domains.length === 0) return false;
  // Whoever owns an address says what its name is: a name counts where it leads back to the address.
  const claimed = (await resolver.namesOf(address)).filter((name) => isBelow(name, domains)).slice(0, MAX_RESOLVED);
  const back = await Promise.all(claimed.map((name) => resolver.addressesOf(name)));
  return back.flat().includes(address);
}

const isBelow = (name: string, domains: readonly string[]): boolean =>
  domains.some((domain) => name.toLowerCase() === domain || name.toLowerCase().endsWith(`.${domain}`));

function untrustedAddress(config: PolicyConfig, wanted: Representation, { before }: PolicyRequest): string | undefined {
  const hosts = entriesOf(config).map((entry) => entry.toLowerCase());
  const domains = domainsOf(config);
  const isTrustedUri = (uri: string): boolean => {
    const host = hostOf(uri);
    return host !== undefined && (hosts.includes(host) || isBelow(host, domains));
  };
  const text = (name: string): string => (typeof wanted[name] === 'string' ? wanted[name] : '');
  const root = text('rootUrl') || (before?.rootUrl ?? '');
  /** Addresses below no root are on this server. */
  const whole = (uri: string): string => (uri.startsWith('/') ? root && `${root}${uri}` : uri);
  const urls = ['rootUrl', 'baseUrl', 'adminUrl'].map((name) => whole(text(name)));
  if (!urls.every((url) => url === '' || isTrustedUri(url))) return "URL doesn't match any trusted host or trusted domain";
  const redirects = Array.isArray(wanted['redirectUris']) ? wanted['redirectUris'].map((uri) => whole(String(uri))) : [];
  if (!redirects.every((uri) => uri === '' || isTrustedUri(uri))) return "URI doesn't match any trusted host or trusted domain";
  return undefined;
}

/** The host of an address; undefined for what has none, also for wildcards in it. */
function hostOf(uri: string): string | undefined {
  try {
    const { protocol, hostname } = new URL(uri);
    return /^https?:$/.test(protocol) && !hostname.includes('*') ? hostname.replace(/^\[|\]$/g, '').toLowerCase() : undefined;
  } catch {
    return undefined;
  }
}
