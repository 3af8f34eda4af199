import { BlockList, isIP } from 'node:net';
import type { Realm } from '../model/index.ts';

const local = new BlockList();
for (const [network, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
] as const) {
  local.addSubnet(network, bits, 'ipv4');
}
for (const [network, bits] of [
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const) {
  local.addSubnet(network, bits, 'ipv6');
}

/** Whether the realm's `sslRequired` refuses this request: `external` lets private and loopback addresses use plain http. */
export function needsHttps(realm: Pick<Realm, 'sslRequired'>, http: { readonly secure: boolean; readonly remoteAddress: string }): boolean {
  if (http.secure || realm.sslRequired === 'none') return false;
  if (realm.sslRequired === 'all') return true;
  const family = isIP(http.remoteAddress);
  return family === 0 || !local.check(http.remoteAddress, family === 6 ? 'ipv6' : 'ipv4');
}
