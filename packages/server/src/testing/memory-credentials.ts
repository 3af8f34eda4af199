import type { Credential } from '../model/index.ts';
import { conflict } from '../store/conflict.ts';
import type { CredentialStore } from '../store/stores.ts';

/** Credentials in memory, guarded by their versions as those of the database are. */
export interface MemoryCredentials extends CredentialStore {
  /** How often those of one user were read. */
  readonly reads: () => number;
}

export function memoryCredentials(): MemoryCredentials {
  let reads = 0;
  const all = new Map<string, Credential>();
  return {
    reads: () => reads,
    async ofUser(userId) {
      reads += 1;
      return [...all.values()].filter((credential) => credential.userId === userId);
    },
    ofUsers: async (userIds) => [...all.values()].filter((credential) => userIds.includes(credential.userId)),
    async insert(credential) {
      all.set(credential.id, credential);
    },
    async update(credential) {
      if (all.get(credential.id)?.version !== credential.version) throw conflict('credential', credential.id);
      const next = { ...credential, version: credential.version + 1 };
      all.set(credential.id, next);
      return next;
    },
    remove: async (_userId, id) => all.delete(id),
  };
}
