import { describe, expect, it } from 'vitest';
import { defaultBindAddress, type LocalAddress, resolveBindAddress } from './bind-address.ts';

const addresses: LocalAddress[] = [
  { interfaceName: 'lo', address: '127.0.0.1', family: 'IPv4', internal: true },
  { interfaceName: 'eth0', address: '203.0.113.7', family: 'IPv4', internal: false },
  { interfaceName: 'eth1', address: '10.1.2.3', family: 'IPv4', internal: false },
  { interfaceName: 'eth2', address: '169.254.3.4', family: 'IPv4', internal: false },
];

describe('the bind address of the cluster port', () => {
  it.each([
    ['GLOBAL', '203.0.113.7'],
    ['SITE_LOCAL', '10.1.2.3'],
    ['LINK_LOCAL', '169.254.3.4'],
    ['NON_LOOPBACK', '203.0.113.7'],
    ['LOOPBACK', '127.0.0.1'],
    ['match-interface:eth[12]', '10.1.2.3'],
    ['match-address:10\\..*', '10.1.2.3'],
    ['match-host:node-\\d+', '203.0.113.7'],
    ['192.0.2.1', '192.0.2.1'],
    ['::1', '::1'],
  ])('%s means %s', (wanted, address) => {
    expect(resolveBindAddress(wanted, addresses, 'node-1')).toBe(address);
  });

  it('takes a private address for GLOBAL where there is no public one', () => {
    expect(
      resolveBindAddress(
        'GLOBAL',
        addresses.filter((one) => one.interfaceName !== 'eth0'),
      ),
    ).toBe('10.1.2.3');
  });

  it.each(['match-interface:wlan0', 'match-address:[', 'match-host:other'])('refuses %s and names it', (wanted) => {
    expect(() => resolveBindAddress(wanted, addresses, 'node-1')).toThrow(wanted);
  });

  it('prefers a private address where nobody chose, and takes loopback on a machine without a network', () => {
    expect(defaultBindAddress(addresses)).toBe('10.1.2.3');
    expect(defaultBindAddress(addresses.slice(0, 1))).toBe('127.0.0.1');
  });
});
