import type { Notes, SingleUseObjects } from '../cache/contracts.ts';
import type { Clock } from '../model/clock.ts';

/** Single-use objects in one map, gone at their lifespan. */
export function memorySingleUseObjects(clock: Clock): SingleUseObjects {
  const objects = new Map<string, { notes: Notes; expiresAtMs: number }>();
  const revoked = new Map<string, number>();
  const live = (key: string) => {
    const held = objects.get(key);
    return held && held.expiresAtMs > clock.nowMs() ? held : undefined;
  };
  return {
    async put(key, lifespanSeconds, notes) {
      objects.set(key, { notes, expiresAtMs: clock.nowMs() + lifespanSeconds * 1000 });
    },
    get: async (key) => live(key)?.notes,
    async remove(key) {
      const notes = live(key)?.notes;
      objects.delete(key);
      return notes;
    },
    async replace(key, notes) {
      const held = live(key);
      if (held) held.notes = notes;
      return held !== undefined;
    },
    async putIfAbsent(key, lifespanSeconds) {
      if (live(key)) return false;
      objects.set(key, { notes: {}, expiresAtMs: clock.nowMs() + lifespanSeconds * 1000 });
      return true;
    },
    contains: async (key) => live(key) !== undefined,
    async revokeToken(jti, lifespanSeconds) {
      revoked.set(jti, clock.nowSeconds() + lifespanSeconds);
    },
    isTokenRevoked: async (jti) => (revoked.get(jti) ?? 0) > clock.nowSeconds(),
  };
}
