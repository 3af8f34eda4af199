import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setPriority } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { type TLSSocket, connect as tlsConnect } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { pemOf, type StoredCertificate } from '../../packages/grid/src/certificates/certificate.ts';
import { createCertificate } from '../../packages/grid/src/certificates/create-certificate.ts';
import { everything } from './scenes.ts';
import { StackNodes } from './stack-nodes.ts';
import { type TurnFigures, TurnWatch } from './turn-watch.ts';

/** What the attacked node may take beyond what it had: the streams of strangers, their TLS states, and the noise of a running server. */
const maxGrowthMb = 150;
const crowd = everything ? 5_000 : 1_000;
const atOnce = 250;
const maxLines = 12;
const MEASURED_PRIORITY = -15;
const REST_MS = 1_500;
/** As many as one host may have. */
const VOLLEY = 60;

const memoryMb = (pid: number): number => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;

/** Resolves when the other side has closed. */
function gone(socket: Socket): Promise<void> {
  socket.on('error', () => {});
  socket.resume();
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

/** A frame as the transport writes them: length, kind, flags. */
function frame(kind: number, body: Uint8Array, length = body.length + 2): Buffer {
  const head = Buffer.alloc(6);
  head.writeUInt32BE(length, 0);
  head[4] = kind;
  return Buffer.concat([head, body]);
}

/** What a client says first, as bytes. */
async function clientHello(): Promise<Buffer> {
  const listener = createServer();
  const heard = new Promise<Buffer>((resolve) => {
    listener.once('connection', (socket) =>
      socket.once('data', (bytes: Buffer) => {
        resolve(bytes);
        socket.destroy();
      }),
    );
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as AddressInfo;
  tlsConnect({ host: '127.0.0.1', port }).on('error', () => {});
  return heard.finally(() => listener.close());
}

async function connected(at: { readonly host: string; readonly port: number }): Promise<Socket> {
  const socket = connect(at);
  socket.on('error', () => {});
  socket.resume();
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  return socket;
}

describe('a node whose cluster port anybody can reach', () => {
  it('goes on in its cluster, whatever is sent to it, with bounded memory and a bounded log', async () => {
    using turns = new TurnWatch();
    await using cluster = await StackNodes.prepare(2, { arguments: [], moreEnv: (index) => (index === 0 ? turns.env : {}) });
    for (const node of cluster.nodes) node.start();
    await cluster.settled([0, 1]);
    const { pid = 0, options } = cluster.node(0);
    const at = { host: '127.0.0.1', port: options.ports.cluster };
    const [row] = await cluster.query(`SELECT value FROM server_config WHERE server_config_key = 'crt_jgroups'`);
    const real = JSON.parse(String(row?.['value'])) as StoredCertificate;
    const foreign = await createCertificate(Date.now());
    const shown = ({ crt, prvKey }: StoredCertificate) => ({ cert: pemOf('CERTIFICATE', crt), key: pemOf('PRIVATE KEY', prvKey) });
    const tls = (more: object = {}): TLSSocket => tlsConnect({ ...at, rejectUnauthorized: false, ...more });
    try {
      // What others do on this machine is not the node's doing.
      setPriority(pid, MEASURED_PRIORITY);
    } catch {
      // Only root may; then the noise is part of the figure.
    }
    const viewsBefore = cluster.log(1).match(/ISPN000094/g)?.length;
    const beforeMb = memoryMb(pid);
    await delay(REST_MS);
    turns.take();
    await delay(REST_MS);
    const rest = turns.take();

    // One of each kind. The node closes all of them itself; a silent one when its time is up.
    const silent = connect(at);
    const words: Socket[] = [silent, tls(), tls({ ...shown(foreign) }), tls({ ...shown(real), maxVersion: 'TLSv1.2' })];
    const http = connect(at, () => http.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'));
    const noise = connect(at, () => noise.write(Buffer.alloc(100_000, 0x16)));
    const half = tls(shown(real)).once('secureConnect', () => half.write(frame(0, Buffer.from('KGRD')).subarray(0, 9)));
    const gigabyte = tls(shown(real)).once('secureConnect', () => gigabyte.write(frame(0, Buffer.alloc(64), 1_073_741_824)));
    const wrongKind = tls(shown(real)).once('secureConnect', () => wrongKind.write(frame(4, Buffer.alloc(64))));
    await Promise.all([...words, http, noise, half, gigabyte, wrongKind].map(gone));

    // A volley: all connect first, and ask for their handshakes at the same moment. It costs what it costs, but never in one turn.
    turns.take();
    const hello = await clientHello();
    const volley = await Promise.all(Array.from({ length: VOLLEY }, () => connected(at)));
    await delay(REST_MS);
    const before = turns.take();
    for (const socket of volley) socket.write(hello);
    await delay(REST_MS);
    const shot = turns.take();
    for (const socket of volley) socket.destroy();

    // A crowd: each connects, says nothing or asks for a handshake, and holds on as long as it may.
    let opened = 0;
    const held = new Set<Socket>();
    for (let started = 0; started < crowd; started += atOnce) {
      await Promise.all(
        Array.from({ length: atOnce }, (_, index) => {
          const socket: Socket = index % 4 === 0 ? tls() : connect(at);
          held.add(socket);
          socket.on('error', () => {});
          socket.resume();
          socket.once('close', () => held.delete(socket));
          return new Promise<void>((resolve) => {
            socket.once('connect', () => {
              opened += 1;
              resolve();
            });
            socket.once('close', () => resolve());
          });
        }),
      );
      expect(await cluster.isReady(0)).toBe(true);
    }
    // A scan of ports: connect and close.
    for (let index = 0; index < 200; index += 1) {
      const socket = connect(at, () => socket.destroy());
      await gone(socket);
    }
    const crowded = turns.take();
    const afterMb = memoryMb(pid);
    for (const socket of held) socket.destroy();

    const lines = cluster
      .log(0)
      .split('\n')
      .filter((line) => line.includes('JGRP000006') || line.includes('connections were rejected'));
    const ms = ({ longestMs }: TurnFigures): string => `${longestMs.toFixed(0)} ms`;
    console.log(
      `${opened} connections, a volley of ${VOLLEY} and 9 odd ones: memory ${beforeMb.toFixed(0)} -> ${afterMb.toFixed(0)} MB, longest turn of the loop ${ms(crowded)} in the crowd, ${ms(shot)} in the volley, ${ms(rest)} at rest, ${ms(before)} while it connected; ${lines.length} lines in the log`,
    );
    // Whatever a handshake costs here and now, a turn holds a few of them.
    expect(shot.sumMs).toBeGreaterThan(0);
    expect(shot.longestMs).toBeLessThan(Math.max(rest.longestMs, shot.sumMs / 2));
    expect(afterMb - beforeMb).toBeLessThan(maxGrowthMb);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThanOrEqual(maxLines);
    expect(cluster.log(0)).not.toContain('PRIVATE KEY');
    // The other member noticed nothing.
    expect(cluster.log(1).match(/ISPN000094/g)?.length).toBe(viewsBefore);
    await cluster.settled([0, 1]);
  });
});
