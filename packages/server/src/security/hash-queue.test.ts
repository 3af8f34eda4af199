import { describe, expect, it } from 'vitest';
import { ServerError } from '../http/errors.ts';
import { createHashQueue, hashConcurrency } from './hash-queue.ts';

function gate(): { open: () => void; passed: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { open: resolve, passed: promise };
}

describe('the hash queue', () => {
  it('never runs more hashes at once than allowed, and starts the others in order', async () => {
    const queue = createHashQueue(2, 10);
    const gates = [gate(), gate(), gate(), gate()];
    const started: number[] = [];
    const all = gates.map((entry, i) =>
      queue.run(async () => {
        started.push(i);
        await entry.passed;
        return i;
      }),
    );
    expect(started).toEqual([0, 1]);
    expect(queue.waiting).toBe(2);
    gates[1]?.open();
    await all[1];
    await Promise.resolve();
    expect(started).toEqual([0, 1, 2]);
    for (const entry of gates) entry.open();
    expect(await Promise.all(all)).toEqual([0, 1, 2, 3]);
    expect(queue.running).toBe(0);
  });

  it('refuses with a 503 that says when to come back once too many wait', async () => {
    const queue = createHashQueue(1, 1);
    const entry = gate();
    const first = queue.run(() => entry.passed);
    const second = queue.run(() => entry.passed);
    const refused = await queue.run(() => entry.passed).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ServerError);
    expect(refused).toMatchObject({ code: 'KG_HASHING_OVERLOAD', statusCode: 503, retryAfterSeconds: 1 });
    entry.open();
    await Promise.all([first, second]);
  });

  it('gives the place back when a hash fails', async () => {
    const queue = createHashQueue(1, 1);
    await expect(queue.run(() => Promise.reject(new Error('x')))).rejects.toThrow('x');
    expect(await queue.run(() => Promise.resolve(7))).toBe(7);
  });
});

it.each([
  [undefined, 2],
  ['8', 6],
  ['3', 1],
  ['1', 1],
  ['junk', 2],
])('with UV_THREADPOOL_SIZE %s runs %i at once', (size, expected) => {
  expect(hashConcurrency(size)).toBe(expected);
});
