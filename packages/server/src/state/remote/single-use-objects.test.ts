import { describe, expect, it } from 'vitest';
import { quietLogger } from '../../testing/quiet-logger.ts';
import { ExactCache } from './exact-cache.ts';
import { RemoteLink } from './remote-link.ts';
import { type Claim, createRemoteSingleUseObjects, type SingleUseEntry } from './single-use-objects.ts';
import { FakeEngine } from './testing/fake-engine.ts';

const nothing = (): void => undefined;
const clock = { nowMs: () => 1_000_000, nowSeconds: () => 1_000 };
const revokedTokens = { has: async () => false, insert: async () => undefined };

/** Two engines that held the same and do not hear each other any more, and what both sites share. */
async function openSites({ shares }: { readonly shares: boolean }) {
  const claimed = new Map<string, number>();
  const claim: Claim = async (key, endsAtMs) => {
    const isFirst = !claimed.has(key);
    if (isFirst) claimed.set(key, endsAtMs);
    return isFirst;
  };
  const engines = [new FakeEngine(), new FakeEngine()];
  const sites = await Promise.all(
    engines.map(async (engine) => {
      const address = { host: 'h', port: 1 };
      const every = () => ({ [Symbol.dispose]: nothing });
      const link = new RemoteLink({
        engine,
        addresses: [address],
        logger: quietLogger,
        every,
        onMessage: nothing,
        onUp: nothing,
        onDown: nothing,
      });
      await link.start();
      const cache = new ExactCache<SingleUseEntry>({ link, name: 'c', nowMs: clock.nowMs });
      return createRemoteSingleUseObjects(cache, revokedTokens as never, clock as never, shares ? claim : undefined);
    }),
  );
  const [here, there] = sites as [(typeof sites)[0], (typeof sites)[0]];
  /** As copies do while the sites hear each other. */
  const copy = (): void => {
    for (const [key, entry] of engines[0]?.entries ?? []) engines[1]?.entries.set(key, entry);
  };
  return { here, there, copy, claimed };
}

describe('single use at two sites that do not hear each other', () => {
  it('is left to one of them by what they share', async () => {
    const { here, there, copy, claimed } = await openSites({ shares: true });
    await here.put('code', 60, { scope: 'openid' });
    copy();
    const taken = await Promise.all([here.remove('code'), there.remove('code')]);
    expect(taken.filter((notes) => notes !== undefined)).toEqual([{ scope: 'openid' }]);
    expect(await Promise.all([here.putIfAbsent('jti', 60), there.putIfAbsent('jti', 60)])).toEqual([true, false]);
    // A claim stays at least as long as what it is about.
    for (const endsAtMs of claimed.values()) expect(endsAtMs).toBeGreaterThanOrEqual(clock.nowMs() + 60_000);
  });

  it('happens at each where nothing is shared', async () => {
    const { here, there, copy } = await openSites({ shares: false });
    await here.put('code', 60, {});
    copy();
    expect(await Promise.all([here.remove('code'), there.remove('code')])).toEqual([{}, {}]);
  });

  it('is not asked about for what the engine refuses, so that a guess costs the database nothing', async () => {
    const { here, claimed } = await openSites({ shares: true });
    expect([await here.remove('guessed'), claimed.size]).toEqual([undefined, 0]);
    await here.putIfAbsent('jti', 60);
    expect([await here.putIfAbsent('jti', 60), claimed.size]).toEqual([false, 1]);
  });
});
