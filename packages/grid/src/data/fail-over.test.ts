import { describe, expect, it } from 'vitest';
import { type Outcome, TestCluster, textOf } from './test-cluster.ts';

const three = [1, 2, 3];

function started(owners: readonly number[], shapeOwners = 2): TestCluster {
  const cluster = new TestCluster(three, { shape: { owners: shapeOwners, stateTransfer: true } });
  cluster.install({ members: three, owners });
  cluster.deliver();
  return cluster;
}

describe('death of the primary', () => {
  it('between replication and acknowledgement lets the retry get the recorded result', () => {
    const cluster = started([1, 2, 3]);
    cluster.run(3, 'put', 'code', { text: 'v' });
    const take = cluster.submit(3, 'getAndRemove', 'code');
    cluster.deliver(({ message }) => message.kind === 'request' || message.kind === 'replicate');
    cluster.kill(1, true);
    cluster.install({ members: [2, 3], owners: [2, 3] });
    cluster.deliver();
    expect(textOf(take.result?.value)).toBe('v');
    expect(cluster.run(2, 'getAndRemove', 'code').value).toBeNull();
  });

  it('before replication lets the retry run anew', () => {
    const cluster = started([1, 2, 3]);
    cluster.run(3, 'put', 'code', { text: 'v' });
    const take = cluster.submit(3, 'getAndRemove', 'code');
    cluster.deliver(({ message }) => message.kind === 'request');
    cluster.kill(1, true);
    cluster.install({ members: [2, 3], owners: [2, 3] });
    cluster.deliver();
    expect(textOf(take.result?.value)).toBe('v');
    expect(cluster.copy(3, 'code')).toBeUndefined();
  });

  it('lets exactly one of ten callers on three members take a code', () => {
    const cluster = started([1, 2, 3]);
    cluster.run(3, 'put', 'code', { text: 'v' });
    const takes: Outcome[] = Array.from({ length: 10 }, (_, index) => cluster.submit(2 + (index % 2), 'getAndRemove', 'code'));
    let packets = 0;
    cluster.deliver(() => {
      packets += 1;
      return packets <= 14;
    });
    cluster.kill(1);
    cluster.install({ members: [2, 3], owners: [2, 3] });
    cluster.deliver();
    expect(takes.map(({ result }) => textOf(result?.value)).filter((value) => value === 'v')).toHaveLength(1);
    expect(takes.every(({ result }) => result !== undefined)).toBe(true);
  });

  it('makes the new primary collect what only another backup has', () => {
    const cluster = started([1, 2, 3], 3);
    const put = cluster.submit(1, 'put', 'k', { text: 'v' });
    cluster.deliver(({ to, message }) => to === 3 && message.kind === 'replicate');
    expect(cluster.copy(2, 'k')).toBeUndefined();
    cluster.kill(1, true);
    cluster.install({ members: [2, 3], owners: [2, 3] });
    const read = cluster.submit(2, 'get', 'k');
    expect(read.result).toBeUndefined();
    cluster.deliver();
    expect(textOf(read.result?.value)).toBe('v');
    expect(put.result).toBeUndefined();
    expect(cluster.copy(2, 'k')).toBe('v');
  });

  it('ends with an unknown outcome for a write of a revoked origin, and refuses its reads', () => {
    const cluster = started([1, 2, 3]);
    const put = cluster.submit(3, 'put', 'k', { text: 'v' });
    const get = cluster.submit(3, 'get', 'k');
    cluster.core(3).end('revoked', cluster.nowMs);
    expect(put.failure).toBe('GRID_OUTCOME_UNKNOWN');
    expect(get.failure).toBe('GRID_FENCED');
  });
});

describe('the lease', () => {
  it('lapsed at the commit keeps the answer back until it can be proved again', () => {
    const cluster = started([1, 2, 3]);
    const put = cluster.submit(3, 'put', 'k', { text: 'v' });
    cluster.leases.set(1, false);
    cluster.deliver();
    expect(put.result).toBeUndefined();
    cluster.leases.set(1, true);
    cluster.pass(100);
    expect(put.result).toBeDefined();
  });

  it('lapsed at a read refuses it within the budget of ten seconds', () => {
    const cluster = started([1, 2, 3]);
    cluster.leases.set(1, false);
    const get = cluster.submit(3, 'get', 'k');
    cluster.pass(9_900);
    expect(get.failure).toBeUndefined();
    cluster.pass(200);
    expect(get.failure).toBe('GRID_FENCED');
  });
});

describe('lost frames', () => {
  it('are sent again with the same operation id', () => {
    const cluster = started([1, 2, 3]);
    let dropped = 0;
    cluster.drop = ({ message }) => message.kind === 'reply' && ++dropped <= 1;
    const put = cluster.submit(3, 'putIfAbsent', 'k', { text: 'v' });
    cluster.deliver();
    expect(put.result).toBeUndefined();
    cluster.pass(3_100);
    expect(put.result?.found).toBe(false);
    expect(cluster.core(1).figures()['retriesAnswered']).toBe(1);
  });

  it('of replication leave no hole at the backup', () => {
    const cluster = started([1, 2, 3]);
    let seen = 0;
    cluster.drop = ({ message }) => message.kind === 'replicate' && ++seen === 1;
    const puts = [1, 2, 3].map((index) => cluster.submit(1, 'put', `k${index}`, { text: `v${index}` }));
    cluster.deliver();
    expect(puts.some(({ result }) => result !== undefined)).toBe(false);
    cluster.pass(600);
    expect(puts.every(({ result }) => result !== undefined)).toBe(true);
    expect([1, 2, 3].map((index) => cluster.copy(2, `k${index}`))).toEqual(['v1', 'v2', 'v3']);
  });
});

describe('epochs', () => {
  it('refuse a replicate of an older one', () => {
    const cluster = started([1, 2, 3]);
    const put = cluster.submit(1, 'put', 'k', { text: 'v' });
    const view = cluster.view({ members: [2, 3], owners: [2, 3] });
    cluster.core(2).install(view, cluster.nowMs);
    cluster.core(3).install(view, cluster.nowMs);
    cluster.deliver();
    expect(cluster.copy(2, 'k')).toBeUndefined();
    expect(put.result).toBeUndefined();
    expect(cluster.core(2).figures()['staleRefusals']).toBe(1);
  });

  it('park a request of a newer one until it is installed', () => {
    const cluster = started([1, 2, 3]);
    const view = cluster.view({ members: three, owners: [1, 2, 3] });
    cluster.core(3).install(view, cluster.nowMs);
    const put = cluster.submit(3, 'put', 'k', { text: 'v' });
    cluster.deliver();
    expect(put.result).toBeUndefined();
    cluster.core(1).install(view, cluster.nowMs);
    cluster.core(2).install(view, cluster.nowMs);
    cluster.deliver();
    expect(put.result).toBeDefined();
  });
});
