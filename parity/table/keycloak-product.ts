import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freshDatabase } from '../../bench/servers/database.ts';
import { KeycloakServer } from '../../bench/servers/keycloak.ts';
import { Cluster, type ClusterPlan } from './cluster.ts';
import type { Product } from './product.ts';
import { runCommand } from './run-command.ts';

const JAVA = { JAVA_OPTS_APPEND: '-Djgroups.fd.port-offset=5000' };

/** The real Keycloak that KEYCLOAK_HOME names. Commands carry --optimized: without it a start would build the distribution anew. */
export function keycloakProduct(home: string, adminUrl: string): Product {
  const version = /\d+\.\d+\.\d+/.exec(readFileSync(join(home, 'version.txt'), 'utf8'))?.[0] ?? 'unknown';
  return {
    name: 'keycloak',
    version,
    command: async (args, options) => {
      const database = await freshDatabase(adminUrl, 'keygrid_parity');
      try {
        const url = new URL(database.url);
        const env = {
          ...process.env,
          ...JAVA,
          KC_DB_URL: `jdbc:postgresql://${url.host}${url.pathname}`,
          KC_DB_USERNAME: decodeURIComponent(url.username) || 'postgres',
          KC_DB_PASSWORD: decodeURIComponent(url.password) || 'x',
        };
        return await runCommand(join(home, 'bin', 'kc.sh'), args, env, options);
      } finally {
        await database.drop();
      }
    },
    start: async (plan: ClusterPlan) => {
      const database = await freshDatabase(adminUrl, 'keygrid_parity');
      const folder = mkdtempSync(join(tmpdir(), 'keygrid-parity-'));
      const file = join(folder, 'caches.xml');
      if (plan.cacheConfig !== undefined) writeFileSync(file, plan.cacheConfig);
      const server = await KeycloakServer.prepare({
        home,
        databaseUrl: database.url,
        nodes: plan.nodes,
        nodeArguments: (index) => [
          `--spi-cache-embedded--default--node-name=n${index + 1}`,
          ...plan.arguments(index),
          ...(plan.cacheConfig === undefined ? [] : [`--cache-config-file=${file}`]),
        ],
      });
      try {
        // One after the other: the first one makes the schema and the realms.
        await server.startNode(0);
        for (const realm of plan.realms) await server.createRealm(realm);
        await Promise.all(Array.from({ length: plan.nodes - 1 }, (_, index) => server.startNode(index + 1)));
      } catch (error) {
        await server.stop();
        await database.drop();
        throw error;
      }
      return new Cluster(server, database);
    },
  };
}
