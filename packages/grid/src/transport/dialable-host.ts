import { networkInterfaces } from 'node:os';

/** What others can dial when the listener is bound to `host`: for "all interfaces" the first address that is not loopback. */
export function dialableHost(host: string, interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces()): string {
  if (host !== '0.0.0.0' && host !== '::') return host;
  const outside = Object.values(interfaces).flatMap((list) => (list ?? []).filter((each) => !each.internal));
  const chosen = outside.find((each) => each.family === 'IPv4') ?? outside.find((each) => each.scopeid === 0);
  return chosen?.address ?? (host === '::' ? '::1' : '127.0.0.1');
}
