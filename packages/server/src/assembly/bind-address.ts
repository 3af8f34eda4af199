import { lookup, lookupService } from 'node:dns/promises';
import { BlockList, isIP, isIPv6 } from 'node:net';
import { hostname, type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { ConfigurationError } from '../config/configuration-error.ts';
import type { AddressFamilies } from '../config/stack/stack-settings.ts';

/** An address of this machine with the name of its interface. */
export interface LocalAddress {
  readonly interfaceName: string;
  readonly address: string;
  readonly family: 'IPv4' | 'IPv6';
  readonly internal: boolean;
}

/** What is known of this machine; tests have machines of their own. */
export interface Machine {
  readonly addresses: readonly LocalAddress[];
  readonly hostName: string;
  /** Addresses of a name, in no order. @throws where nobody knows it. */
  lookup(name: string): Promise<readonly { readonly address: string; readonly family: number }[]>;
  /** The name of an address; undefined where it has none. */
  nameOf(address: string): Promise<string | undefined>;
}

const PRIVATE = /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|f[cd][0-9a-f]{2}:|fec0:)/i;
const LINK_LOCAL = /^(?:169\.254\.|fe80:)/i;
const option = "'cache-embedded-network-bind-address' (or -Djgroups.bind.address)";

export function thisMachine(): Machine {
  return {
    addresses: Object.entries(networkInterfaces()).flatMap(([interfaceName, addresses = []]) =>
      addresses.map((one: NetworkInterfaceInfo) => ({ interfaceName, address: one.address, family: one.family, internal: one.internal })),
    ),
    hostName: hostname(),
    lookup: (name) => lookup(name, { all: true }),
    nameOf: (address) =>
      lookupService(address, 0).then(
        ({ hostname: name }) => name,
        () => undefined,
      ),
  };
}

function inOrder<T extends { readonly family: string | number }>(addresses: readonly T[], families: AddressFamilies): readonly T[] {
  const isIPv4 = ({ family }: T): boolean => family === 'IPv4' || family === 4;
  const [first, second] = [addresses.filter(isIPv4), addresses.filter((one) => !isIPv4(one))];
  if (families === 'IPv4 only') return first;
  return families === 'IPv6 first' ? [...second, ...first] : [...first, ...second];
}

/** A pattern of Java, as far as it means the same here: the whole text must match; `(?i)` at the beginning ignores case. */
function pattern(text: string, wanted: string): RegExp {
  const ignoreCase = text.startsWith('(?i)');
  try {
    return new RegExp(`^(?:${ignoreCase ? text.slice(4) : text})$`, ignoreCase ? 'i' : '');
  } catch {
    throw new ConfigurationError(`Invalid value for option ${option}: ${wanted} holds a broken regular expression`);
  }
}

/** As it is bound: a link-local IPv6 address means nothing without its interface. */
function bindable({ address, interfaceName }: LocalAddress): string {
  return /^fe80:/i.test(address) ? `${address}%${interfaceName}` : address;
}

/** Whether it can be bound here: an address of this machine, any of its own network of loopback, or the word for all. */
function isOwn(address: string, machine: Machine): boolean {
  const own = new BlockList();
  own.addSubnet('127.0.0.0', 8, 'ipv4');
  for (const any of ['0.0.0.0', '::', '::1', ...machine.addresses.map((one) => one.address)]) own.addAddress(any, familyOf(any));
  return own.check(address.replace(/%.*$/, ''), familyOf(address));
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv6(address) ? 'ipv6' : 'ipv4');

/** The addresses of this machine, for a message. */
function owned(addresses: readonly LocalAddress[]): string {
  return `It has: ${addresses.map(({ interfaceName, address }) => `${address} (${interfaceName})`).join(', ')}`;
}

async function byName(wanted: string, families: AddressFamilies, machine: Machine): Promise<string> {
  let found: readonly { readonly address: string; readonly family: number }[];
  try {
    found = await machine.lookup(wanted);
  } catch {
    throw new ConfigurationError(`Invalid value for option ${option}: nobody knows the host '${wanted}'`);
  }
  const usable = inOrder(found, families);
  if (usable.length === 0)
    throw new ConfigurationError(
      `Invalid value for option ${option}: '${wanted}' has no IPv4 address, and java.net.preferIPv4Stack is true`,
    );
  const own = usable.find(({ address }) => isOwn(address, machine));
  if (own !== undefined) return own.address;
  const shown = usable.map(({ address }) => address).join(', ');
  throw new ConfigurationError(
    `Invalid value for option ${option}: '${wanted}' is ${shown}, which is no address of this machine. ${owned(machine.addresses)}`,
  );
}

