import { BlockList, isIP } from 'node:net';

/** Addresses that are nobody's on the open network: loopback, private, link-local, shared, documentation, multicast and reserved (RFC 6890). */
const notPublic = new BlockList();
for (const block of [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]) {
  const [address = '', bits] = block.split('/');
  notPublic.addSubnet(address, Number(bits), 'ipv4');
}
const ipv6 = ['::/128', '::1/128', '64:ff9b:1::/48', '100::/64', '2001:db8::/32', 'fc00::/7', 'fe80::/10', 'ff00::/8'] as const;
for (const block of ipv6) {
  const [address = '', bits] = block.split('/');
  notPublic.addSubnet(address, Number(bits), 'ipv6');
}

/** The IPv4 address inside an IPv6 one (mapped, translated, 6to4), which is where packets to it would end. */
function embeddedIpv4(address: string): string | undefined {
  const { hostname } = new URL(`http://[${address}]/`);
  const [head = '', tail = ''] = hostname.slice(1, -1).split('::');
  const words = head === '' ? [] : head.split(':');
  const rest = tail === '' ? [] : tail.split(':');
  const all = [...words, ...Array.from({ length: 8 - words.length - rest.length }, () => '0'), ...rest].map((word) =>
    Number.parseInt(word, 16),
  );
  const ipv4 = (high = 0, low = 0): string => [high >> 8, high & 255, low >> 8, low & 255].join('.');
  const zeros = all.slice(0, 5).every((word) => word === 0);
  if (zeros && (all[5] === 0xffff || all[5] === 0)) return ipv4(all[6], all[7]);
  if (all[0] === 0x64 && all[1] === 0xff9b && all.slice(2, 6).every((word) => word === 0)) return ipv4(all[6], all[7]);
  if (all[0] === 0x2002) return ipv4(all[1], all[2]);
  return undefined;
}

/** Whether an IP address is reachable from anywhere, as far as its number tells. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !notPublic.check(address, 'ipv4');
  if (family !== 6 || address.includes('%')) return false;
  if (notPublic.check(address, 'ipv6')) return false;
  const inside = embeddedIpv4(address);
  return inside === undefined || isPublicAddress(inside);
}

/** Whether a host name matches an entry of an allow-list: the name itself, or everything below `*.example.org`. */
export function matchesHost(entries: readonly string[], hostname: string): boolean {
  const host = hostname.toLowerCase().replace(/^\[|\]$|\.$/g, '');
  return entries.some((entry) => {
    const wanted = entry.toLowerCase().replace(/^\[|\]$/g, '');
    return wanted.startsWith('*.') ? host.endsWith(wanted.slice(1)) && host.length > wanted.length - 1 : host === wanted;
  });
}
