import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { RemoteCaches } from '../../../config/remote-caches.ts';
import type { StateBackend } from '../../backend.ts';
import { openRemoteNodes } from './remote-nodes.ts';

/** A real server that tests may do anything to. */
export interface FaultyServer {
  start(): Promise<void>;
  kill(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
}

/** Longer than a ping may take, so that nodes leave a server that is frozen for so long. */
const frozenMs = 4_500;
const withinMs = 40_000;
/** What a server may take to start on a busy machine. */
const startMs = 120_000;

/** Waits until a node serves, in the words of readiness. */
export async function ready(...nodes: readonly StateBackend[]): Promise<void> {
  await expect.poll(() => nodes.every(({ membership }) => membership.ready), { timeout: withinMs }).toBe(true);
}

/** What a lone server may do to its nodes, on any engine. */
export function describeServerFaults(server: () => FaultyServer, caches: () => RemoteCaches): void {
  it('answers requests that were made while it was frozen, once each', async () => {
    await using nodes = await openRemoteNodes();
    await using a = await nodes.open('a', caches());
    await using b = await nodes.open('b', caches());
    const keys = Array.from({ length: 10 }, () => `code-${randomUUID()}`);
    for (const key of keys) await a.singleUseObjects.put(key, 300, { key });
    server().signal('SIGSTOP');
    const taken = keys.flatMap((key) => [a, b].map((node) => node.singleUseObjects.remove(key)));
    await delay(frozenMs);
    server().signal('SIGCONT');
    const answers = await Promise.all(taken);
    expect(
      answers
        .filter((notes) => notes !== undefined)
        .map(({ key }) => key)
        .toSorted(),
    ).toEqual(keys.toSorted());
    await ready(a, b);
  });

  it('that comes back empty is filled again; nothing is served from before without being asked', async () => {
    await using nodes = await openRemoteNodes();
    await using a = await nodes.open('a', caches(), { budgetMs: startMs });
    await using b = await nodes.open('b', caches());
    await a.singleUseObjects.put('before', 300, {});
    const gaps = new Set<string>();
    using gapA = a.bus.onGap(() => void gaps.add('a'));
    using gapB = b.bus.onGap(() => void gaps.add('b'));
    const deaf = new Map<string, boolean>();
    using deafA = a.bus.onDeaf((now) => void deaf.set('a', now));
    using deafB = b.bus.onDeaf((now) => void deaf.set('b', now));
    await server().kill();
    await expect.poll(() => a.membership.ready || b.membership.ready, { timeout: withinMs }).toBe(false);
    // What is cached is dropped before anything is served again.
    expect([...gaps, gapA !== gapB]).toEqual(expect.arrayContaining(['a', 'b', true]));
    // Nodes that cannot hear keep nothing from then on, and nobody waits for them.
    await expect.poll(() => a.membership.fenced || b.membership.fenced, { timeout: withinMs }).toBe(false);
    expect([...deaf, deafA !== deafB]).toEqual(expect.arrayContaining([['a', true], ['b', true], true]));
    expect(await a.bus.publish(['realm:1'])).toBe(false);
    const waiting = a.singleUseObjects.put('meanwhile', 300, { n: '1' });
    await server().start();
    await waiting;
    await ready(a, b);
    expect(await b.singleUseObjects.get('meanwhile')).toEqual({ n: '1' });
    await expect.poll(() => a.bus.publish(['realm:1']), { timeout: withinMs }).toBe(true);
    // The writer hears that all have dropped it a moment before the last of them hears itself again.
    await expect.poll(() => [...deaf.values()], { timeout: withinMs }).toEqual([false, false]);
  });

  it('that stays away is answered for with 503 in bounded time', async () => {
    await using nodes = await openRemoteNodes();
    await using a = await nodes.open('a', caches(), { budgetMs: 1_500 });
    await server().kill();
    await expect(a.singleUseObjects.get('k')).rejects.toMatchObject({ statusCode: 503, retryAfterSeconds: 2 });
    expect(a.membership.ready).toBe(false);
    await server().start();
    await ready(a);
  });
}