async function matching(machine: Machine, addresses: readonly LocalAddress[], regex: RegExp): Promise<readonly LocalAddress[]> {
  const usable = addresses.filter((one) => !one.internal);
  if (regex.test(machine.hostName)) return usable.length > 0 ? usable : addresses;
  const names = await Promise.all(addresses.map(({ address }) => machine.nameOf(address)));
  return addresses.filter((_, index) => regex.test(names[index] ?? ''));
}

/**
 * The address that the option means on this machine. Words with a meaning, as in JGroups: GLOBAL (a public one, else a private one), SITE_LOCAL (a private
 * one, else any that is not loopback, else loopback), LINK_LOCAL, NON_LOOPBACK, LOOPBACK, match-interface:, match-address: and match-host: with a
 * regular expression. Else an IP address, or a host name that is looked up; as in the original it must be one of this machine, or one for all.
 * @throws ConfigurationError where this machine has no such address; it names those that it has.
 */
export async function resolveBindAddress(
  wanted: string,
  families: AddressFamilies = 'IPv4 first',
  machine: Machine = thisMachine(),
): Promise<string> {
  const addresses = inOrder(machine.addresses, families);
  const usable = addresses.filter((one) => !one.internal && !LINK_LOCAL.test(one.address));
  const siteLocal = usable.filter((one) => PRIVATE.test(one.address));
  const pick = (candidates: readonly LocalAddress[]): string => {
    const [first] = candidates;
    if (first !== undefined) return bindable(first);
    throw new ConfigurationError(`Invalid value for option ${option}: no address of this machine matches ${wanted}. ${owned(addresses)}`);
  };
  const colon = wanted.indexOf(':');
  const argument = wanted.slice(colon + 1);
  switch (colon < 0 ? wanted.toUpperCase() : wanted.slice(0, colon)) {
    case 'GLOBAL': {
      const global = usable.filter((one) => !PRIVATE.test(one.address));
      return pick(global.length > 0 ? global : siteLocal);
    }
    case 'SITE_LOCAL':
      return pick(defaultOrder(usable, addresses));
    case 'LINK_LOCAL':
      return pick(addresses.filter((one) => !one.internal && LINK_LOCAL.test(one.address)));
    case 'NON_LOOPBACK':
      return pick(usable);
    case 'LOOPBACK':
      return pick(addresses.filter((one) => one.internal));
    case 'match-interface':
      return pick(addresses.filter((one) => pattern(argument, wanted).test(one.interfaceName)));
    case 'match-address':
      return pick(addresses.filter((one) => pattern(argument, wanted).test(one.address)));
    case 'match-host':
      return pick(await matching(machine, addresses, pattern(argument, wanted)));
    default: {
      const literal = wanted.replaceAll(/^\[|\]$/g, '');
      const family = isIP(literal);
      if (family === 6 && families === 'IPv4 only')
        throw new ConfigurationError(
          `Invalid value for option ${option}: ${wanted} is an IPv6 address, and java.net.preferIPv4Stack is true`,
        );
      if (family === 0) return await byName(literal, families, machine);
      if (isOwn(literal, machine)) return literal;
      throw new ConfigurationError(`Invalid value for option ${option}: ${wanted} is no address of this machine. ${owned(addresses)}`);
    }
  }
}

/** A private address of the family that comes first, else another one of it, then the same of the other family, then loopback. */
function defaultOrder(usable: readonly LocalAddress[], all: readonly LocalAddress[]): readonly LocalAddress[] {
  const [first] = usable;
  const isFirst = ({ family }: LocalAddress): boolean => family === first?.family;
  const byPrivacy = (addresses: readonly LocalAddress[]): readonly LocalAddress[] => [
    ...addresses.filter(({ address }) => PRIVATE.test(address)),
    ...addresses,
  ];
  return [...byPrivacy(usable.filter(isFirst)), ...byPrivacy(usable.filter((one) => !isFirst(one))), ...all];
}
