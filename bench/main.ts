// `npm run bench -- iam|life|sessions|remote|authorization|admin|grid|transport|profiles|smoke [--against keycloak,keygrid] [--nodes N] [--seconds S] [--keep]`
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { mainFile } from '../packages/server/bin/built-from.mjs';
import { adminForm, measureAdmin, reportAdmin } from './admin/command.ts';
import { measureAuthorization, renderAuthorization } from './authorization/measure.ts';
import { closeConnections } from './drivers/http.ts';
import { benchGrid, type GridPart, gridParts } from './grid/command.ts';
import { CLIENTS, type IamResult, measureIam, operationNames, USERS } from './iam.ts';
import { type LifeResult, measureLife } from './life.ts';
import { lifeEvents } from './life-events.ts';
import { benchReport } from './pictures/command.ts';
import { benchProfiles } from './profiles/command.ts';
import { benchRemote } from './remote/command.ts';
import { renderIam } from './render-iam.ts';
import { conditions, keep, renderLife } from './report.ts';
import { type BenchDatabase, openBenchDatabase } from './servers/bench-database.ts';
import { type FreshDatabase, freshDatabase } from './servers/database.ts';
import { KeycloakServer } from './servers/keycloak.ts';
import { KeygridServer } from './servers/keygrid.ts';
import { makeBenchRealm } from './servers/many.ts';
import { PeerServer, peerNames } from './servers/peer.ts';
import { keycloakHome } from './servers/reference.ts';
import { benchRealm, type ServerUnderTest } from './servers/server.ts';
import { benchSessions, fullForm, shortForm } from './sessions/command.ts';
import { benchTransport } from './transport/command.ts';
import { usage } from './usage.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    against: { type: 'string', default: 'keygrid' },
    nodes: { type: 'string', default: '1' },
    seconds: { type: 'string' },
    'warm-up': { type: 'string' },
    rate: { type: 'string' },
    search: { type: 'boolean', default: false },
    repeat: { type: 'string', default: '1' },
    drivers: { type: 'string', default: '1' },
    users: { type: 'string' },
    clients: { type: 'string' },
    resources: { type: 'string', default: '10000' },
    realms: { type: 'string', default: '0' },
    sessions: { type: 'boolean', default: false },
    callers: { type: 'string' },
    all: { type: 'boolean', default: false },
    parts: { type: 'string', default: 'operations' },
    entries: { type: 'string', default: '2800000' },
    'cold-starts': { type: 'string', default: '200' },
    short: { type: 'boolean', default: false },
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

function gridPartsOf(text: string): GridPart[] {
  return text.split(',').map((name) => {
    const part = gridParts.find((each) => each === name);
    if (part === undefined) throw new Error(`there is no part "${name}" of the grid's benchmark: ${gridParts.join(', ')}`);
    return part;
  });
}

/** Of an operation in the smoke run, which only shows that everything can be measured. */
const SMOKE_SECONDS = 0.5;
const iamCallers = Number(values.callers ?? '8');
const iamSeconds = Number(values.seconds ?? '5');
const iamWarmUp = Number(values['warm-up'] ?? iamSeconds);
const usersAsked = Number(values.users ?? USERS);

/** The bundle. @throws Error where the sources were changed since it was made: what is measured must be what is there. */
function freshBuild(): string {
  const file = mainFile();
  if (!file.endsWith('keygrid.js')) throw new Error('--compiled: there is no bundle of the sources as they are; run npm run build first');
  return file;
}

async function prepare(name: string, databaseUrl: string, nodes: number): Promise<ServerUnderTest> {
  if (name === 'keygrid')
    return KeygridServer.prepare({
      nodes,
      databaseUrl,
      realms: [],
      main: values.compiled ? freshBuild() : undefined,
      ...(values.profile === '' ? {} : { env: profilingEnvironment(values.profile) }),
    });
  const peer = peerNames.find((one) => one === name);
  if (peer !== undefined)
    return PeerServer.prepare(peer, {
      databaseUrl,
      redisUrl: process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379',
      users: usersAsked,
    });
  if (name !== 'keycloak') throw new Error(`no server "${name}" to measure`);
  return KeycloakServer.prepare({ home: requiredKeycloak(), databaseUrl, nodes });
}

function requiredKeycloak(): string {
  const home = keycloakHome();
  if (home === undefined)
    throw new Error('no server "keycloak" to measure: none is installed (npm run reference:install) and KEYCLOAK_HOME names none');
  return home;
}

/** Each server in turn on a fresh database of the same PostgreSQL. One that fails is told and left out: an hour of the others is not thrown away. */
async function eachServer<T>(
  nodes: number,
  work: (server: ServerUnderTest, database: FreshDatabase, postgres: BenchDatabase) => Promise<T>,
): Promise<T[]> {
  const postgres = await openBenchDatabase();
  const results: T[] = [];
  try {
    for (const name of values.against.split(',')) {
      const database = await freshDatabase(postgres.url, 'keygrid_bench');
      try {
        const server = await prepare(name, database.url, nodes);
        try {
          results.push(await work(server, database, postgres));
        } finally {
          await server.stop();
        }
      } catch (error) {
        process.exitCode = 1;
        console.error(`${name} is left out: ${error instanceof Error ? error.message : String(error)}`);
      } finally {
        await database.drop();
      }
    }
  } finally {
    await postgres.close();
  }
  return results;
}

