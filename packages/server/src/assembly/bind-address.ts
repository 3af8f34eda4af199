import { hostname, type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { ConfigurationError } from '../config/configuration-error.ts';

/** An address of this machine with the name of its interface. */
export interface LocalAddress {
  readonly interfaceName: string;
  readonly address: string;
  readonly family: 'IPv4' | 'IPv6';
  readonly internal: boolean;
}

const PRIVATE = /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|f[cd][0-9a-f]{2}:)/i;
const LINK_LOCAL = /^(?:169\.254\.|fe80:)/i;

/** The addresses of this machine, IPv4 first. */
export function localAddresses(): LocalAddress[] {
  const found = Object.entries(networkInterfaces()).flatMap(([interfaceName, addresses = []]) =>
    addresses.map((one: NetworkInterfaceInfo) => ({ interfaceName, address: one.address, family: one.family, internal: one.internal })),
  );
  return found.toSorted((a, b) => a.family.localeCompare(b.family));
}

function pattern(text: string, option: string): RegExp {
  try {
    return new RegExp(`^(?:${text})$`);
  } catch {
    throw new ConfigurationError(
      `Invalid value for option '--cache-embedded-network-bind-address': ${option} holds a broken regular expression`,
    );
  }
}

/**
 * The address that `cache-embedded-network-bind-address` means on this machine. Names with a meaning: GLOBAL, SITE_LOCAL, LINK_LOCAL, NON_LOOPBACK,
 * LOOPBACK, match-interface:, match-address:, match-host:; anything else is taken as it stands.
 */
export function resolveBindAddress(
  wanted: string,
  addresses: readonly LocalAddress[] = localAddresses(),
  host: string = hostname(),
): string {
  const usable = addresses.filter((one) => !one.internal);
  const [kind = '', ...rest] = wanted.split(':');
  const argument = rest.join(':');
  const pick = (candidates: readonly LocalAddress[]): string => {
    const [first] = candidates;
    if (first === undefined) {
      throw new ConfigurationError(
        `Invalid value for option '--cache-embedded-network-bind-address': no address of this machine matches ${wanted}. It has: ${addresses.map((one) => one.address).join(', ')}`,
      );
    }
    return first.address;
  };
  const siteLocal = usable.filter((one) => PRIVATE.test(one.address));
  switch (kind) {
    case 'GLOBAL': {
      const global = usable.filter((one) => !PRIVATE.test(one.address) && !LINK_LOCAL.test(one.address));
      return pick(global.length > 0 ? global : siteLocal);
    }
    case 'SITE_LOCAL':
      return pick(siteLocal);
    case 'LINK_LOCAL':
      return pick(usable.filter((one) => LINK_LOCAL.test(one.address)));
    case 'NON_LOOPBACK':
      return pick(usable);
    case 'LOOPBACK':
      return pick(addresses.filter((one) => one.internal));
    case 'match-interface':
      return pick(addresses.filter((one) => pattern(argument, wanted).test(one.interfaceName)));
    case 'match-address':
      return pick(addresses.filter((one) => pattern(argument, wanted).test(one.address)));
    case 'match-host':
      return pattern(argument, wanted).test(host) ? pick(usable.length > 0 ? usable : addresses) : pick([]);
    default:
      return wanted;
  }
}

/** Where nobody chose: a private address, else any that is not loopback, else loopback (a machine without a network is a cluster of its own). */
export function defaultBindAddress(addresses: readonly LocalAddress[] = localAddresses()): string {
  const usable = addresses.filter((one) => !one.internal);
  return (usable.find((one) => PRIVATE.test(one.address)) ?? usable[0] ?? addresses[0])?.address ?? '127.0.0.1';
}
