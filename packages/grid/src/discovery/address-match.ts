import { isIP, SocketAddress } from 'node:net';
import type { Address } from '../protocol/types.ts';
import type { FoundAddress } from './discovery.ts';

const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/;

/** One spelling for each address: IPv6 in its short form, IPv4 within IPv6 as IPv4, names in small letters. */
export function canonicalHost(host: string): string {
  const text = host.toLowerCase();
  const family = isIP(text);
  if (family === 4) return text;
  if (family !== 6) return text.replace(/\.$/, '');
  const { address } = new SocketAddress({ address: text.split('%')[0] ?? text, family: 'ipv6' });
  return mapped.exec(address)?.[1] ?? address;
}

export function sameAddress(left: Address, right: Address): boolean {
  return left.port === right.port && canonicalHost(left.host) === canonicalHost(right.host);
}

/** Whether one of the addresses found is where this member listens. */
export function isFound(member: Address, found: readonly FoundAddress[]): boolean {
  const host = canonicalHost(member.host);
  return found.some((each) => (each.port === undefined || each.port === member.port) && canonicalHost(each.host) === host);
}
