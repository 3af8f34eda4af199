import { createSocket } from 'node:dgram';
import { afterEach, describe, expect, it } from 'vitest';
import { systemTime } from '../facade/time.ts';
import type { Carrier, Listener, WireStream } from './carrier.ts';
import { openUdxCarrier } from './open-udx-carrier.ts';
import { noCookie, readUdxMessage, writeUdxMessage } from './udx-handshake.ts';

const carriers: Carrier[] = [];

async function begin(host: string, maxStreams = 16): Promise<{ carrier: Carrier; listener: Listener; accepted: WireStream[] }> {
  const carrier = await openUdxCarrier('this test', systemTime);
  carriers.push(carrier);
  const accepted: WireStream[] = [];
  const listener = await carrier.listen({ host, port: 0 }, maxStreams, {
    opened: (stream) => {
      accepted.push(stream);
      stream.on('data', (chunk: Buffer) => stream.write(chunk));
      stream.on('end', () => stream.end());
      return true;
    },
    failed: () => {},
  });
  return { carrier, listener, accepted };
}

/** Everything that comes back for `text`, until the other side ends. */
async function echo(stream: WireStream, bytes: Buffer): Promise<Buffer> {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.end(bytes);
  await new Promise<void>((resolve, reject) => {
    stream.once('end', resolve);
    stream.once('error', reject);
  });
  return Buffer.concat(chunks);
}

describe('streams over UDP', () => {
  afterEach(async () => {
    await Promise.all(carriers.splice(0).map((carrier) => carrier.close()));
  });

  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['::1', '::1'],
    ['::', '127.0.0.1'],
    ['::', '::1'],
  ])('carry a megabyte there and back, from and to a listener at %s, dialed as %s', async (bound, dialed) => {
    const [one, two] = [await begin(bound), await begin(bound)];
    const bytes = Buffer.alloc(1_048_576, 'x');
    const back = await echo(one.carrier.dial({ host: dialed, port: two.listener.port }), bytes);
    expect(back.equals(bytes)).toBe(true);
  });

  it('are refused beyond their number', async () => {
    const [one, two] = [await begin('127.0.0.1'), await begin('127.0.0.1', 2)];
    const dial = () => one.carrier.dial({ host: '127.0.0.1', port: two.listener.port });
    const first = [dial(), dial()];
    await Promise.all(first.map((stream) => new Promise((resolve) => stream.once('connect', resolve))));
    const error = await new Promise<NodeJS.ErrnoException>((resolve) => dial().once('error', resolve));
    expect(error.code).toBe('ECONNREFUSED');
    expect(error.syscall).toBe('connect');
  });

  it('are not made for forged addresses, and nothing longer is sent there than what came', async () => {
    const { listener, accepted } = await begin('127.0.0.1');
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    const answers: Buffer[] = [];
    socket.on('message', (bytes) => answers.push(bytes));
    const send = (bytes: Uint8Array) => new Promise((resolve) => socket.send(bytes, listener.port, '127.0.0.1', resolve));
    for (let from = 1; from <= 2_000; from += 1) await send(writeUdxMessage({ kind: 'open', from, cookie: noCookie }));
    for (const bytes of [Buffer.alloc(0), Buffer.alloc(32, 0xff), Buffer.alloc(1_400, 1), Buffer.from('KGUD')]) await send(bytes);
    await expect.poll(() => answers.length).toBeGreaterThan(0);
    expect(answers.every((bytes) => bytes.length === 32 && readUdxMessage(bytes)?.kind === 'retry')).toBe(true);
    expect(accepted).toEqual([]);
    socket.close();
  });

  it('say what is missing where the package is not there', async () => {
    const { loadOptional } = await import('../load-optional.ts');
    await expect(loadOptional('no-such-package', 'the stack x', () => import('no-such-package' as string))).rejects.toThrow(
      /^GRID_PACKAGE_MISSING: the stack x needs the package no-such-package: npm install no-such-package \(/,
    );
  });
});
