import { createSocket } from 'node:dgram';
import { afterEach, describe, expect, it } from 'vitest';
import { systemTime } from '../facade/time.ts';
import { MulticastDiscovery } from './multicast.ts';
import { maxMessageBytes, readMulticastMessage, writeMulticastMessage } from './multicast-message.ts';

const message = { kind: 'request', cluster: 'ISPN', sender: 12_345, address: { host: '127.0.0.1', port: 7_800 } } as const;
const signal = new AbortController().signal;
const open: MulticastDiscovery[] = [];
const group = '239.6.7.9';

function node(port: number, nodePort: number, cluster = 'ISPN') {
  const discovery = new MulticastDiscovery({ group, port, ttl: 1, bindHost: '127.0.0.1', time: systemTime });
  open.push(discovery);
  const own = { cluster, name: `n${nodePort}`, address: { host: '127.0.0.1', port: nodePort } };
  return { round: () => discovery.round(own, signal) };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1', () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}

describe('a datagram of multicast discovery', () => {
  it('survives the wire', () => {
    expect(readMulticastMessage(writeMulticastMessage(message))).toEqual(message);
  });

  it('is refused when cut, longer, or of somebody else', () => {
    const bytes = writeMulticastMessage(message);
    for (let length = 0; length < bytes.length; length += 1)
      expect(() => readMulticastMessage(bytes.subarray(0, length))).toThrow(/GRID_MALFORMED_FRAME/);
    expect(() => readMulticastMessage(Uint8Array.of(...bytes, 0))).toThrow(/GRID_MALFORMED_FRAME/);
    expect(() => readMulticastMessage(Uint8Array.of(1, ...bytes.subarray(1)))).toThrow(/no discovery datagram/);
    expect(() => readMulticastMessage(new Uint8Array(maxMessageBytes + 1))).toThrow(/GRID_MALFORMED_FRAME/);
  });
});

describe('multicast discovery over loopback', () => {
  afterEach(async () => {
    await Promise.all(open.splice(0).map((discovery) => discovery.close()));
  });

  it('finds the others of its own cluster, and they find it', async () => {
    const port = await freePort();
    const [one, two, stranger] = [node(port, 1), node(port, 2), node(port, 3, 'OTHER')];
    expect(await one.round()).toEqual([]);
    await stranger.round();
    expect(await two.round()).toEqual([{ host: '127.0.0.1', port: 1 }]);
    expect(await one.round()).toEqual([{ host: '127.0.0.1', port: 2 }]);
    expect(await stranger.round()).toEqual([]);
  });

  it('is not disturbed by datagrams of anybody', async () => {
    const port = await freePort();
    const [one, two] = [node(port, 1), node(port, 2)];
    await one.round();
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    for (const bytes of [Buffer.alloc(0), Buffer.from('hello'), Buffer.alloc(9_000, 1), writeMulticastMessage(message).subarray(0, 20)])
      socket.send(bytes, port, '127.0.0.1');
    expect(await two.round()).toEqual([{ host: '127.0.0.1', port: 1 }]);
    socket.close();
  });

  it('says what is wrong with a group that cannot be used, and works once it can', async () => {
    const port = await freePort();
    const broken = new MulticastDiscovery({ group: '10.0.0.1', port, ttl: 1, bindHost: '127.0.0.1', time: systemTime });
    const own = { cluster: 'ISPN', name: 'n', address: { host: '127.0.0.1', port: 1 } };
    await expect(broken.round(own, signal)).rejects.toThrow(/^GRID_DISCOVERY_FAILED: the group cannot be used from 127\.0\.0\.1/);
    await expect(broken.round(own, signal)).rejects.toThrow(/GRID_DISCOVERY_FAILED/);
    await broken.close();
  });
});
