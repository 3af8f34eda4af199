import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStorage } from '../store/storage.ts';
import { openTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { migrations } from './migrations/index.ts';

let database: TestDatabase;

beforeEach(async () => {
  database = await openTestDatabase();
});

afterEach(async () => {
  await database[Symbol.asyncDispose]();
});

describe('bringing the schema up to date', () => {
  it('lets ten nodes start at once on an empty database', async () => {
    const nodes = await Promise.all(Array.from({ length: 10 }, () => openStorage({ ...database.options, poolMaxSize: 1 })));
    await Promise.all(nodes.map((node) => node.close()));
    const applied = await database.execute('SELECT id FROM keygrid_migration ORDER BY id');
    expect(applied.rows.map((row) => row.id)).toEqual(migrations.map((migration) => migration.id));
  });

  it('numbers its steps without gaps', () => {
    expect(migrations.map((migration) => migration.id)).toEqual(migrations.map((_, index) => index + 1));
  });

  it('refuses the tables of a Keycloak server, with the way out', async () => {
    await database.execute('CREATE TABLE databasechangelog (id text)');
    await expect(openStorage(database.options)).rejects.toMatchObject({
      code: 'KG_DATABASE_FOREIGN',
      message: expect.stringContaining('keygrid import'),
    });
  });

  it('refuses a schema from the future', async () => {
    await (await openStorage(database.options)).close();
    await database.execute("INSERT INTO keygrid_migration (id, name) VALUES (999, 'later')");
    await expect(openStorage(database.options)).rejects.toMatchObject({
      code: 'KG_DATABASE_VERSION',
      message: expect.stringContaining('999'),
    });
  });

  it('keeps to the schema that it is told, beside a Keycloak server', async () => {
    await database.execute('CREATE TABLE databasechangelog (id text)');
    const storage = await openStorage({ ...database.options, target: { ...database.options.target, schema: 'My "realms"' } });
    await storage.stores.serverConfig.insert('a', 'b');
    await storage.close();
    expect((await database.execute('SELECT value FROM "My ""realms""".server_config')).rows).toEqual([{ value: 'b' }]);
  });

  it('says which host does not answer', async () => {
    const target = { ...database.options.target, hosts: [{ host: '127.0.0.1', port: 1 }] };
    await expect(openStorage({ ...database.options, target })).rejects.toMatchObject({
      code: 'KG_DATABASE_UNAVAILABLE',
      message: expect.stringContaining('127.0.0.1:1'),
    });
  });

  it('goes to the next host when the first is away', async () => {
    const [host] = database.options.target.hosts;
    const hosts = [{ host: '127.0.0.1', port: 1 }, ...(host ? [host] : [])];
    const options = { ...database.options, target: { ...database.options.target, hosts } };
    await expect(openStorage(options))
      .resolves.toMatchObject({ stores: expect.anything() })
      .catch(() => undefined);
    const storage = await openStorage(options);
    await storage.check();
    await storage.close();
  });
});
