import { describe, expect, it } from 'vitest';
import { type CallLimits, type CallOutcome, CallQueue, type OutboundCall } from './call-queue.ts';

const call = (url: string): OutboundCall => ({ url, contentType: 'text/plain', body: 'b', label: url });

/** A queue whose posts answer when the test says so, and whose pauses end when the test says so. */
function bench(limits: Partial<CallLimits> = {}) {
  const running: { url: string; answer(status: number): void; fail(): void }[] = [];
  const pauses: { delayMs: number; run(): void }[] = [];
  const outcomes: [string, CallOutcome][] = [];
  const queue = new CallQueue({
    post: ({ url }) => new Promise((resolve, reject) => running.push({ url, answer: resolve, fail: () => reject(new Error('no answer')) })),
    after(delayMs, run) {
      const pause = { delayMs, run };
      pauses.push(pause);
      return { [Symbol.dispose]: () => void pauses.splice(pauses.indexOf(pause), 1) };
    },
    onOutcome: ({ url }, outcome) => void outcomes.push([url, outcome]),
    limits,
  });
  return { queue, running, pauses, outcomes };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('calls to applications', () => {
  it('are tried again while the application has trouble, and end with the last try', async () => {
    const { queue, running, pauses, outcomes } = bench({ retryDelaysMs: [10, 20] });
    const first = queue.send(call('http://a/'), { retries: true });
    running.shift()?.answer(503);
    expect(await first).toBeUndefined();
    expect(pauses.map(({ delayMs }) => delayMs)).toEqual([10]);
    pauses.shift()?.run();
    running.shift()?.fail();
    await turn();
    expect(pauses.map(({ delayMs }) => delayMs)).toEqual([20]);
    pauses.shift()?.run();
    running.shift()?.answer(500);
    await turn();
    expect(outcomes).toEqual([['http://a/', 'failed']]);
    expect(queue.waiting).toBe(0);
  });

  it('end at once where the application takes them or says no', async () => {
    const { queue, running, outcomes } = bench();
    const taken = queue.send(call('http://a/1'), { retries: true });
    const refused = queue.send(call('http://a/2'), { retries: true });
    running[0]?.answer(204);
    running[1]?.answer(400);
    expect([await taken, await refused]).toEqual(['done', 'refused']);
    expect(outcomes).toHaveLength(2);
  });

  it('are dropped, not kept, when too many wait', async () => {
    const { queue, outcomes } = bench({ maxRunning: 1, maxWaiting: 2 });
    for (const name of ['1', '2', '3']) void queue.send(call(`http://a/${name}`), { retries: true });
    expect(await queue.send(call('http://a/4'), { retries: true })).toBe('dropped');
    expect(outcomes).toEqual([['http://a/4', 'dropped']]);
  });

  it('to one application that hangs leave room for the others', () => {
    const { queue, running } = bench({ maxRunningPerOrigin: 2 });
    for (const name of ['1', '2', '3', '4']) void queue.send(call(`http://hangs/${name}`), { retries: true });
    void queue.send(call('http://well/'), { retries: true });
    expect(running.map(({ url }) => url)).toEqual(['http://hangs/1', 'http://hangs/2', 'http://well/']);
  });

  it('go to http addresses only', async () => {
    const { queue, running } = bench();
    expect(await queue.send(call('file:///etc/passwd'), { retries: true })).toBe('refused');
    expect(await queue.send(call('nonsense'), { retries: true })).toBe('refused');
    expect(running).toEqual([]);
  });

  it('that wait are given up when the node stops', async () => {
    const { queue, running, pauses, outcomes } = bench({ maxRunning: 1 });
    void queue.send(call('http://a/1'), { retries: true });
    const second = queue.send(call('http://a/2'), { retries: true });
    queue[Symbol.dispose]();
    expect(await second).toBe('dropped');
    running[0]?.fail();
    await turn();
    expect(pauses).toEqual([]);
    expect(outcomes.map(([, outcome]) => outcome)).toEqual(['dropped', 'failed']);
  });
});
