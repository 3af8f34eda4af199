import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { atOnce, type OpenBed } from './bed.ts';

const ROUNDS = 25;

/** Exactly-once single use, lifespans, revocations. */
export function singleUseContract(bed: OpenBed): void {
  const on = (index: number) => bed.node(index).singleUseObjects;

  it('gives an object to exactly one of those who take it at once on all nodes', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const key = `code-${randomUUID()}`;
      await on(round).put(key, 60, { scope: 'openid', umlaut: 'ä"\u2028' });
      const taken = await atOnce(2 * bed.count, (index) => on(index).remove(key));
      expect(taken.filter((notes) => notes !== undefined)).toEqual([{ scope: 'openid', umlaut: 'ä"\u2028' }]);
      expect(await on(round + 1).get(key)).toBeUndefined();
    }
  });

  it('accepts a guard from exactly one of those who set it at once', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const key = `jti-${randomUUID()}`;
      const accepted = await atOnce(2 * bed.count, (index) => on(index).putIfAbsent(key, 60));
      expect(accepted.filter(Boolean)).toHaveLength(1);
      expect(await on(round).contains(key)).toBe(true);
    }
  });

  it('replaces what is there, nothing that is not, and nothing that was taken', async () => {
    const key = `device-${randomUUID()}`;
    expect(await on(0).replace(key, { status: 'approved' })).toBe(false);
    await on(0).put(key, 60, { status: 'pending' });
    expect(await on(1).replace(key, { status: 'approved' })).toBe(true);
    expect(await on(0).get(key)).toEqual({ status: 'approved' });
    await on(1).put(key, 60, { status: 'again' });
    expect(await on(0).remove(key)).toEqual({ status: 'again' });
    expect(await on(1).replace(key, {})).toBe(false);
    expect(await on(1).putIfAbsent(key, 60)).toBe(true);
  });

  it('lets nobody read, take or replace a revocation by its key', async () => {
    const jti = randomUUID();
    await on(0).revokeToken(jti, 300);
    const key = `${jti}.revoked`;
    for (const attempt of [on(0).get(key), on(1).remove(key), on(0).put(key, 1, {}), on(1).replace(key, {}), on(0).putIfAbsent(key, 1)])
      await expect(attempt).rejects.toMatchObject({ code: 'KG_BAD_REQUEST' });
    expect(await on(1).contains(key)).toBe(true);
  });

  it('refuses objects without a life, with too much in them, or with a key too long', async () => {
    await expect(on(0).put('k', 0, {})).rejects.toMatchObject({ code: 'KG_BAD_REQUEST' });
    await expect(on(0).put('k', Number.NaN, {})).rejects.toMatchObject({ code: 'KG_BAD_REQUEST' });
    await expect(on(0).put('k', 1, { big: 'x'.repeat(20_000) })).rejects.toMatchObject({ code: 'KG_LIMIT_EXCEEDED' });
    await expect(on(0).putIfAbsent('k'.repeat(1_025), 1)).rejects.toMatchObject({ code: 'KG_LIMIT_EXCEEDED' });
    await expect(on(0).remove('k'.repeat(1_025))).rejects.toMatchObject({ code: 'KG_LIMIT_EXCEEDED' });
    const longest = randomUUID().padEnd(1_000, '-');
    expect(await on(0).putIfAbsent(longest, 60)).toBe(true);
    expect(await on(1).putIfAbsent(longest, 60)).toBe(false);
  });
}

/** What time does to single-use objects. */
export function singleUseTimes(bed: OpenBed): void {
  const on = (index: number) => bed.node(index).singleUseObjects;

  it('ends with its lifespan, which a replacement does not prolong', async () => {
    const [object, guard, taken] = [`a-${randomUUID()}`, `b-${randomUUID()}`, `c-${randomUUID()}`];
    await on(0).put(object, 3, { n: '1' });
    await on(0).putIfAbsent(guard, 3);
    await on(0).put(taken, 3, {});
    await bed.advance(1);
    expect(await on(1).replace(object, { n: '2' })).toBe(true);
    expect(await on(1).putIfAbsent(guard, 3)).toBe(false);
    await bed.advance(2.5);
    expect(await on(1).get(object)).toBeUndefined();
    expect(await on(0).replace(object, {})).toBe(false);
    expect(await on(1).contains(guard)).toBe(false);
    expect(await on(0).remove(taken)).toBeUndefined();
    expect(await on(0).putIfAbsent(guard, 60)).toBe(true);
  });

  it('knows a revoked token on every node until the token is over anyway', async () => {
    const [short, long] = [`onrtac:${randomUUID()}`, `onrtac:${randomUUID()}`];
    await on(0).revokeToken(short, 2);
    await on(1).revokeToken(long, 300);
    await on(0).revokeToken(long, 300);
    await on(0).revokeToken(`over-${long}`, 0);
    for (let index = 0; index < bed.count; index += 1) {
      expect(await on(index).isTokenRevoked(short)).toBe(true);
      expect(await on(index).isTokenRevoked(long)).toBe(true);
      expect(await on(index).isTokenRevoked(`over-${long}`)).toBe(false);
    }
    await bed.advance(3.1);
    expect(await on(1).isTokenRevoked(short)).toBe(false);
    expect(await on(0).isTokenRevoked(long)).toBe(true);
  });
}
