import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultTiming } from './membership/timing.ts';
import { ProcessCluster } from './testing/process-cluster.ts';
import { StallingProxy } from './testing/stalling-proxy.ts';

describe('a database that answers nobody for longer than a lease', () => {
  let cluster: ProcessCluster;
  let proxy: StallingProxy;
  const names = ['n1', 'n2', 'n3'];

  beforeAll(async () => {
    cluster = await ProcessCluster.create('database_away');
    const direct = new URL(cluster.databaseUrl);
    proxy = await StallingProxy.to(direct.hostname, Number(direct.port === '' ? 5_432 : direct.port));
    const through = Object.assign(new URL(direct), { hostname: '127.0.0.1', port: String(proxy.port) }).toString();
    await Promise.all(names.map((name) => cluster.begin(name, through)));
    await cluster.settle();
  });
  afterAll(async () => {
    await cluster.remove();
    await proxy.close();
  });

  it('stops no member from serving while all hear each other, and changes no view', async () => {
    const members = [...cluster.members.values()];
    const before = await cluster.member('n1').state();
    proxy.stall();
    // The condition that ends the round is the own clock: the stall must outlast the lease of every member's last beat.
    const endsAt = performance.now() + defaultTiming.leaseMs + defaultTiming.beatMs;
    let round = 0;
    while (performance.now() < endsAt) {
      round += 1;
      await Promise.all(members.map((member, index) => member.ask('put', `key-${round}-${index}`, 'value')));
      const read = await Promise.all(members.map((member, index) => member.ask('get', `key-${round}-${(index + 1) % members.length}`)));
      expect(read).toEqual(members.map(() => 'value'));
    }
    proxy.resume();
    await cluster.settle();
    for (const member of members) {
      expect(member.output.filter((line) => line.includes('"event":"fenced"'))).toEqual([]);
      expect((await member.state()).epoch).toBe(before.epoch);
    }
  });
});
