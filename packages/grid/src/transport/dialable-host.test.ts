import { describe, expect, it } from 'vitest';
import { dialableHost } from './dialable-host.ts';

const entry = { netmask: '255.255.255.0', mac: '00:00:00:00:00:00', cidr: null };

describe('dialableHost', () => {
  it('keeps an address that says where it is', () => {
    expect(dialableHost('10.0.0.5')).toBe('10.0.0.5');
  });

  it('puts an outside address in the place of "all interfaces", loopback if there is none', () => {
    const lo = [{ ...entry, address: '127.0.0.1', family: 'IPv4' as const, internal: true }];
    const eth0 = [{ ...entry, address: '10.0.0.7', family: 'IPv4' as const, internal: false }];
    expect(dialableHost('0.0.0.0', { lo, eth0 })).toBe('10.0.0.7');
    expect(dialableHost('0.0.0.0', { lo })).toBe('127.0.0.1');
  });
});
