import type { ConsentStore, StoredConsent } from '../store/stores.ts';

/** Consents in one map. */
export function memoryConsents(): ConsentStore {
  const kept = new Map<string, StoredConsent>();
  const key = (userId: string, clientUuid: string): string => `${userId}/${clientUuid}`;
  return {
    get: async (userId, clientUuid) => kept.get(key(userId, clientUuid)),
    ofUser: async (userId) => [...kept].flatMap(([id, consent]) => (id.startsWith(`${userId}/`) ? [consent] : [])),
    async add(userId, clientUuid, scopeIds, nowMs) {
      const before = kept.get(key(userId, clientUuid));
      kept.set(key(userId, clientUuid), {
        clientUuid,
        scopeIds: [...new Set([...(before?.scopeIds ?? []), ...scopeIds])],
        createdDate: before?.createdDate ?? nowMs,
        lastUpdatedDate: nowMs,
      });
    },
    remove: async (userId, clientUuid) => kept.delete(key(userId, clientUuid)),
  };
}
