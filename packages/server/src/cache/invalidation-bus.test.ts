import { describe, expect, it } from 'vitest';
import { FakeCluster } from '../testing/fake-grid.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { quietLogger } from '../testing/quiet-logger.ts';
import { createInvalidationBus } from './invalidation-bus.ts';

describe('the bus of invalidations', () => {
  it('answers the writer after every other member has dropped the keys', async () => {
    const cluster = new FakeCluster(new ManualClock(), ['n1', 'n2', 'n3']);
    const seen: string[][] = [[], [], []];
    cluster.nodes.forEach((node, index) => {
      createInvalidationBus(node, quietLogger).subscribe(async (keys) => {
        await Promise.resolve();
        seen[index]?.push(...keys);
      });
    });
    expect(await createInvalidationBus(cluster.node(0), quietLogger).publish(['realm:1', 'user:2'])).toBe(true);
    expect(seen).toEqual([[], ['realm:1', 'user:2'], ['realm:1', 'user:2']]);
  });

  it('says so when a member failed, or when this one is cut off', async () => {
    const cluster = new FakeCluster(new ManualClock(), ['n1', 'n2']);
    createInvalidationBus(cluster.node(1), quietLogger).subscribe(() => Promise.reject(new Error('busy')));
    const bus = createInvalidationBus(cluster.node(0), quietLogger);
    expect(await bus.publish(['realm:1'])).toBe(false);
    cluster.node(0).failure = 'GRID_FENCED';
    expect(await bus.publish(['realm:1'])).toBe(false);
  });

  it('has everything dropped after a gap and after an isolation', () => {
    const cluster = new FakeCluster(new ManualClock(), ['n1']);
    let cleared = 0;
    using _ = createInvalidationBus(cluster.node(0), quietLogger).onGap(() => {
      cleared += 1;
    });
    for (const gap of cluster.node(0).topicState('work').gaps) gap('n2');
    cluster.node(0).emit('fenced', 'lease lost');
    cluster.node(0).emit('unfenced');
    expect(cleared).toBe(3);
  });
});
