import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultRegistrationPolicies, registrationPolicyType } from '../realm/default-registration-policies.ts';
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

  it('closes the registration of clients in realms that were there before it, and leaves what a realm says of it', async () => {
    await (await openStorage(database.options)).close();
    await database.execute('DROP TABLE client_initial_access');
    await database.execute('ALTER TABLE realm DROP COLUMN display_name, DROP COLUMN display_name_html');
    await database.execute('DELETE FROM keygrid_migration WHERE id >= 9');
    const policy = registrationPolicyType;
    const own = { [policy]: [{ id: 'own', providerId: 'scope', subType: 'anonymous', config: {} }] };
    for (const [id, other] of [
      ['bare', {}],
      ['empty', { components: { [policy]: [] } }],
      ['others', { components: { 'org.example.Storage': [{ id: 'store' }] } }],
      ['own', { components: own }],
    ] as const) {
      await database.execute('INSERT INTO realm (id, name, enabled, version, body) VALUES ($1, $1, true, 0, $2)', [id, { other }]);
    }
    const storage = await openStorage(database.options);
    const components = async (id: string) =>
      (await storage.stores.realms.byId(id))?.other['components'] as Readonly<Record<string, readonly Record<string, unknown>[]>>;
    const shapes = (list: readonly Readonly<Record<string, unknown>>[] | undefined) =>
      list?.map(({ id: _, config, ...rest }) => ({ ...rest, config: JSON.parse(JSON.stringify(config)) as unknown }));
    for (const id of ['bare', 'empty', 'others']) {
      expect(shapes((await components(id))[policy])).toEqual(shapes(defaultRegistrationPolicies()));
    }
    expect(await components('others')).toHaveProperty(['org.example.Storage', 0, 'id'], 'store');
    expect(await components('own')).toEqual(own);
    await storage.close();
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
