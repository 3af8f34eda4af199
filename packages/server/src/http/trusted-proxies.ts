import { BlockList, isIP } from 'node:net';
import { ServerError } from './errors.ts';

/** Whose proxy headers are believed. */
export interface TrustedProxies {
  includes(address: string): boolean;
}

/** `entries` are IP addresses or CIDR blocks (option `proxy-trusted-addresses`); undefined trusts every peer, as Keycloak does. */
export function trustedProxies(entries: readonly string[] | undefined): TrustedProxies {
  if (entries === undefined) return { includes: () => true };
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', prefix] = entry.trim().split('/');
    const family = isIP(address);
    const bits = prefix === undefined ? undefined : Number(prefix);
    if (family === 0 || (bits !== undefined && !(Number.isInteger(bits) && bits >= 0 && bits <= (family === 4 ? 32 : 128)))) {
      throw new ServerError(
        'KG_BAD_CONFIGURATION',
        `Invalid value for option '--proxy-trusted-addresses': ${entry} is neither an IP address nor a CIDR block`,
      );
    }
    if (bits === undefined) list.addAddress(address, family === 4 ? 'ipv4' : 'ipv6');
    else list.addSubnet(address, bits, family === 4 ? 'ipv4' : 'ipv6');
  }
  return { includes: (address) => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4') };
}
