import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freshDatabase } from '../../bench/servers/database.ts';
import { KeygridServer } from '../../bench/servers/keygrid.ts';
import { root } from '../../scripts/checks/repository.ts';
import { Cluster, type ClusterPlan } from './cluster.ts';
import type { Product } from './product.ts';
import { runCommand } from './run-command.ts';

/** This server, from its sources. */
export function keygridProduct(adminUrl: string): Product {
  const version = (JSON.parse(readFileSync(join(root, 'packages/server/package.json'), 'utf8')) as { version: string }).version;
  return {
    name: 'keygrid',
    version,
    command: async (args, options) => {
      const database = await freshDatabase(adminUrl, 'keygrid_parity');
      const home = mkdtempSync(join(tmpdir(), 'keygrid-parity-home-'));
      try {
        // What the other server's distribution was built with.
        const built = { KC_HEALTH_ENABLED: 'true', KC_METRICS_ENABLED: 'true' };
        const env = { ...process.env, ...built, KC_HOME_DIR: home, KC_DB_URL: database.url };
        return await runCommand(process.execPath, [join(root, 'packages/server/src/main.ts'), ...args], env, options);
      } finally {
        rmSync(home, { recursive: true, force: true });
        await database.drop();
      }
    },
    start: async (plan: ClusterPlan) => {
      const database = await freshDatabase(adminUrl, 'keygrid_parity');
      const folder = mkdtempSync(join(tmpdir(), 'keygrid-parity-'));
      const file = join(folder, 'caches.xml');
      if (plan.cacheConfig !== undefined) writeFileSync(file, plan.cacheConfig);
      const server = await KeygridServer.start({
        nodes: plan.nodes,
        databaseUrl: database.url,
        realms: plan.realms,
        nodeArguments: (index) => [...plan.arguments(index), ...(plan.cacheConfig === undefined ? [] : [`--cache-config-file=${file}`])],
      });
      return new Cluster(server, database);
    },
  };
}
