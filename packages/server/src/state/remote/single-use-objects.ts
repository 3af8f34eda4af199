import type { Notes, SingleUseObjects } from '../../cache/contracts.ts';
import { assertNotesFit } from '../../cache/notes-limit.ts';
import { assertSingleUseKey, assertSingleUseObject, revokedSuffix } from '../../cache/single-use-key.ts';
import type { Clock } from '../../model/clock.ts';
import type { RevokedTokenStore } from '../../store/stores.ts';
import { OneAtATime } from '../one-at-a-time.ts';
import { clockToleranceMs, type ExactCache, type Standing } from './exact-cache.ts';

/** What stands for a key: the notes, or the sign that somebody took them. */
export type SingleUseEntry = { readonly notes: Notes } | { readonly taken: true };

/**
 * The sign stays longer than a request waits for the engine, so that whoever took an object and did not hear of it finds it; and longer than the
 * object could live, so that a server that hung cannot bring it back when it carries out late what it was sent.
 */
const takenMs = 30_000;

/** Says for good who used something: true for the first who asks about a key before `endsAtMs`, on all nodes of all sites. */
export type Claim = (key: string, endsAtMs: number) => Promise<boolean>;

/**
 * Codes, action tokens and guards on an external engine; revoked tokens stand in the database, which outlives it.
 * @param claim where the engine is one of several that copy to each other: each gives an object away by itself while they do not hear each other,
 *   so that the last word is with what they share
 */
export function createRemoteSingleUseObjects(
  cache: ExactCache<SingleUseEntry>,
  revokedTokens: RevokedTokenStore,
  clock: Clock,
  claim: Claim = async () => true,
): SingleUseObjects {
  const line = new OneAtATime();
  const lifeOfSign = (standing: Standing<SingleUseEntry> | undefined): number =>
    takenMs + clockToleranceMs + Math.max(0, (standing?.endsAtMs ?? 0) - clock.nowMs());

  return {
    async put(key, lifespanSeconds, notes) {
      assertSingleUseKey(key);
      assertSingleUseObject(lifespanSeconds, notes);
      await cache.put(key, { notes }, lifespanSeconds * 1000);
    },

    async get(key) {
      assertSingleUseKey(key);
      return notesOf(await cache.get(key));
    },

    async remove(key) {
      assertSingleUseKey(key);
      const taken = await line.run(key, () =>
        cache.change<{ readonly notes: Notes; readonly endsAtMs: number } | undefined>(key, (standing) => {
          const notes = notesOf(standing?.value);
          if (standing === undefined || notes === undefined) return { step: 'keep', result: undefined };
          const result = { notes, endsAtMs: standing.endsAtMs };
          return { step: 'store', value: { taken: true }, lifespanMs: lifeOfSign(standing), result };
        }),
      );
      if (taken === undefined) return undefined;
      return (await claim(`taken:${key}`, taken.endsAtMs + clockToleranceMs)) ? taken.notes : undefined;
    },

    async replace(key, notes) {
      assertSingleUseKey(key);
      assertNotesFit('single-use object', notes);
      return cache.change<boolean>(key, (standing) => {
        if (standing === undefined || notesOf(standing.value) === undefined) return { step: 'keep', result: false };
        return { step: 'store', value: { notes }, lifespanMs: standing.endsAtMs - clock.nowMs(), result: true };
      });
    },

    async putIfAbsent(key, lifespanSeconds) {
      assertSingleUseKey(key);
      assertSingleUseObject(lifespanSeconds, {});
      const endsAtMs = clock.nowMs() + lifespanSeconds * 1000;
      const isFirst = await cache.insert(key, { notes: {} }, lifespanSeconds * 1000, (standing) => notesOf(standing) === undefined);
      return isFirst && claim(`set:${key}`, endsAtMs);
    },

    async contains(key) {
      if (key.endsWith(revokedSuffix)) return revokedTokens.has(key.slice(0, -revokedSuffix.length), clock.nowSeconds());
      return notesOf(await cache.get(key)) !== undefined;
    },

    async revokeToken(jti, lifespanSeconds) {
      if (lifespanSeconds > 0) await revokedTokens.insert(jti, clock.nowSeconds() + Math.ceil(lifespanSeconds));
    },

    isTokenRevoked: (jti) => revokedTokens.has(jti, clock.nowSeconds()),
  };
}

function notesOf(entry: SingleUseEntry | undefined): Notes | undefined {
  return entry !== undefined && 'notes' in entry ? entry.notes : undefined;
}
