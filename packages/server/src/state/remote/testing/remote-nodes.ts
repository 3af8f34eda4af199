import type { RemoteCaches } from '../../../config/remote-caches.ts';
import { every } from '../../../testing/every.ts';
import { contractParts, contractSettings } from '../../../testing/state-contract/real-bed.ts';
import { openTestStorage } from '../../../testing/test-database.ts';
import type { StateBackend } from '../../backend.ts';
import { openRemoteBackend } from '../open-remote-backend.ts';

/** The external caches of servers on this machine. */
export function localCaches(type: RemoteCaches['type'], ports: readonly number[], overrides: Partial<RemoteCaches> = {}): RemoteCaches {
  return {
    type,
    addresses: ports.map((port) => ({ host: '127.0.0.1', port })),
    tls: undefined,
    credentials: undefined,
    saslMechanism: undefined,
    realm: 'default',
    backupSites: [],
    owners: {},
    replicas: 0,
    ...overrides,
  };
}

/** A database for nodes on external caches. */
export interface RemoteNodes extends AsyncDisposable {
  open(
    name: string,
    remote: RemoteCaches,
    options?: { readonly persistentUserSessions?: boolean; readonly budgetMs?: number },
  ): Promise<StateBackend>;
}

export async function openRemoteNodes(): Promise<RemoteNodes> {
  const { storage, [Symbol.asyncDispose]: drop } = await openTestStorage();
  return {
    open: (name, remote, { persistentUserSessions = true, budgetMs } = {}) => {
      const settings = contractSettings({ remote, persistentUserSessions });
      const parts = { ...contractParts(storage, settings), storage, every, budgetMs };
      return openRemoteBackend({ ...parts, nodeId: `id${name}`, nodeName: name }, remote);
    },
    [Symbol.asyncDispose]: async () => drop(),
  };
}

/** The one line with which a start ends. */
export async function refusalOf(opening: Promise<StateBackend>): Promise<string> {
  try {
    const backend = await opening;
    await backend[Symbol.asyncDispose]();
    return 'started';
  } catch (error) {
    return (error as Error).message;
  }
}
