import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { systemTime } from '../facade/time.ts';
import { maxQuestionBytes, readQuestion, writeQuestion } from './death-question.ts';
import { DeathWatch } from './death-watch.ts';

const offset = 7;
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Side {
  readonly watch: DeathWatch;
  readonly lost: number[];
  readonly lines: string[];
}

async function side(id: number, transportPort: number, portRange = 3, cluster = 'c'): Promise<Side> {
  const lost: number[] = [];
  const lines: string[] = [];
  const log = ({ message }: { message: string }) => void lines.push(message);
  const watch = new DeathWatch({
    cluster,
    host: '127.0.0.1',
    portOffset: offset,
    portRange,
    time: systemTime,
    log,
    closed: (peer) => void lost.push(peer),
  });
  closers.push(() => watch.close());
  await watch.listen(transportPort);
  watch.identify({ id, incarnation: id * 10, name: `n${id}`, labels: {} });
  return { watch, lost, lines };
}

const peer = (id: number, transportPort: number) => ({ id, incarnation: id * 10, address: { host: '127.0.0.1', port: transportPort } });
const connections = ({ watch }: Side): number => watch.figures()['failureDetectionConnections'] ?? -1;

/** Ports that are free now, with those above them. */
async function freeBase(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return (typeof address === 'object' ? (address?.port ?? 0) : 0) - offset;
}

async function take(port: number): Promise<Server> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => void sockets.push(socket)).listen(port, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return server;
}

describe('the port of failure detection', () => {
  it('is the port of the transport and the offset; the next ones are tried where it is taken, and found by who looks for the member', async () => {
    const base = await freeBase();
    await take(base + offset);
    await take(base + offset + 1);
    const older = await side(1, await freeBase());
    const younger = await side(2, base);
    expect(younger.watch.port).toBe(base + offset + 2);
    younger.watch.follow([peer(1, (older.watch.port ?? 0) - offset)]);
    older.watch.follow([peer(2, base)]);
    await expect.poll(() => [connections(older), connections(younger)], { timeout: 8_000 }).toEqual([1, 1]);
  }, 15_000);

  it('tells both ends that a connection which stood has ended', async () => {
    const [a, b] = [await freeBase(), await freeBase()];
    const older = await side(1, a);
    const younger = await side(2, b);
    younger.watch.follow([peer(1, a)]);
    older.watch.follow([peer(2, b)]);
    await expect.poll(() => connections(older) + connections(younger)).toBe(2);
    await younger.watch.close();
    await expect.poll(() => older.lost).toEqual([2]);
    expect(younger.lost).toEqual([]);
  });

  it('tells nothing of members that are not followed any more', async () => {
    const [a, b] = [await freeBase(), await freeBase()];
    const older = await side(1, a);
    const younger = await side(2, b);
    younger.watch.follow([peer(1, a)]);
    older.watch.follow([peer(2, b)]);
    await expect.poll(() => connections(older) + connections(younger)).toBe(2);
    older.watch.follow([]);
    await expect.poll(() => connections(younger)).toBe(0);
    expect(older.lost).toEqual([]);
  });

  it('does not take another member, another life or another cluster for the one that is looked for', async () => {
    const [a, b] = [await freeBase(), await freeBase()];
    const older = await side(1, a);
    await side(2, b, 3, 'another');
    older.watch.follow([peer(2, b)]);
    const third = await side(3, await freeBase());
    older.watch.follow([peer(2, b), { ...peer(3, (third.watch.port ?? 0) - offset), incarnation: 999 }]);
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect([connections(older), older.lost]).toEqual([0, []]);
  });

  it('is done without where all are taken or none is possible, and says so', async () => {
    const base = await freeBase();
    await take(base + offset);
    expect((await side(1, base, 0)).lines).toEqual([expect.stringContaining('are taken; heartbeats and leases judge alone')]);
    const none = await side(1, 65_535);
    expect([none.watch.port, none.lines]).toEqual([undefined, [expect.stringContaining('is above 65535')]]);
  });

  it('ends connections of strangers: silent ones, half questions, too much, and more than there is room for', async () => {
    const base = await freeBase();
    const { watch, lost } = await side(1, base);
    const knock = (bytes?: Uint8Array): Promise<Socket> =>
      new Promise((resolve) => {
        const socket = connect({ host: '127.0.0.1', port: watch.port ?? 0 }, () => {
          if (bytes !== undefined) socket.write(bytes);
        });
        socket.on('error', () => {}).resume();
        socket.once('close', () => resolve(socket));
      });
    const question = writeQuestion({ cluster: 'c', to: 1, incarnation: 10, from: 9 });
    await Promise.all([
      knock(),
      knock(question.subarray(0, 20)),
      knock(new Uint8Array(maxQuestionBytes + 1)),
      knock(Uint8Array.of(0xff, 0xff)),
      knock(writeQuestion({ cluster: 'c', to: 5, incarnation: 10, from: 9 })),
      knock(Buffer.concat([question, question])),
      knock(question),
      ...Array.from({ length: 300 }, () => knock()),
    ]);
    await expect.poll(() => watch.figures()['failureDetectionConnections']).toBe(0);
    expect(lost).toEqual([]);
  }, 20_000);
});

describe('the question', () => {
  it('is read as it was written, whole or not yet', () => {
    const question = { cluster: 'ISPN', to: 5, incarnation: 6, from: 7 };
    const bytes = writeQuestion(question);
    expect(readQuestion(bytes)).toEqual(question);
    for (let length = 0; length < bytes.length; length += 1) expect(readQuestion(bytes.subarray(0, length))).toBeUndefined();
    expect(() => readQuestion(Uint8Array.of(0, 4, 1, 2, 3, 4))).toThrow('GRID_MALFORMED_FRAME');
  });
});
