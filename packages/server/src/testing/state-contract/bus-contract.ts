import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { OpenBed, StateBedOptions } from './bed.ts';

/** Invalidations that are acknowledged, and tasks of the cluster. */
export function busContract(bed: OpenBed, { runsTasks }: StateBedOptions): void {
  it('answers the writer after every other node has handled the keys', async () => {
    const seen: string[][] = [];
    using _ = bed.node(1).bus.subscribe(async (keys) => {
      await Promise.resolve();
      seen.push([...keys]);
    });
    expect(await bed.node(0).bus.publish(['realm:1', 'user:ä"\u2028'])).toBe(true);
    expect(seen.flat()).toEqual(['realm:1', 'user:ä"\u2028']);
  });

  it('carries as many keys as a change may have', async () => {
    const seen = new Set<string>();
    let everything = false;
    using keysSeen = bed.node(1).bus.subscribe((keys) => {
      for (const key of keys) seen.add(key);
    });
    using gapSeen = bed.node(1).bus.onGap(() => {
      everything = true;
    });
    const keys = Array.from({ length: 12_000 }, () => `user:${randomUUID()}`);
    expect(await bed.node(0).bus.publish(keys)).toBe(true);
    // An engine with small messages may say "drop everything" in the place of so many names.
    expect(everything || keys.every((key) => seen.has(key))).toBe(true);
    expect([keysSeen, gapSeen]).toHaveLength(2);
  });

  it('tells the writer that a node could not handle the keys', async () => {
    using _ = bed.node(1).bus.subscribe(() => Promise.reject(new Error('busy')));
    expect(await bed.node(0).bus.publish(['realm:2'])).toBe(false);
  });

  if (!runsTasks) return;
  it('runs a task on one node at a time, again and again', async () => {
    let running = 0;
    let runs = 0;
    let overlapped = false;
    const name = `task-${randomUUID()}`;
    const work = async (): Promise<void> => {
      running += 1;
      runs += 1;
      overlapped ||= running > 1;
      await new Promise((resolve) => setTimeout(resolve, 20));
      running -= 1;
    };
    using subscriptions = new DisposableStack();
    for (let index = 0; index < bed.count; index += 1) subscriptions.use(bed.node(index).tasks.schedule(name, 100, work));
    await expect.poll(() => runs).toBeGreaterThan(2);
    expect(overlapped).toBe(false);
  });
}
