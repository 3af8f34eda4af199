import { dirname, join, normalize } from 'node:path';
import { importsOf, textOf, trackedFiles } from './repository.ts';

/** Floors of the server from the top to the ground; a room may import rooms of its own floor and of those below. */
const SERVER_FLOORS: readonly (readonly string[])[] = [
  ['main.ts', 'index.ts', 'cli'],
  ['server.ts', 'assembly'],
  ['oidc', 'admin', 'account', 'console', 'pages', 'management', 'broker', 'protection', 'client-registration'],
  ['context.ts'],
  [
    'authentication',
    'token',
    'security',
    'authorization',
    'events',
    'logout',
    'mail',
    'realm',
    'registration-policies',
    'theme',
    'x509',
    'outside-keys',
  ],
  ['state', 'session', 'cache', 'remote'],
  ['database', 'store'],
  ['model', 'config', 'http', 'outbound', 'observability'],
];

/** What a package may import of the others; everything else between packages is a breach. */
const PACKAGE_IMPORTS: Readonly<Record<string, readonly string[]>> = {
  grid: ['@keygrid/embedded-postgres'],
  'embedded-postgres': [],
  'adapters/keyv': ['@keygrid/grid'],
  'adapters/express-session': ['@keygrid/grid'],
  console: [],
  server: ['@keygrid/grid', '@keygrid/embedded-postgres', '@keygrid/console'],
};

/** Rooms that only tests use; they may import anything below the surface. */
const TEST_ROOMS = new Set(['testing']);

function floorOf(room: string): number {
  return SERVER_FLOORS.findIndex((rooms) => rooms.includes(room));
}

function isTest(path: string): boolean {
  return path.endsWith('.test.ts') || path.includes('/testing/') || path.endsWith('/testing.ts');
}

function roomOf(path: string): string {
  return path.replace('packages/server/src/', '').split('/')[0] ?? '';
}

/** The breaches of the import rules, one sentence each. */
export function floorBreaches(files: readonly string[] = trackedFiles()): string[] {
  const breaches: string[] = [];
  const edges = new Map<string, Set<string>>();
  for (const file of files.filter((path) => /^packages\/(?:adapters\/)?[^/]+\/src\/.*\.ts$/.test(path))) {
    const owner = /^packages\/((?:adapters\/)?[^/]+)\/src/.exec(file)?.[1] ?? '';
    for (const target of importsOf(textOf(file))) {
      if (target.startsWith('.')) {
        const resolved = normalize(join(dirname(file), target));
        if (!resolved.startsWith(`packages/${owner}/`)) breaches.push(`${file} reaches into another package: ${target}`);
        else if (owner === 'server' && resolved.startsWith('packages/server/src/') && !isTest(file)) {
          const from = roomOf(file);
          const to = roomOf(resolved);
          if (from === to || TEST_ROOMS.has(from)) continue;
          if (TEST_ROOMS.has(to)) breaches.push(`${file} imports the test room ${to}`);
          else if (floorOf(from) < 0) breaches.push(`${file} stands in a room without a floor: ${from}`);
          else if (floorOf(to) < 0) breaches.push(`${file} imports a room without a floor: ${to}`);
          else if (floorOf(from) > floorOf(to)) breaches.push(`${file} (${from}) imports upwards: ${to}`);
          else if (floorOf(from) === floorOf(to)) edges.set(from, (edges.get(from) ?? new Set()).add(to));
        }
      } else if (target.startsWith('@keygrid/') || target === 'keygrid') {
        const name = target.split('/').slice(0, 2).join('/');
        const allowed = PACKAGE_IMPORTS[owner];
        if (allowed !== undefined && !allowed.includes(name)) breaches.push(`${file} imports ${name}, which its package may not`);
      }
    }
  }
  return [...breaches, ...cyclesOf(edges)];
}

/** Rooms of one floor that import each other in a circle. */
function cyclesOf(edges: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (room: string, path: readonly string[]): void => {
    if (path.includes(room)) {
      found.push(`rooms import each other in a circle: ${[...path.slice(path.indexOf(room)), room].join(' -> ')}`);
      return;
    }
    if (done.has(room)) return;
    for (const next of edges.get(room) ?? []) visit(next, [...path, room]);
    done.add(room);
  };
  for (const room of edges.keys()) visit(room, []);
  return found;
}
