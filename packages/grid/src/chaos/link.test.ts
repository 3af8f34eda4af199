import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Link } from './link.ts';

let server: Server;
let link: Link;
let accepted: Socket[];

async function dial(): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port: link.port });
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** What has arrived at a socket so far. */
function arrivals(socket: Socket): { text: string } {
  const arrived = { text: '' };
  socket.on('data', (chunk: Buffer) => (arrived.text += chunk.toString()));
  return arrived;
}

/** A reset is an error first, which `once` would take for its own. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

async function pair(): Promise<{ near: Socket; far: Socket }> {
  const near = await dial();
  near.write('hello');
  await expect.poll(() => accepted.length).toBe(1);
  return { near, far: accepted[0] as Socket };
}

describe('a link', () => {
  beforeEach(async () => {
    accepted = [];
    server = createServer((socket) => {
      socket.on('error', () => {});
      accepted.push(socket);
    });
    await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
    link = await Link.to((server.address() as AddressInfo).port);
  });
  afterEach(async () => {
    await link.close();
    for (const socket of accepted) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });

  it('carries bytes both ways, and the end', async () => {
    const { near, far } = await pair();
    const [atNear, atFar] = [arrivals(near), arrivals(far)];
    far.write('welcome');
    await expect.poll(() => [atNear.text, atFar.text]).toEqual(['welcome', 'hello']);
    near.end();
    await once(far, 'end');
  });

  it('holds one direction while the other flows, and delivers what was held when it is healed', async () => {
    const { near, far } = await pair();
    const [atNear, atFar] = [arrivals(near), arrivals(far)];
    await expect.poll(() => atFar.text).toBe('hello');
    link.forward.stalled = true;
    link.changed();
    near.write(' and more');
    far.write('still here');
    await expect.poll(() => atNear.text).toBe('still here');
    expect(atFar.text).toBe('hello');
    link.heal(true);
    await expect.poll(() => atFar.text).toBe('hello and more');
  });

  it('tells nobody of an end while it is cut', async () => {
    const { near, far } = await pair();
    link.forward.stalled = true;
    link.changed();
    let ended = false;
    far.on('close', () => (ended = true));
    near.destroy();
    far.write('anybody?');
    await closed(near);
    expect(ended).toBe(false);
    link.heal(false);
    await expect.poll(() => ended).toBe(true);
  });

  it('delays without changing the order', async () => {
    const { near, far } = await pair();
    const atFar = arrivals(far);
    await expect.poll(() => atFar.text).toBe('hello');
    link.forward.delayMs = 30;
    for (const text of ['1', '2', '3', '4']) {
      near.write(text);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(atFar.text).toBe('hello');
    await expect.poll(() => atFar.text).toBe('hello1234');
  });

  it('makes connections half-open: one end is gone, the other is not told', async () => {
    const { near, far } = await pair();
    let told = false;
    near.on('close', () => (told = true));
    link.halfOpen();
    await closed(far);
    near.write('into the void');
    expect(told).toBe(false);
    link.heal(true);
    await expect.poll(() => told).toBe(true);
  });

  it('resets connections, and refuses new ones when told to', async () => {
    const { near, far } = await pair();
    const both = Promise.all([closed(near), closed(far)]);
    link.reset();
    await both;
    link.accepting = false;
    const refused = connect({ host: '127.0.0.1', port: link.port });
    refused.on('error', () => {});
    await closed(refused);
    expect(accepted).toHaveLength(1);
  });
});
