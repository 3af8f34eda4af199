import type { Cache, GridNode } from '@keygrid/grid';
import type { Clock } from '../model/clock.ts';
import type { Logger } from '../observability/logger.ts';
import type { RevokedTokenStore } from '../store/stores.ts';
import type { EffectiveCache } from './cache-configuration.ts';
import type { Notes, SingleUseObjects } from './contracts.ts';
import { assertNotesFit } from './notes-limit.ts';
import { isPassing, OWNER_WAIT_MS } from './passing-error.ts';
import { assertSingleUseKey, assertSingleUseObject, revokedSuffix } from './single-use-key.ts';
import { asStateError, onGridOf } from './state-error.ts';

/** Revocations put on the grid at the same time while they are loaded. */
const loadsAtOnce = 64;

export interface SingleUseObjectsOptions {
  readonly grid: GridNode;
  readonly clock: Clock;
  readonly configuration: EffectiveCache;
  /** Undefined: revocations live on the grid alone (`persist-revoked-tokens=false`). */
  readonly revokedTokens: RevokedTokenStore | undefined;
  readonly logger: Logger;
}

/** An object with the end of its life, so that a replacement does not prolong it. */
interface SingleUseObject {
  readonly notes: Notes;
  readonly expiresAtMs: number;
}

export interface OpenSingleUseObjects extends SingleUseObjects {
  /** Puts the revocations of the database on the grid; at start, and after copies were lost. */
  loadRevokedTokens(): Promise<number>;
}

/** Codes, action tokens, replay guards and revocations: cache actionTokens with two owners, every effect exactly once. */
export function createSingleUseObjects({
  grid,
  clock,
  configuration,
  revokedTokens,
  logger,
}: SingleUseObjectsOptions): OpenSingleUseObjects {
  const onGrid = onGridOf(grid);
  const cache: Cache<string, SingleUseObject> = grid.cache('actionTokens', {
    mode: configuration.mode,
    owners: configuration.owners,
    stateTransfer: configuration.stateTransfer,
    updates: {
      replace: (current, notes, nowMs) => {
        if (current === undefined || current.expiresAtMs <= nowMs) return { value: 'keep', result: false };
        return { value: { ...current, notes: notes as Notes }, result: true, lifespanMs: current.expiresAtMs - nowMs };
      },
    },
  });

  function entry(lifespanSeconds: number, notes: Notes): [SingleUseObject, { lifespanMs: number }] {
    assertSingleUseObject(lifespanSeconds, notes);
    const lifespanMs = lifespanSeconds * 1000;
    return [{ notes, expiresAtMs: clock.nowMs() + lifespanMs }, { lifespanMs }];
  }

  async function putRevoked(jti: string, lifespanSeconds: number): Promise<void> {
    await onGrid(() => cache.putIfAbsent(jti + revokedSuffix, ...entry(lifespanSeconds, {})));
  }

  return {
    async put(key, lifespanSeconds, notes) {
      assertSingleUseKey(key);
      await onGrid(() => cache.put(key, ...entry(lifespanSeconds, notes)));
    },

    async get(key) {
      assertSingleUseKey(key);
      return (await onGrid(() => cache.get(key)))?.notes;
    },

    async remove(key) {
      assertSingleUseKey(key);
      return (await onGrid(() => cache.getAndRemove(key)))?.notes;
    },

    async replace(key, notes) {
      assertSingleUseKey(key);
      assertNotesFit('single-use object', notes);
      return onGrid(() => cache.update<boolean>(key, 'replace', notes));
    },

    async putIfAbsent(key, lifespanSeconds) {
      assertSingleUseKey(key);
      return (await onGrid(() => cache.putIfAbsent(key, ...entry(lifespanSeconds, {})))) === undefined;
    },

    async contains(key) {
      return (await onGrid(() => cache.get(key))) !== undefined;
    },

    async revokeToken(jti, lifespanSeconds) {
      // A token that is over needs no mark. The database first: a mark that was answered survives everything.
      if (lifespanSeconds <= 0) return;
      await revokedTokens?.insert(jti, clock.nowSeconds() + lifespanSeconds);
      await putRevoked(jti, lifespanSeconds);
    },

    async isTokenRevoked(jti) {
      if (revokedTokens === undefined) return (await onGrid(() => cache.get(jti + revokedSuffix))) !== undefined;
      try {
        return (await cache.get(jti + revokedSuffix, { waitMs: OWNER_WAIT_MS })) !== undefined;
      } catch (error) {
        // A mark is in the database before its revocation is answered, so that a request need not wait for a frozen owner.
        if (!isPassing(error)) throw asStateError(error);
        return revokedTokens.has(jti, clock.nowSeconds());
      }
    },

    async loadRevokedTokens() {
      const now = clock.nowSeconds();
      const rows = (await revokedTokens?.list(now)) ?? [];
      const living = rows.filter((row) => row.expire > now);
      for (let at = 0; at < living.length; at += loadsAtOnce) {
        await Promise.all(living.slice(at, at + loadsAtOnce).map((row) => putRevoked(row.id, row.expire - now)));
      }
      if (living.length > 0) logger.debug('revoked tokens loaded', { count: living.length });
      return living.length;
    },
  };
}
