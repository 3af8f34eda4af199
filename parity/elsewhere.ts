// `node parity/elsewhere.ts [--server keygrid|keycloak] [--nodes 3] [--external infinispan|redis] [--volatile] [--only refresh,sso]`:
// the recorded walks with every request on another node, and with the state on external caches. A Keycloak has to be built for it
// (KEYCLOAK_HOME; `--features=clusterless`, `--features-disabled=persistent-user-sessions`).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { closeConnections } from '../bench/drivers/http.ts';
import { freshDatabase } from '../bench/servers/database.ts';
import { ExternalCaches, type ExternalType } from '../bench/servers/external-caches.ts';
import { KeycloakServer } from '../bench/servers/keycloak.ts';
import { KeygridServer } from '../bench/servers/keygrid.ts';
import { keycloakHome } from '../bench/servers/reference.ts';
import type { ServerUnderTest } from '../bench/servers/server.ts';
import { root } from '../scripts/checks/repository.ts';
import { openTestDatabase } from '../scripts/testing/test-database.ts';
import { certificateArguments } from './certificates.ts';
import { departures, describeDeparture, explains } from './compare.ts';
import { type Difference, walkDifferences } from './differences.ts';
import { parityRealms } from './realms.ts';
import { openRotatingFront } from './rotating-front.ts';
import { runWalks, type Traces } from './run.ts';
import type { Trace } from './talk.ts';

const { values } = parseArgs({
  options: {
    server: { type: 'string', default: 'keygrid' },
    nodes: { type: 'string', default: '3' },
    external: { type: 'string', default: '' },
    volatile: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
  },
});

interface Place {
  readonly databaseUrl: string;
  readonly hostname: string;
  readonly nodes: number;
  readonly extraArguments: readonly string[];
}

async function startKeycloak({ databaseUrl, hostname, nodes, extraArguments }: Place): Promise<ServerUnderTest> {
  const home = keycloakHome();
  if (home === undefined) throw new Error('there is no Keycloak: npm run reference:install, or name one in KEYCLOAK_HOME');
  // What its build was given is not repeated at the start; one host, its port apart.
  const nodeArguments = () =>
    extraArguments
      .filter((argument) => !/^--(?:features|cache-remote-type|spi-x509cert-lookup--provider)/.test(argument))
      .flatMap((argument) => {
        const [, host, port] = /^--cache-remote-host=([^:,]+):(\d+)$/.exec(argument) ?? [];
        return host === undefined ? [argument] : [`--cache-remote-host=${host}`, `--cache-remote-port=${port}`];
      });
  const server = await KeycloakServer.prepare({ home, databaseUrl, nodes, hostname, nodeArguments });
  try {
    await server.startNode(0);
    for (const realm of parityRealms) await server.createRealm(realm);
    await Promise.all(Array.from({ length: nodes - 1 }, (_, index) => server.startNode(index + 1)));
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** External caches are near to no node: the cookie names none, where the original names the node that answered. */
const withoutRoute: Difference = {
  entry: 'cookie AUTH_SESSION_ID',
  original: /^<id>\.<route>/,
  here: /^<id>;/,
  what: 'the route',
  reason: 'no routes',
};

/** Everything that the walks showed there and not where they were recorded, and is no deliberate difference of this server. */
function unexplained(traces: Traces, differences: readonly Difference[]): string[] {
  return Object.entries(traces).flatMap(([family, walks]) => {
    const recorded = JSON.parse(readFileSync(join(root, `parity/recorded/${family}.json`), 'utf8')) as Record<string, Trace>;
    return Object.entries(walks).flatMap(([walk, trace]) => {
      const id = `${family} | ${walk}`;
      return departures(recorded[walk] ?? {}, trace)
        .filter((departure) => !differences.some((difference) => explains(difference, id, departure)))
        .map((departure) => describeDeparture(id, departure));
    });
  });
}

async function main(): Promise<number> {
  await using front = await openRotatingFront();
  const postgres = await openTestDatabase();
  const external = values.external === '' ? undefined : await ExternalCaches.startPlain(values.external as ExternalType);
  const database = await freshDatabase(postgres.url, 'keygrid_parity');
  try {
    const volatile = values.volatile ? ['--features-disabled=persistent-user-sessions'] : [];
    const place: Place = {
      databaseUrl: database.url,
      hostname: front.base,
      nodes: Number(values.nodes),
      extraArguments: [...certificateArguments, ...volatile, ...(external?.arguments ?? [])],
    };
    const own = values.server === 'keygrid';
    const server = await (own ? KeygridServer.start({ ...place, realms: parityRealms }) : startKeycloak(place));
    try {
      front.nodes = server.bases;
      const traces = await runWalks(front.base, values.only === '' ? undefined : values.only.split(','));
      const steps = Object.values(traces).flatMap((walks) => Object.values(walks).map((trace) => Object.keys(trace).length));
      const left = unexplained(traces, own ? [...walkDifferences, ...(external === undefined ? [] : [withoutRoute])] : []);
      for (const line of left) console.log(line);
      const where = `${values.nodes} nodes of ${values.server}${external === undefined ? '' : ` on ${external.type}`}${values.volatile ? ', volatile' : ''}`;
      console.log(
        `${where}: ${steps.reduce((sum, count) => sum + count, 0)} steps in ${steps.length} walks, ${left.length} entries differ`,
      );
      return left.length === 0 ? 0 : 1;
    } finally {
      await server.stop();
    }
  } finally {
    await database.drop();
    await external?.stop();
    await postgres.close();
  }
}

process.exitCode = await main();
closeConnections();
