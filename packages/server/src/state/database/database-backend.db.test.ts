import { every } from '../../testing/every.ts';
import { contractParts, contractSettings, realBed } from '../../testing/state-contract/real-bed.ts';
import { describeStateContract } from '../../testing/state-contract/state-contract.ts';
import { openTestStorage } from '../../testing/test-database.ts';
import { openDatabaseBackend } from './database-backend.ts';

describeStateContract('the database, with the grid off', {
  realTime: true,
  runsTasks: true,
  open: async () => {
    const { storage, [Symbol.asyncDispose]: drop } = await openTestStorage();
    const parts = contractParts(storage, contractSettings());
    const nodes = await Promise.all(
      ['n1', 'n2', 'n3'].map((nodeName) => openDatabaseBackend({ ...parts, storage, nodeId: `id${nodeName}`, nodeName, every })),
    );
    return realBed(nodes, async () => drop());
  },
});
