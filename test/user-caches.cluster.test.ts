import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Server, startServer } from 'keygrid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../bench/drivers/http.ts';
import { type FreshDatabase, freshDatabase } from '../bench/servers/database.ts';
import { freePorts } from '../packages/grid/src/testing/free-ports.ts';
import { testDatabaseUrl } from './support/test-cluster.ts';

const cacheFile = `<infinispan>
<cache-container name="keycloak">
<transport lock-timeout="60000"/>
<distributed-cache name="carts" owners="2"/>
<replicated-cache name="tenants"/>
<local-cache name="notes"/>
<distributed-cache name="sessions" owners="2"/>
</cache-container>
</infinispan>`;

interface Cart {
  readonly items: readonly string[];
}

describe('a program that runs the server inside itself', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keygrid-user-caches-'));
  let database: FreshDatabase;
  let ports: readonly number[] = [];
  const servers: Server[] = [];

  const words = (index: number): string[] => [
    'start',
    `--db-url=${database.url}`,
    '--http-enabled=true',
    '--http-host=127.0.0.1',
    `--http-port=${ports[index * 3]}`,
    `--http-management-port=${ports[index * 3 + 1]}`,
    '--health-enabled=true',
    '--hostname-strict=false',
    '--log-level=off',
    '--cache-embedded-network-bind-address=127.0.0.1',
    `--cache-embedded-network-bind-port=${ports[index * 3 + 2]}`,
    `--cache-config-file=${join(folder, 'caches.xml')}`,
    '--cache-config-mutate=true',
    `--spi-cache-embedded--default--node-name=n${index + 1}`,
  ];
  const readiness = async (index: number): Promise<number> => (await call(`http://127.0.0.1:${ports[index * 3 + 1]}/health/ready`)).status;

  beforeAll(async () => {
    writeFileSync(join(folder, 'caches.xml'), cacheFile);
    database = await freshDatabase(testDatabaseUrl(), 'keygrid_user_caches');
    ports = await freePorts(6);
    servers.push(await startServer(words(0)));
    servers.push(await startServer(words(1)));
  });
  afterAll(async () => {
    for (const server of servers) await server.stop();
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  const server = (index: number): Server => {
    const found = servers[index];
    if (found === undefined) throw new Error(`no server ${index}`);
    return found;
  };

  it('shares the caches that the file declares for it with the other nodes', async () => {
    const [here, there] = [0, 1].map((index) => server(index).userCache<string, Cart>('carts'));
    await here?.put('alice', { items: ['tea'] });
    expect(await there?.get('alice')).toEqual({ items: ['tea'] });
    expect(await there?.putIfAbsent('alice', { items: [] })).toEqual({ items: ['tea'] });
    const taken = await Promise.all([here?.getAndRemove('alice'), there?.getAndRemove('alice')]);
    expect(taken.filter((cart) => cart !== undefined)).toEqual([{ items: ['tea'] }]);

    await server(1).userCache<string, string>('tenants').put('t', 'red');
    await expect.poll(() => server(0).userCache<string, string>('tenants').get('t')).toBe('red');

    await server(0).userCache<string, string>('notes').put('k', 'mine');
    expect(await server(1).userCache<string, string>('notes').get('k')).toBeUndefined();
  });

  it.each(['sessions', 'actionTokens', 'authenticationSessions', 'work', 'users'])(
    'does not get the cache %s, which is one of the server',
    (name) => {
      expect(() => server(0).userCache(name)).toThrow(
        expect.objectContaining({
          code: 'KG_UNKNOWN_CACHE',
          message: `'${name}' is a cache of the server itself, which is not handed out. Those that caches.xml declares beside the server's: carts, tenants, notes.`,
        }),
      );
    },
  );

  it.each(['cart', '', 'toString', '__proto__'])("is told which caches there are where it asks for '%s'", (name) => {
    expect(() => server(0).userCache(name)).toThrow(
      expect.objectContaining({
        code: 'KG_UNKNOWN_CACHE',
        message: `no cache '${name}' is declared. Those that caches.xml declares beside the server's: carts, tenants, notes.`,
      }),
    );
  });

  it('gets the refusals of the command line as errors, and leaves nothing open', async () => {
    await expect(startServer(['show-config'])).rejects.toMatchObject({ code: 'KG_BAD_CONFIGURATION' });
    await expect(startServer([])).rejects.toMatchObject({ code: 'KG_BAD_CONFIGURATION', message: expect.stringContaining("'start-dev'") });
    await expect(startServer(['start', '--no-such=1'])).rejects.toMatchObject({ code: 'KG_BAD_CONFIGURATION' });
    const missing = join(folder, 'none.xml');
    const elsewhere = words(1).map((word) => (word.startsWith('--cache-config-file') ? `--cache-config-file=${missing}` : word));
    await expect(startServer(elsewhere)).rejects.toThrow(missing);
  });

  it('drains and stops it, and the entries stay with the others', async () => {
    await server(1)
      .userCache<string, Cart>('carts')
      .put('bob', { items: ['milk'] });
    server(1).drain();
    expect(await readiness(1)).toBe(503);
    expect(await readiness(0)).toBe(200);
    await server(1).stop();
    await expect(readiness(1)).rejects.toThrow();
    expect(await server(0).userCache<string, Cart>('carts').get('bob')).toEqual({ items: ['milk'] });
    expect(() => server(1).userCache('carts')).toThrow(expect.objectContaining({ code: 'GRID_STOPPED' }));
    await server(1).stop();
    servers.push(await startServer(words(1)));
    expect(await server(2).userCache<string, Cart>('carts').get('bob')).toEqual({ items: ['milk'] });
  });
});
