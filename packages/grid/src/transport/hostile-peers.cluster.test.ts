import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { type TLSSocket, connect as tlsConnect } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { electorateOf, type Voter } from '../authority/majority/voter-links.ts';
import { loadCredentials } from '../certificates/load-credentials.ts';
import { systemTime } from '../facade/time.ts';
import { type Address, type MemberId, PROTOCOL_VERSION } from '../protocol/types.ts';
import { ByteWriter } from '../protocol/wire.ts';
import { MemoryCertificateStore } from '../testing/memory-certificate-store.ts';
import { maxFrameBytes } from './frame-parser.ts';
import { type Hello, readRefusal, writeHello } from './hello.ts';
import { type Credentials, TlsChannel } from './secure-channel.ts';
import { SocketTransport } from './socket-transport.ts';
import { frameKind } from './transport.ts';

const credentials: Promise<Credentials> = loadCredentials(new MemoryCertificateStore(), Date.now());
const self: MemberId = 1;
const running: { close(): unknown }[] = [];

interface Victim {
  readonly transport: SocketTransport;
  readonly address: Address;
  readonly connected: string[];
  readonly closed: MemberId[];
  readonly received: string[];
}

async function begin(id: MemberId = self, voter?: Voter): Promise<Victim> {
  const transport = new SocketTransport({
    cluster: 'ISPN',
    bind: { host: '127.0.0.1', port: 0 },
    channel: new TlsChannel(await credentials),
    voter,
    time: systemTime,
    log: () => {},
  });
  const victim = { connected: [] as string[], closed: [] as MemberId[], received: [] as string[] };
  const address = await transport.listen({
    received: (from, _kind, body) => {
      // As the cores do: whatever they cannot read, they throw at the connection.
      victim.received.push(`${from}: ${body.string()}`);
    },
    batchEnded: () => {},
    connected: (peer, lane) => victim.connected.push(`${peer} ${lane}`),
    closed: (peer) => victim.closed.push(peer),
    refused: () => {},
  });
  transport.identify({ id, incarnation: id, name: `n${id}`, labels: {} });
  running.push(transport);
  return { transport, address, ...victim };
}

/** Somebody who holds the cluster's key, and uses it badly. */
async function intrude({ address }: Victim): Promise<{ socket: TLSSocket; closed: Promise<void>; arrived: Buffer[] }> {
  const { key, certificate } = await credentials;
  const socket = tlsConnect({ ...address, key, cert: certificate, rejectUnauthorized: false });
  const arrived: Buffer[] = [];
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => arrived.push(chunk));
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  running.push({ close: () => socket.destroy() });
  await new Promise<void>((resolve) => socket.once('secureConnect', () => resolve()));
  return { socket, closed, arrived };
}

function frame(kind: number, write: (writer: ByteWriter) => void): Uint8Array {
  const body = new ByteWriter();
  write(body);
  const bytes = body.take();
  const whole = new ByteWriter().u32(bytes.length + 2).u8(kind);
  whole.u8(0);
  for (const byte of bytes) whole.u8(byte);
  return whole.take();
}

const genuine: Hello = { version: PROTOCOL_VERSION, cluster: 'ISPN', from: 9, incarnation: 9, name: 'n9', to: self, lane: 'control' };
const hello = (changes: Partial<Hello> = {}): Uint8Array =>
  frame(frameKind.hello, (writer) => writeHello(writer, { ...genuine, ...changes }));
const data = (text: string): Uint8Array => frame(frameKind.data, (writer) => void writer.string(text));

function refusal(arrived: readonly Buffer[]): string {
  const bytes = Buffer.concat(arrived);
  return bytes[4] === frameKind.refused ? readRefusal(bytes.subarray(6)) : '';
}

/** After all that, a member is still welcome and heard. */
async function serves(victim: Victim): Promise<void> {
  const other = await begin(2);
  other.transport.peers([{ id: self, incarnation: self, address: victim.address }]);
  await expect.poll(() => victim.connected.filter((line) => line.startsWith('2 ')).length).toBeGreaterThanOrEqual(2);
  other.transport.send(self, 'control', frameKind.data, (writer, text) => void writer.string(text), 'still here');
  await expect.poll(() => victim.received).toContain('2: still here');
}

