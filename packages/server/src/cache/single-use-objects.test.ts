import { GridError } from '@keygrid/grid';
import { describe, expect, it, vi } from 'vitest';
import type { RevokedTokenStore } from '../store/stores.ts';
import { FakeCache } from '../testing/fake-cache.ts';
import { FakeCluster } from '../testing/fake-grid.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { quietLogger } from '../testing/quiet-logger.ts';
import { configureCaches } from './cache-configuration.ts';
import { createSingleUseObjects } from './single-use-objects.ts';

function open() {
  const clock = new ManualClock();
  const cluster = new FakeCluster(clock, ['n1', 'n2']);
  const rows = new Map<string, number>();
  const revokedTokens: RevokedTokenStore = {
    insert: async (id, expire) => void rows.set(id, expire),
    has: async (id, now) => (rows.get(id) ?? 0) > now,
    list: async (now) => [...rows].filter(([, expire]) => expire > now).map(([id, expire]) => ({ id, expire })),
    removeExpired: async () => 0,
  };
  const configuration = configureCaches({ mode: 'ispn', persistentUserSessions: true }).caches.actionTokens;
  const on = (index: number) =>
    createSingleUseObjects({ grid: cluster.node(index), clock, configuration, revokedTokens, logger: quietLogger });
  return { clock, cluster, rows, a: on(0), b: on(1) };
}

describe('single-use objects', () => {
  it('gives a code to exactly one of two nodes, two hundred times over', async () => {
    const { a, b } = open();
    for (let round = 0; round < 200; round += 1) {
      await a.put(`code-${round}`, 60, { scope: 'openid' });
      const taken = await Promise.all([a.remove(`code-${round}`), b.remove(`code-${round}`), a.remove(`code-${round}`)]);
      expect(taken.filter((notes) => notes !== undefined)).toEqual([{ scope: 'openid' }]);
    }
  });

  it('asks the database for revocations while their owner does not answer, unless this member is fenced', async () => {
    const { a, b, clock } = open();
    await a.revokeToken('gone', 60);
    const get = vi.spyOn(FakeCache.prototype, 'get');
    try {
      get.mockRejectedValue(new GridError('GRID_ABORTED', 'no answer'));
      expect(await b.isTokenRevoked('gone')).toBe(true);
      expect(await b.isTokenRevoked('good')).toBe(false);
      clock.advanceSeconds(61);
      expect(await b.isTokenRevoked('gone')).toBe(false);
      get.mockRejectedValue(new GridError('GRID_FENCED', 'fenced'));
      await expect(b.isTokenRevoked('gone')).rejects.toMatchObject({ code: 'KG_NODE_FENCED' });
    } finally {
      get.mockRestore();
    }
  });

  it('accepts a replay guard once', async () => {
    const { a, b, clock } = open();
    expect((await Promise.all([a.putIfAbsent('jti', 30), b.putIfAbsent('jti', 30)])).toSorted()).toEqual([false, true]);
    clock.advanceSeconds(31);
    expect(await b.putIfAbsent('jti', 30)).toBe(true);
  });

  it('does not prolong the life of what it replaces', async () => {
    const { a, b, clock } = open();
    await a.put('device', 60, { status: 'pending' });
    clock.advanceSeconds(40);
    expect(await b.replace('device', { status: 'approved' })).toBe(true);
    expect(await a.get('device')).toEqual({ status: 'approved' });
    clock.advanceSeconds(21);
    expect(await a.get('device')).toBeUndefined();
    expect(await a.replace('device', {})).toBe(false);
    expect(await a.contains('device')).toBe(false);
  });

  it('knows a revoked token on every node, and again after all copies were lost', async () => {
    const { a, b, clock, cluster, rows } = open();
    await a.revokeToken('onrtac:1', 300);
    expect(await b.isTokenRevoked('onrtac:1')).toBe(true);
    expect(rows.get('onrtac:1')).toBe(clock.nowSeconds() + 300);
    cluster.lose('actionTokens');
    expect(await b.loadRevokedTokens()).toBe(1);
    expect(await a.isTokenRevoked('onrtac:1')).toBe(true);
    expect(await a.isTokenRevoked('onrtac:2')).toBe(false);
    clock.advanceSeconds(301);
    expect(await a.isTokenRevoked('onrtac:1')).toBe(false);
    expect(await b.loadRevokedTokens()).toBe(0);
  });

  it('lets nobody read, take or replace a revocation by its key', async () => {
    const { a } = open();
    await a.revokeToken('x', 300);
    for (const attempt of [
      a.get('x.revoked'),
      a.remove('x.revoked'),
      a.put('x.revoked', 1, {}),
      a.replace('x.revoked', {}),
      a.putIfAbsent('x.revoked', 1),
    ]) {
      await expect(attempt).rejects.toMatchObject({ code: 'KG_BAD_REQUEST' });
    }
    expect(await a.contains('x.revoked')).toBe(true);
  });

  it('refuses objects without a life or with too much in them', async () => {
    const { a } = open();
    await expect(a.put('k', 0, {})).rejects.toMatchObject({ code: 'KG_BAD_REQUEST' });
    await expect(a.put('k', Number.NaN, {})).rejects.toMatchObject({ code: 'KG_BAD_REQUEST' });
    await expect(a.put('k', 1, { big: 'x'.repeat(20_000) })).rejects.toMatchObject({ code: 'KG_LIMIT_EXCEEDED' });
  });

  it('answers 503 while the grid does not', async () => {
    const { a, cluster } = open();
    cluster.node(0).failure = 'GRID_OUTCOME_UNKNOWN';
    await expect(a.remove('code')).rejects.toMatchObject({ statusCode: 503, retryAfterSeconds: 1 });
  });
});
