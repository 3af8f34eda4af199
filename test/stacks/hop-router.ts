import { execFileSync } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { Network } from '../support/network-namespaces.ts';

const ip = (...words: readonly string[]): void => void execFileSync('ip', [...words], { stdio: ['ignore', 'ignore', 'pipe'] });
const tunnelPort = 47_890;
/** So that two runs on one machine do not meet: their cables end in the same network. */
const cables = 64 + (process.pid % 128);
const tunnelHeaderBytes = 8;
const ethernetBytes = 14;
const ipv4 = 0x0800;
const udp = 17;

/** Sum of 16-bit words as in RFC 1071. */
function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += bytes.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/**
 * Hosts in networks of their own, with multicast routers between any two of them. The frames of each host come out of a VXLAN tunnel (RFC 7348),
 * so that this process sees how many hops a datagram may still go, and takes them off as routers do. Nothing but multicast over IPv4 passes.
 */
export class HopRouter {
  readonly hosts: readonly Network[];
  readonly #sockets: Socket[] = [];
  /** What the senders wrote as time to live, of every datagram to a group. */
  readonly seen: number[] = [];
  readonly #routers: number;

  /** Each address with its prefix length; `outside(index)` is this machine's end of the cable of that host, `inside(index)` the other one. */
  constructor(routers: number, addresses: readonly string[]) {
    this.#routers = routers;
    this.hosts = addresses.map((address, index) => {
      const network = new Network('xyz'.charAt(index), [`${this.outside(index)}/24`], [`${this.inside(index)}/24`]);
      const tunnel = ['remote', this.outside(index), 'local', this.inside(index), 'dstport', `${tunnelPort}`, 'nolearning'];
      ip('-n', network.name, 'link', 'add', 'hops', 'type', 'vxlan', 'id', '1', ...tunnel);
      ip('-n', network.name, 'address', 'add', address, 'dev', 'hops');
      ip('-n', network.name, 'link', 'set', 'hops', 'up');
      return network;
    });
  }

  outside(index: number): string {
    return `10.${cables}.${index}.1`;
  }

  inside(index: number): string {
    return `10.${cables}.${index}.2`;
  }

  async opened(): Promise<this> {
    for (const index of this.hosts.keys()) {
      const socket = createSocket('udp4', (datagram) => this.#carry(index, datagram));
      this.#sockets.push(socket);
      await new Promise<void>((resolve, reject) => {
        socket.once('error', reject);
        socket.bind(tunnelPort, this.outside(index), resolve);
      });
    }
    return this;
  }

  #carry(from: number, datagram: Buffer): void {
    const frame = datagram.subarray(tunnelHeaderBytes);
    if (frame.length < ethernetBytes + 20 || frame.readUInt16BE(12) !== ipv4) return;
    const packet = frame.subarray(ethernetBytes);
    const isGroup = packet.readUInt8(16) >> 4 === 0xe;
    if (!isGroup || packet.readUInt8(9) !== udp) return;
    const hops = packet.readUInt8(8);
    this.seen.push(hops);
    if (hops <= this.#routers) return;
    const header = packet.subarray(0, (packet.readUInt8(0) & 0xf) * 4);
    header.writeUInt8(hops - this.#routers, 8);
    header.writeUInt16BE(0, 10);
    header.writeUInt16BE(checksum(header), 10);
    // The sender left the sum of the datagram to a card that is not there; 0 says that there is none.
    packet.writeUInt16BE(0, header.length + 6);
    for (const [index, socket] of this.#sockets.entries()) if (index !== from) socket.send(datagram, tunnelPort, this.inside(index));
  }

  remove(): void {
    for (const socket of this.#sockets) {
      try {
        socket.close();
      } catch {
        // It was never bound.
      }
    }
    for (const host of this.hosts) host.remove();
  }
}
