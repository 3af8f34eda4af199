import { describe, expect, it } from 'vitest';
import type { JgroupsPingRow, JgroupsPingStore } from '../store/stores.ts';
import { FakeCluster } from '../testing/fake-grid.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { quietLogger } from '../testing/quiet-logger.ts';
import { mirrorJgroupsPing } from './jgroups-ping.ts';

function open(member: number) {
  const clock = new ManualClock();
  const cluster = new FakeCluster(clock, ['n1', 'n2']);
  const written: (readonly JgroupsPingRow[])[] = [];
  let tick: () => void = () => undefined;
  const store: JgroupsPingStore = {
    replace: async (_clusterName, rows) => {
      written.push(rows);
      if (written.length === 1) throw new Error('the table is away');
    },
    list: async () => [],
  };
  const every = (_ms: number, work: () => void) => {
    tick = work;
    return { [Symbol.dispose]: () => undefined };
  };
  mirrorJgroupsPing({ grid: cluster.node(member), store, clusterName: 'ISPN', clock, logger: quietLogger, every });
  return { clock, cluster, written, tick: () => tick() };
}

describe('the mirror of the view in JGROUPS_PING', () => {
  it('is written by the coordinator, again at each view and at each turn, whatever failed before', async () => {
    const { clock, cluster, written, tick } = open(0);
    await expect.poll(() => written.length).toBe(1);
    clock.advanceSeconds(30);
    tick();
    await expect.poll(() => written.length).toBe(2);
    expect(written[1]).toEqual([
      { address: '1', name: 'n1', ip: '127.0.0.1:7801', coord: true, coordinatedBy: '1', lastUpdate: clock.nowSeconds() },
      { address: '2', name: 'n2', ip: '127.0.0.1:7802', coord: false, coordinatedBy: '1', lastUpdate: clock.nowSeconds() },
    ]);
    cluster.node(0).emit('view', cluster.node(0).view);
    cluster.node(0).emit('view', cluster.node(0).view);
    cluster.node(0).emit('view', cluster.node(0).view);
    await expect.poll(() => written.length).toBe(4);
  });

  it('is left alone by the other members', async () => {
    const { written, tick } = open(1);
    tick();
    await Promise.resolve();
    expect(written).toEqual([]);
  });
});
