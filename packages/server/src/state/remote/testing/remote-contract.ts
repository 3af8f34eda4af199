import { afterAll, beforeAll } from 'vitest';
import type { RemoteCaches } from '../../../config/remote-caches.ts';
import { realBed } from '../../../testing/state-contract/real-bed.ts';
import { describeStateContract } from '../../../testing/state-contract/state-contract.ts';
import { localCaches, openRemoteNodes } from './remote-nodes.ts';

/**
 * The whole contract of the state floor on one real server, with sessions there too; those in the database are the same code as with the grid
 * off, whose contract covers them.
 */
export function describeRemoteContract(type: RemoteCaches['type'], start: () => Promise<{ port: number; close(): Promise<void> }>): void {
  let server: { port: number; close(): Promise<void> };
  beforeAll(async () => {
    server = await start();
  });
  afterAll(async () => {
    await server?.close();
  });
  describeStateContract(`two nodes, sessions there too`, {
    realTime: true,
    runsTasks: true,
    open: async () => {
      const nodes = await openRemoteNodes();
      const remote = localCaches(type, [server.port]);
      const opened = await Promise.all(['n1', 'n2'].map((name) => nodes.open(name, remote, { persistentUserSessions: false })));
      return realBed(opened, async () => nodes[Symbol.asyncDispose]());
    },
  });
}
