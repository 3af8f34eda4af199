import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestStorage } from '../../testing/test-database.ts';
import { claimInDatabase } from './claims.ts';
import type { Claim } from './single-use-objects.ts';

describe('claims in the database', () => {
  let storage: Awaited<ReturnType<typeof openTestStorage>>;
  let nowMs = 1_000_000;
  let claim: Claim;
  beforeAll(async () => {
    storage = await openTestStorage();
    claim = claimInDatabase(storage.storage.stores.singleUse, { nowMs: () => nowMs, nowSeconds: () => Math.floor(nowMs / 1_000) });
  });
  afterAll(() => storage?.[Symbol.asyncDispose]());

  it('are good for one of those who make them at once, until they end', async () => {
    const key = `taken:${randomUUID()}`;
    const made = await Promise.all(Array.from({ length: 8 }, () => claim(key, nowMs + 60_000)));
    expect(made.filter(Boolean)).toHaveLength(1);
    expect(await claim(key, nowMs + 60_000)).toBe(false);
    nowMs += 60_001;
    expect(await claim(key, nowMs + 60_000)).toBe(true);
  });
});
