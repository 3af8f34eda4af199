import type { SingleUseObjects } from '../../cache/contracts.ts';
import { assertNotesFit } from '../../cache/notes-limit.ts';
import { assertSingleUseKey, assertSingleUseObject, revokedSuffix } from '../../cache/single-use-key.ts';
import type { Clock } from '../../model/clock.ts';
import type { Stores } from '../../store/stores.ts';
import { repeated } from './repeated.ts';

/** Codes, action tokens, guards and revocations as rows; taking one is one conditional statement, whose answer survives a broken connection. */
export function createDatabaseSingleUseObjects(stores: Pick<Stores, 'singleUse' | 'revokedTokens'>, clock: Clock): SingleUseObjects {
  const { singleUse, revokedTokens } = stores;
  const endOf = (lifespanSeconds: number) => Math.ceil(clock.nowMs() + lifespanSeconds * 1000);

  return {
    async put(key, lifespanSeconds, notes) {
      assertSingleUseKey(key);
      assertSingleUseObject(lifespanSeconds, notes);
      await repeated(() => singleUse.put(key, JSON.stringify(notes), endOf(lifespanSeconds)));
    },

    async get(key) {
      assertSingleUseKey(key);
      return notesOf(await singleUse.get(key, clock.nowMs()));
    },

    async remove(key) {
      assertSingleUseKey(key);
      return notesOf(await repeated((operation) => singleUse.take(key, clock.nowMs(), operation)));
    },

    async replace(key, notes) {
      assertSingleUseKey(key);
      assertNotesFit('single-use object', notes);
      return repeated(() => singleUse.replace(key, JSON.stringify(notes), clock.nowMs()));
    },

    async putIfAbsent(key, lifespanSeconds) {
      assertSingleUseKey(key);
      assertSingleUseObject(lifespanSeconds, {});
      return repeated((operation) => singleUse.putIfAbsent(key, endOf(lifespanSeconds), clock.nowMs(), operation));
    },

    async contains(key) {
      if (key.endsWith(revokedSuffix)) return revokedTokens.has(key.slice(0, -revokedSuffix.length), clock.nowSeconds());
      return (await singleUse.get(key, clock.nowMs())) !== undefined;
    },

    async revokeToken(jti, lifespanSeconds) {
      if (lifespanSeconds > 0) await repeated(() => revokedTokens.insert(jti, clock.nowSeconds() + Math.ceil(lifespanSeconds)));
    },

    isTokenRevoked: (jti) => revokedTokens.has(jti, clock.nowSeconds()),
  };
}

function notesOf(text: string | undefined): Readonly<Record<string, string>> | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as Record<string, string>);
}