describe('peers that mean no good', () => {
  afterEach(async () => {
    await Promise.all(running.splice(0).map((each) => each.close()));
  });

  it.each([
    ['another version', { version: PROTOCOL_VERSION + 1 }, /^protocol version/],
    ['another cluster', { cluster: 'OTHER' }, /^another cluster name$/],
    ['a name that is taken for somebody else', { to: 77 }, /^member 77 is not here any more$/],
    ['the name of this member itself', { from: self }, /^not a possible member id$/],
    ['a number that nobody can have', { from: Number.NaN }, /^not a possible member id$/],
  ] satisfies [string, Partial<Hello>, RegExp][])('are told why a hello of %s is refused', async (_what, changes, reason) => {
    const victim = await begin();
    const { socket, closed, arrived } = await intrude(victim);
    socket.write(hello(changes));
    await closed;
    expect(refusal(arrived)).toMatch(reason);
    expect(victim.connected).toEqual([]);
    await serves(victim);
  });

  it.each([
    ['another cluster', electorateOf('OTHER', [])],
    ['another version', electorateOf('ISPN', [], PROTOCOL_VERSION + 1)],
    ['other addresses', electorateOf('ISPN', [{ host: 'elsewhere', port: 7_800 }])],
  ])('have no vote with %s', async (_what, electorate) => {
    let asked = 0;
    const answer = (ask: Uint8Array): Uint8Array => {
      asked += 1;
      return ask;
    };
    const victim = await begin(self, { electorate: electorateOf('ISPN', []), asked: answer });
    const question = frame(frameKind.ask, (writer) => void writer.f64(1).bytes(new Uint8Array()));
    const attempt = async (named: string) => {
      const peer = await intrude(victim);
      peer.socket.write(frame(frameKind.electorate, (writer) => void writer.string(named)));
      peer.socket.write(question);
      return peer;
    };
    await (await attempt(electorate)).closed;
    expect(asked).toBe(0);
    await attempt(electorateOf('ISPN', []));
    await expect.poll(() => asked).toBe(1);
  });

  it('cannot replay a hello: not on its connection, not of an earlier life, and not the bytes of a whole connection', async () => {
    const victim = await begin();
    const first = await intrude(victim);
    first.socket.write(hello());
    await expect.poll(() => victim.connected).toEqual(['9 control']);
    // A second one says nothing new to an established connection.
    first.socket.write(hello({ from: 10, incarnation: 10 }));
    first.socket.write(data('once'));
    await expect.poll(() => victim.received).toEqual(['9: once']);
    victim.transport.peers([{ id: 9, incarnation: 9, address: victim.address }]);
    const earlier = await intrude(victim);
    earlier.socket.write(hello({ incarnation: 8 }));
    await earlier.closed;
    expect(refusal(earlier.arrived)).toBe('another incarnation of this member is known');

    const tape: Buffer[] = [];
    const recorder = createServer((near) => {
      const far = connect(victim.address);
      near.on('data', (chunk: Buffer) => {
        tape.push(chunk);
        far.write(chunk);
      });
      near.on('close', () => far.destroy());
      far.pipe(near);
      for (const socket of [near, far]) socket.on('error', () => {});
    });
    await new Promise<void>((resolve) => recorder.listen({ host: '127.0.0.1', port: 0 }, resolve));
    running.push(recorder);
    const recorded = await intrude({ ...victim, address: { host: '127.0.0.1', port: (recorder.address() as AddressInfo).port } });
    recorded.socket.write(hello({ from: 5, incarnation: 5 }));
    await expect.poll(() => victim.connected).toContain('5 control');
    recorded.socket.destroy();
    await expect.poll(() => victim.closed).toContain(5);
    const known = victim.connected.length;
    const replay: Socket = connect(victim.address);
    replay.on('error', () => {});
    const gone = new Promise<void>((resolve) => replay.once('close', () => resolve()));
    replay.resume();
    for (const chunk of tape) replay.write(chunk);
    await gone;
    expect(victim.connected).toHaveLength(known);
    await serves(victim);
  });

  it('are cut off when they speak before their hello, speak nonsense after it, or announce more than is allowed', async () => {
    const victim = await begin();
    const huge = new ByteWriter().u32(maxFrameBytes).u8(frameKind.data);
    huge.u8(0);
    const early = [data('early'), Uint8Array.from({ length: 64 }, () => 255), huge.take(), Buffer.from('GET / HTTP/1.1\r\n\r\n')];
    for (const bytes of early) {
      const { socket, closed } = await intrude(victim);
      socket.write(bytes);
      await closed;
    }
    const nonsense = [
      frame(frameKind.data, (writer) => void writer.u32(0xffff_ffff)),
      frame(17, () => {}),
      Uint8Array.of(0, 0, 0, 0, 4, 0),
    ];
    for (const bytes of nonsense) {
      const { socket, closed } = await intrude(victim);
      socket.write(hello());
      socket.write(bytes);
      await closed;
    }
    expect(victim.received).toEqual([]);
    await expect.poll(() => victim.transport.figures()['halfOpenConnections']).toBe(0);
    await serves(victim);
  });

  it('lose their place when they send a hello byte by byte, or nothing at all', async () => {
    const victim = await begin();
    const bytes = hello();
    const slow = await Promise.all(Array.from({ length: 20 }, () => intrude(victim)));
    const silent = Array.from({ length: 20 }, () => {
      const socket = connect(victim.address);
      socket.on('error', () => {});
      running.push({ close: () => socket.destroy() });
      return new Promise<void>((resolve) => {
        socket.resume();
        socket.once('close', () => resolve());
      });
    });
    // Half a hello in drops, and then the rest is awaited for ever.
    const drops = slow.map(async ({ socket }) => {
      for (const byte of bytes.subarray(0, bytes.length / 2)) {
        if (!socket.writable) return;
        socket.write(Uint8Array.of(byte));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    });
    await expect.poll(() => Number(victim.transport.figures()['halfOpenConnections'])).toBeGreaterThan(20);
    // Meanwhile others come in.
    await serves(victim);
    await Promise.all([...slow.map(({ closed }) => closed), ...silent, ...drops]);
    await expect.poll(() => victim.transport.figures()['halfOpenConnections']).toBe(0);
    expect(victim.connected.filter((line) => line.startsWith('9 '))).toEqual([]);
  });

  it('cost a bounded amount of memory when they never read, and nobody else waits for them', async () => {
    const victim = await begin();
    const { socket } = await intrude(victim);
    socket.write(hello());
    await expect.poll(() => victim.connected).toEqual(['9 control']);
    socket.pause();
    const bulk = new Uint8Array(100_000);
    let sent = 0;
    // The kernel takes some, then the window fills: refusals, not memory, are what more sending brings.
    for (let refused = 0; refused < 20; ) {
      if (victim.transport.send(9, 'control', frameKind.data, (writer, bytes) => void writer.bytes(bytes), bulk) === 'sent') sent += 1;
      else refused += 1;
      await new Promise((resolve) => setImmediate(resolve));
      expect(victim.transport.figures()['queueBytes']).toBeLessThan(4 * 1_048_576 + 200_000);
      expect(sent).toBeLessThan(1_000);
    }
    await serves(victim);
  });
});
