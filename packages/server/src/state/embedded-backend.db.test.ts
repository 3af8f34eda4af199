import { Grid, type GridNode } from '@keygrid/grid';
import { configureCaches } from '../cache/cache-configuration.ts';
import type { StateBed } from '../testing/state-contract/bed.ts';
import { contractParts, contractSettings, realBed } from '../testing/state-contract/real-bed.ts';
import { describeStateContract } from '../testing/state-contract/state-contract.ts';
import { openTestStorage } from '../testing/test-database.ts';
import { openEmbeddedBackend } from './embedded-backend.ts';

/** Two real members on real sockets, over the same PostgreSQL. */
async function openBed(persistentUserSessions: boolean): Promise<StateBed> {
  const { storage, database, [Symbol.asyncDispose]: drop } = await openTestStorage();
  const start = (nodeName: string): Promise<GridNode> =>
    Grid.start({ nodeName, bindPort: 0, authority: { kind: 'postgres', connection: { connectionString: database.url } } });
  const grids = [await start('n1'), await start('n2')];
  const settings = contractSettings({ persistentUserSessions, caches: configureCaches({ mode: 'ispn', persistentUserSessions }) });
  const nodes = await Promise.all(grids.map((grid) => openEmbeddedBackend(grid, contractParts(storage, settings))));
  return realBed(nodes, async () => {
    await Promise.all(grids.map((grid) => grid.stop()));
    await drop();
  });
}

const common = { realTime: true, runsTasks: true };
describeStateContract('two members of the real grid', { ...common, open: () => openBed(true) });
describeStateContract('two members of the real grid with volatile sessions', { ...common, open: () => openBed(false) });