async function iam(seconds: number, warmUpSeconds: number, only: readonly string[]): Promise<readonly IamResult[]> {
  const nodes = Number(values.nodes);
  const users = usersAsked;
  const clients = Number(values.clients ?? CLIENTS);
  return eachServer(nodes, async (server, database) => {
    await server.startNode(0);
    await makeBenchRealm(server, database, { users, clients });
    await Promise.all(server.bases.slice(1).map((_, index) => server.startNode(index + 1)));
    return measureIam(server, database, {
      seconds,
      warmUpSeconds,
      callers: iamCallers,
      drivers: Number(values.drivers),
      users,
      clients,
      only,
      search: values.search,
      perSecond: values.rate === undefined ? undefined : Number(values.rate),
      repeat: Number(values.repeat),
    });
  });
}

/** Names given by --only; an unknown one ends the run before anything is started. */
function chosenOperations(): readonly string[] {
  const names = values.only === '' ? [] : values.only.split(';');
  const unknown = names.find((name) => !operationNames.includes(name));
  if (unknown !== undefined) throw new Error(`There is no operation "${unknown}". Operations: ${operationNames.join('; ')}`);
  return names;
}

/** Types that the resources are spread over. */
const RESOURCE_TYPES = 100;

async function authorization(): Promise<number> {
  const resources = Number(values.resources);
  const load = { resources, types: RESOURCE_TYPES, seconds: Number(values.seconds ?? '5'), callers: iamCallers };
  const rows = (
    await eachServer(1, async (server) => {
      await server.startNode(0);
      await server.createRealm(benchRealm('bench', 1));
      return measureAuthorization(server, load);
    })
  ).flat();
  const form = `${resources} resources of ${RESOURCE_TYPES} types, ${RESOURCE_TYPES + resources / 10} permissions; one node, closed loop of ${iamCallers} (all permissions: 1)`;
  const text = `# Authorization\n\n${conditions()}; ${form}\n\n${renderAuthorization(rows)}\n`;
  console.log(text);
  if (values.keep) keep('authorization.md', text);
  for (const row of rows) if (row.failures > 0) console.log(`${row.server}, ${row.operation}: ${row.firstFailure}`);
  return rows.some(({ failures }) => failures > 0) ? 1 : 0;
}

async function main(): Promise<number> {
  const [command] = positionals;
  if (values.help || command === undefined) {
    process.stdout.write(usage);
    return values.help ? 0 : 2;
  }
  if (command === 'life') {
    const only = values.only === '' ? [] : values.only.split(';');
    const unknown = only.find((name) => !lifeEvents.some((event) => event.name === name));
    if (unknown !== undefined)
      throw new Error(`There is no event "${unknown}". Events: ${lifeEvents.map((event) => event.name).join('; ')}`);
    const results: readonly LifeResult[] = await eachServer(3, (server, database, postgres) =>
      measureLife(server, { database, postgres, only, realms: Number(values.realms), sessions: values.sessions }),
    );
    if (values.keep) keep('life.json', `${JSON.stringify({ conditions: conditions(), results })}\n`);
    const text = `# Life\n\n${conditions()}\n\n${renderLife(results)}\n`;
    console.log(text);
    if (values.keep) keep('life.md', text);
    return 0;
  }
  if (command === 'report') return benchReport();
  if (command === 'grid') {
    const all = values.all;
    return benchGrid({
      // All of it has to end within twelve minutes.
      seconds: Number(values.seconds ?? (all ? '1.5' : '5')),
      callers: (values.callers ?? (all ? '1,32,128,1024' : '1,32,128')).split(',').map(Number),
      only: values.only,
      parts: gridPartsOf(all ? gridParts.join() : values.parts),
      entries: Number(values.entries),
      coldStarts: Number(values['cold-starts']),
      profile: values.profile,
      keep: values.keep,
    });
  }
  if (command === 'sessions') {
    const form = values.short ? shortForm : fullForm;
    return benchSessions({
      ...form,
      seconds: Number(values.seconds ?? form.seconds),
      keep: values.keep,
      keycloakHome: values.against.split(',').includes('keycloak') ? requiredKeycloak() : undefined,
    });
  }
  if (command === 'remote') {
    const only = values.only === '' ? [] : values.only.split(';');
    return benchRemote({ seconds: Number(values.seconds ?? '5'), callers: iamCallers, only, keep: values.keep });
  }
  if (command === 'profiles') {
    const seconds = Number(values.seconds ?? '4');
    return benchProfiles({ only: chosenOperations(), seconds, callers: iamCallers, users: usersAsked, keep: values.keep });
  }
  if (command === 'authorization') return authorization();
  if (command === 'admin') {
    const form = adminForm(values);
    return reportAdmin(await eachServer(1, (server, database) => measureAdmin(server, database, form)), values.keep);
  }
  if (command === 'transport') return benchTransport(Number(values.seconds), values.keep);
  if (command === 'iam' || command === 'smoke') {
    const results =
      command === 'smoke' ? await iam(SMOKE_SECONDS, 0, chosenOperations()) : await iam(iamSeconds, iamWarmUp, chosenOperations());
    const text = `# Operations\n\n${conditions()}; ${values.rate === undefined ? `closed loop of ${iamCallers}` : `open model, ${values.rate} a second`}, ${values.drivers} driver(s), ${iamSeconds} s a row after ${iamWarmUp} s of warm-up, ${values.repeat} time(s); ${usersAsked} users, ${values.clients ?? CLIENTS} clients\n\n${renderIam(results)}\n`;
    console.log(text);
    if (values.keep) {
      const name = `iam-${values.nodes}${usersAsked === USERS ? '' : `-${usersAsked}-users`}`;
      keep(`${name}.md`, text);
      keep(`${name}.json`, `${JSON.stringify({ conditions: conditions(), results })}\n`);
    }
    const failures = results.flatMap((result) => result.rows).reduce((sum, row) => sum + row.failures, 0);
    return failures === 0 ? 0 : 1;
  }
  console.error(`There is no benchmark "${command}".\n\n${usage}`);
  return 2;
}

const code = await main();
process.exitCode ??= code;
closeConnections();
