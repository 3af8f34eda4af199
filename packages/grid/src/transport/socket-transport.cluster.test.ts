import { connect } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import Udx from 'udx-native';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GridLogLine } from '../api.ts';
import { loadCredentials } from '../certificates/load-credentials.ts';
import { systemTime } from '../facade/time.ts';
import type { Address, MemberId } from '../protocol/types.ts';
import { MemoryCertificateStore } from '../testing/memory-certificate-store.ts';
import { type Carrier, TcpCarrier } from './carrier.ts';
import { type Credentials, TlsChannel } from './secure-channel.ts';
import { SocketTransport } from './socket-transport.ts';
import { frameKind } from './transport.ts';
import { UdxCarrier } from './udx-carrier.ts';

interface Recorded {
  readonly transport: SocketTransport;
  readonly address: Address;
  readonly connected: string[];
  readonly closed: MemberId[];
  readonly refused: string[];
  readonly received: string[];
  readonly lines: GridLogLine[];
}

const credentials: Promise<Credentials> = loadCredentials(new MemoryCertificateStore(), Date.now());
const strange: Promise<Credentials> = loadCredentials(new MemoryCertificateStore(), Date.now());
const running: SocketTransport[] = [];
const carriers: Readonly<Record<string, () => Carrier>> = {
  'TCP sockets': () => new TcpCarrier(),
  'reliable datagrams': () => new UdxCarrier(new Udx(), systemTime),
};
let carrier: () => Carrier = () => new TcpCarrier();

async function begin(id: MemberId, cluster = 'ISPN', own: Promise<Credentials> = credentials): Promise<Recorded> {
  const lines: GridLogLine[] = [];
  const transport = new SocketTransport({
    cluster,
    bind: { host: '127.0.0.1', port: 0 },
    channel: new TlsChannel(await own, () => {}, carrier()),
    time: systemTime,
    log: (line) => lines.push(line),
  });
  const [connected, closed, refused, received]: [string[], MemberId[], string[], string[]] = [[], [], [], []];
  const address = await transport.listen({
    received: (from, _kind, body) => received.push(`${from}: ${Buffer.from(body.rest()).toString()}`),
    batchEnded: () => {},
    connected: (peer, lane) => connected.push(`${peer} ${lane}`),
    closed: (peer) => closed.push(peer),
    refused: (_peer, reason) => refused.push(reason),
  });
  transport.identify({ id, incarnation: id, name: `n${id}`, labels: {} });
  running.push(transport);
  return { transport, address, connected, closed, refused, received, lines };
}
const peer = (id: MemberId, { address }: Recorded) => ({ id, incarnation: id, address });
const say = (from: Recorded, to: MemberId, text: string) =>
  from.transport.send(to, 'control', frameKind.data, (writer) => eachByte(text, (byte) => writer.u8(byte)), undefined);
function eachByte(text: string, give: (byte: number) => void): void {
  for (const byte of Buffer.from(text)) give(byte);
}

describe.each(Object.keys(carriers))('SocketTransport over %s', (name) => {
  beforeEach(() => {
    carrier = carriers[name] ?? carrier;
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((transport) => transport.close()));
  });

  it('agrees on one connection a lane though both dial, and carries frames in order', async () => {
    const [one, two] = [await begin(1), await begin(2)];
    one.transport.peers([peer(2, two)]);
    two.transport.peers([peer(1, one)]);
    await expect.poll(() => [one.transport.figures()['connections'], two.transport.figures()['connections']]).toEqual([2, 2]);
    const batch = async (): Promise<number> => {
      // A pair that dialed at the same time may still change the connection; what was sent on the earlier one is gone.
      two.received.length = 0;
      for (let index = 0; index < 1_000; index += 1) say(one, 2, `message ${index}`);
      await expect
        .poll(() => two.received.length, { timeout: 10_000 })
        .toBe(1_000)
        .catch(() => {});
      return two.received.length;
    };
    await expect.poll(batch).toBe(1_000);
    expect(two.received.every((text, index) => text === `1: message ${index}`)).toBe(true);
  });

  it('rejects another certificate, and says whose it was', async () => {
    const [one, two] = [await begin(1), await begin(2, 'ISPN', strange)];
    two.transport.peers([peer(1, one)]);
    await expect.poll(() => one.lines.filter((line) => line.code === 'JGRP000006').length).toBeGreaterThan(0);
    expect(one.connected).toEqual([]);
    expect(one.lines.find((line) => line.code === 'JGRP000006')?.message).toContain('SSLSocket[127.0.0.1]');
  });

  it('refuses another cluster with a reason', async () => {
    const [one, two] = [await begin(1), await begin(2, 'OTHER')];
    one.transport.peers([peer(2, two)]);
    await expect.poll(() => one.refused.length).toBeGreaterThan(0);
    expect(one.refused[0]).toBe('another cluster name');
    expect(say(one, 2, 'x')).toBe('unconnected');
  });

  it('tells of a lost connection and dials again', async () => {
    const [one, two] = [await begin(1), await begin(2)];
    one.transport.peers([peer(2, two)]);
    await expect.poll(() => one.connected.length).toBe(2);
    two.transport.identify({ id: 2, incarnation: 2, name: 'n2', labels: {} });
    await expect.poll(() => one.closed).toEqual([2]);
    await expect.poll(() => one.connected.length).toBe(4);
  });

  it('holds no more for a silent peer than its window, and says overloaded beyond', async () => {
    const [one, two] = [await begin(1), await begin(2)];
    one.transport.peers([peer(2, two)]);
    await expect.poll(() => one.connected.length).toBe(2);
    const bulk = new Uint8Array(500_000);
    let sent = 0;
    // Nothing is read in between: this is one turn of the loop.
    while (one.transport.send(2, 'control', frameKind.data, (writer, bytes) => void writer.bytes(bytes), bulk) === 'sent') sent += 1;
    expect(sent).toBeLessThanOrEqual(10);
    expect(one.transport.figures()['queueBytes']).toBeLessThan(5_000_000);
    await expect.poll(() => two.received.length).toBe(sent);
  });
});

describe('SocketTransport over TCP sockets', () => {
  beforeEach(() => {
    carrier = () => new TcpCarrier();
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((transport) => transport.close()));
  });

  it('rejects strangers: another certificate, none, TLS 1.2, no TLS; says so a bounded number of times', async () => {
    const [one, two] = [await begin(1), await begin(2, 'ISPN', strange)];
    const { key, certificate } = await credentials;
    two.transport.peers([peer(1, one)]);
    const options = { ...one.address, rejectUnauthorized: false };
    for (let turn = 0; turn < 10; turn += 1) {
      const sockets = [
        tlsConnect(options),
        tlsConnect({ ...options, key, cert: certificate, maxVersion: 'TLSv1.2' }),
        connect(one.address),
      ];
      sockets[2]?.write('GET / HTTP/1.1\r\n\r\n');
      await Promise.all(
        sockets.map((socket) => {
          socket.on('error', () => {});
          socket.resume();
          return new Promise((resolve) => socket.once('close', resolve));
        }),
      );
    }
    await expect.poll(() => two.closed.length).toBeGreaterThan(0);
    expect(one.connected).toEqual([]);
    const said = one.lines.filter((line) => line.code === 'JGRP000006');
    expect(said.length).toBeGreaterThan(0);
    expect(said.length).toBeLessThanOrEqual(5);
    expect(said[0]?.message).toMatch(/^JGRP000006: 127\.0\.0\.1:\d+: failed accepting connection from peer SSLSocket\[/);
  });
});
