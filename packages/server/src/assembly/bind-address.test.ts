import { describe, expect, it } from 'vitest';
import { type LocalAddress, type Machine, resolveBindAddress } from './bind-address.ts';

const address = (interfaceName: string, text: string, internal = false): LocalAddress => ({
  interfaceName,
  address: text,
  family: text.includes(':') ? 'IPv6' : 'IPv4',
  internal,
});
const loopback = [address('lo', '127.0.0.1', true), address('lo', '::1', true)];
const machine = (...addresses: readonly LocalAddress[]): Machine => ({
  addresses,
  hostName: 'node-1',
  lookup: async (name) => {
    if (name === 'both.example')
      return [
        { address: '2001:db8::7', family: 6 },
        { address: '203.0.113.7', family: 4 },
        { address: '203.0.113.9', family: 4 },
      ];
    if (name === 'six.example') return [{ address: '2001:db8::7', family: 6 }];
    if (name === 'other.example') return [{ address: '203.0.113.9', family: 4 }];
    throw new Error('ENOTFOUND');
  },
  nameOf: async (text) => (text === '10.1.2.3' ? 'inner.example' : undefined),
});
const full = machine(
  ...loopback,
  address('eth0', '203.0.113.7'),
  address('eth1', '10.1.2.3'),
  address('eth2', '169.254.3.4'),
  address('eth0', '2001:db8::7'),
  address('eth1', 'fd00::3'),
  address('eth2', 'fe80::4'),
);

describe('the bind address of the cluster port', () => {
  it.each([
    ['GLOBAL', '203.0.113.7'],
    ['SITE_LOCAL', '10.1.2.3'],
    ['site_local', '10.1.2.3'],
    ['LINK_LOCAL', '169.254.3.4'],
    ['NON_LOOPBACK', '203.0.113.7'],
    ['LOOPBACK', '127.0.0.1'],
    ['match-interface:eth[12]', '10.1.2.3'],
    ['match-interface:(?i)ETH1', '10.1.2.3'],
    ['match-address:10\\..*', '10.1.2.3'],
    ['match-address:fd00:.*', 'fd00::3'],
    ['match-host:node-\\d+', '203.0.113.7'],
    ['match-host:inner\\..*', '10.1.2.3'],
    ['203.0.113.7', '203.0.113.7'],
    ['127.4.5.6', '127.4.5.6'],
    ['2001:0db8:0::7', '2001:0db8:0::7'],
    ['fe80::4%eth2', 'fe80::4%eth2'],
    ['::1', '::1'],
    ['[::1]', '::1'],
    ['::', '::'],
    ['0.0.0.0', '0.0.0.0'],
    ['both.example', '203.0.113.7'],
    ['six.example', '2001:db8::7'],
  ])('%s means %s', async (wanted, expected) => expect(await resolveBindAddress(wanted, 'IPv4 first', full)).toBe(expected));

  it.each([
    ['GLOBAL', '2001:db8::7'],
    ['SITE_LOCAL', 'fd00::3'],
    ['LINK_LOCAL', 'fe80::4%eth2'],
    ['NON_LOOPBACK', '2001:db8::7'],
    ['LOOPBACK', '::1'],
    ['match-interface:eth1', 'fd00::3'],
    ['both.example', '2001:db8::7'],
  ])('%s means %s with java.net.preferIPv6Addresses', async (wanted, expected) =>
    expect(await resolveBindAddress(wanted, 'IPv6 first', full)).toBe(expected),
  );

  it.each([
    ['2001:db8::7', 'is an IPv6 address, and java.net.preferIPv4Stack is true'],
    ['six.example', "'six.example' has no IPv4 address, and java.net.preferIPv4Stack is true"],
    ['match-address:fd00:.*', 'no address of this machine matches match-address:fd00:.*'],
  ])('%s is refused with java.net.preferIPv4Stack', async (wanted, message) =>
    expect(resolveBindAddress(wanted, 'IPv4 only', full)).rejects.toThrow(message),
  );

  it('takes a private address for GLOBAL where there is no public one', async () =>
    expect(await resolveBindAddress('GLOBAL', 'IPv4 first', machine(...loopback, address('eth1', '10.1.2.3')))).toBe('10.1.2.3'));

  it('prefers a private address where nobody chose, then any of the same family, and takes loopback on a machine without a network', async () => {
    const site = (...addresses: readonly LocalAddress[]) =>
      resolveBindAddress('SITE_LOCAL', 'IPv4 first', machine(...loopback, ...addresses));
    expect(await site(address('eth0', '203.0.113.7'), address('eth0', 'fd00::2'))).toBe('203.0.113.7');
    expect(await site(address('eth0', 'fd00::2'), address('eth0', '2001:db8::2'))).toBe('fd00::2');
    expect(await site(address('eth0', 'fe80::2'))).toBe('127.0.0.1');
  });

  it.each([
    ['192.0.2.1', '192.0.2.1 is no address of this machine. It has: 127.0.0.1 (lo), 203.0.113.7 (eth0)'],
    ['other.example', "'other.example' is 203.0.113.9, which is no address of this machine. It has: "],
    ['match-interface:wlan0', 'no address of this machine matches match-interface:wlan0. It has: 127.0.0.1 (lo), 203.0.113.7 (eth0)'],
    ['match-address:[', 'match-address:[ holds a broken regular expression'],
    ['match-host:other', 'match-host:other'],
    ['no.such.host', "nobody knows the host 'no.such.host'"],
  ])('refuses %s and names it', async (wanted, message) => {
    const refused = resolveBindAddress(wanted, 'IPv4 first', full);
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toThrow("'cache-embedded-network-bind-address' (or -Djgroups.bind.address)");
  });
});
