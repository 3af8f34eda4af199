// `npm run bench -- iam|life|grid|smoke [--against keycloak,keygrid] [--nodes N] [--seconds S] [--keep]`
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { openTestDatabase } from '../scripts/testing/test-database.ts';
import { closeConnections } from './drivers/http.ts';
import { benchGrid } from './grid/command.ts';
import { type IamResult, measureIam, USERS } from './iam.ts';
import { type LifeResult, measureLife } from './life.ts';
import { conditions, keep, renderIam, renderLife } from './report.ts';
import { type FreshDatabase, freshDatabase } from './servers/database.ts';
import { KeycloakServer, keycloakHome } from './servers/keycloak.ts';
import { KeygridServer } from './servers/keygrid.ts';
import { benchRealm, type ServerUnderTest } from './servers/server.ts';

const usage = `Usage: npm run bench -- iam|life|grid|smoke [options]

  iam     operations of the identity server: rate, latency, CPU
  life    start, kill, freeze, under a steady stream of requests
  grid    operations of the data grid alone, three processes over TLS
  smoke   a few seconds of iam, this server only; part of CI

  --against keygrid,keycloak   servers to measure in turn (keycloak needs KEYCLOAK_HOME)
  --nodes N                    nodes of each server (iam; default 1)
  --seconds S                  per operation (default 5)
  --callers N[,N]              concurrent callers (default 8; grid: 1,32,128)
  --only "login page;refresh"  some operations (iam, grid) or events (life)
  --profile FOLDER             CPU profiles of this server's nodes, written when they stop
  --compiled                   this server from compiled output (npm run build)
  --keep                       write the table to bench/results

The database is the PostgreSQL server that KEYGRID_TEST_DB_URL names, else an embedded one.
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    against: { type: 'string', default: 'keygrid' },
    nodes: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '5' },
    callers: { type: 'string' },
    compiled: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    profile: { type: 'string', default: '' },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

function profilingEnvironment(folder: string): NodeJS.ProcessEnv {
  return { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${resolve(folder)}` };
}

const iamCallers = Number(values.callers ?? '8');

async function prepare(name: string, databaseUrl: string, nodes: number): Promise<ServerUnderTest> {
  if (name === 'keygrid')
    return KeygridServer.prepare({
      nodes,
      databaseUrl,
      realms: [],
      compiled: values.compiled,
      ...(values.profile === '' ? {} : { env: profilingEnvironment(values.profile) }),
    });
  const home = keycloakHome();
  if (name !== 'keycloak' || home === undefined)
    throw new Error(`no server "${name}" to measure${name === 'keycloak' ? ': KEYCLOAK_HOME is not set' : ''}`);
  return KeycloakServer.prepare({ home, databaseUrl, nodes });
}

/** Each server in turn on a fresh database of the same PostgreSQL. */
async function eachServer<T>(nodes: number, work: (server: ServerUnderTest, database: FreshDatabase) => Promise<T>): Promise<T[]> {
  const postgres = await openTestDatabase();
  const results: T[] = [];
  try {
    for (const name of values.against.split(',')) {
      const database = await freshDatabase(postgres.url, 'keygrid_bench');
      try {
        const server = await prepare(name, database.url, nodes);
        try {
          results.push(await work(server, database));
        } finally {
          await server.stop();
        }
      } finally {
        await database.drop();
      }
    }
  } finally {
    await postgres.close();
  }
  return results;
}

async function iam(seconds: number, warmUpSeconds: number): Promise<readonly IamResult[]> {
  const nodes = Number(values.nodes);
  return eachServer(nodes, async (server, database) => {
    await server.startNode(0);
    await server.createRealm(benchRealm('bench', USERS));
    await Promise.all(server.bases.slice(1).map((_, index) => server.startNode(index + 1)));
    return measureIam(server, database, {
      seconds,
      warmUpSeconds,
      callers: iamCallers,
      only: values.only === '' ? [] : values.only.split(';'),
    });
  });
}

async function main(): Promise<number> {
  const [command] = positionals;
  if (values.help || command === undefined) {
    process.stdout.write(usage);
    return values.help ? 0 : 2;
  }
  if (command === 'life') {
    const results: readonly LifeResult[] = await eachServer(3, (server) =>
      measureLife(server, values.only === '' ? undefined : values.only.split(';')),
    );
    const text = `# Life\n\n${conditions()}\n\n${renderLife(results)}\n`;
    console.log(text);
    if (values.keep) keep('life.md', text);
    return 0;
  }
  if (command === 'grid') {
    return benchGrid({
      seconds: Number(values.seconds),
      callers: (values.callers ?? '1,32,128').split(',').map(Number),
      only: values.only,
      profile: values.profile,
      keep: values.keep,
    });
  }
  if (command === 'iam' || command === 'smoke') {
    const results = command === 'smoke' ? await iam(1, 0) : await iam(Number(values.seconds), Number(values.seconds));
    const text = `# Operations\n\n${conditions()}; closed loop of ${iamCallers}\n\n${renderIam(results)}\n`;
    console.log(text);
    if (values.keep) keep(`iam-${values.nodes}.md`, text);
    const failures = results.flatMap((result) => result.rows).reduce((sum, row) => sum + row.failures, 0);
    return failures === 0 ? 0 : 1;
  }
  console.error(`There is no benchmark "${command}".\n\n${usage}`);
  return 2;
}

process.exitCode = await main();
closeConnections();
