import { describe, expect, it } from 'vitest';
import { TestCluster, textOf } from './test-cluster.ts';

const six = [1, 2, 3, 4, 5, 6];
const keys = Array.from({ length: 30 }, (_, index) => `k${index}`);

/** Six members, the first `owners` of which own everything. */
function filled(owners: number): TestCluster {
  const cluster = new TestCluster(six, { shape: { owners, stateTransfer: true } });
  cluster.install({ members: six, owners: six });
  cluster.deliver();
  for (const key of keys) cluster.run(6, 'put', key, { text: `of ${key}` });
  return cluster;
}

describe.each([4, 5, 6])('a cache with %s owners', (owners) => {
  it('has a copy on each of them and on nobody else', () => {
    const cluster = filled(owners);
    for (const member of six) for (const key of keys) expect(cluster.copy(member, key)).toBe(member <= owners ? `of ${key}` : undefined);
  });

  it('answers a write when all of them have it, and not before', () => {
    const cluster = filled(owners);
    const put = cluster.submit(6, 'put', 'k0', { text: 'new' });
    cluster.deliver(({ message, from }) => message.kind !== 'acknowledge' || from !== owners);
    expect(put.result).toBeUndefined();
    cluster.deliver();
    expect(put.result).toBeDefined();
  });

  it('keeps everything when all but one of them die at once', () => {
    const cluster = filled(owners);
    const dead = six.slice(0, owners - 1);
    const left = six.filter((member) => !dead.includes(member));
    for (const member of dead) cluster.kill(member, true);
    cluster.install({ members: left, owners: left });
    cluster.deliver();
    for (const key of keys) expect(textOf(cluster.run(left.at(-1) ?? 0, 'get', key).value)).toBe(`of ${key}`);
    expect(cluster.lost).toEqual([]);
  });

  it('moves only to who becomes an owner', () => {
    const cluster = filled(owners);
    const target = [...six.slice(1), 1];
    for (const phase of ['COPY', 'SWITCH'] as const) {
      cluster.install({ members: six, owners: six, phase, target });
      cluster.deliver();
    }
    cluster.install({ members: six, owners: target });
    cluster.deliver();
    for (const member of six)
      for (const key of keys)
        expect(cluster.copy(member, key), `${member} ${key}`).toBe(target.indexOf(member) < owners ? `of ${key}` : undefined);
  });
});
