import { createWriteStream, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quietLogger } from '../testing/quiet-logger.ts';
import { openTestStorage } from '../testing/test-database.ts';
import { openRealmOperations, type RealmOperations } from './operations.ts';

const home = mkdtempSync(join(tmpdir(), 'keygrid-transfer-'));
const lines: string[] = [];
let test: Awaited<ReturnType<typeof openTestStorage>>;
let operations: RealmOperations;

beforeAll(async () => {
  test = await openTestStorage();
  const logger = { ...quietLogger, info: (line: string) => lines.push(line) };
  operations = await openRealmOperations(undefined, test.database.options.target, logger);
});

afterAll(async () => {
  await operations?.[Symbol.asyncDispose]();
  await test?.[Symbol.asyncDispose]();
  rmSync(home, { recursive: true });
});

const hashed = {
  type: 'password',
  secretData: '{"value":"aGFzaA==","salt":"c2FsdA==","additionalParameters":{}}',
  credentialData: '{"hashIterations":5,"algorithm":"argon2","additionalParameters":{}}',
};
const userOf = (index: number, change: object = {}) => ({
  username: `user${index}`,
  enabled: true,
  realmRoles: ['offline_access'],
  credentials: [hashed],
  ...change,
});

async function writeRealm(path: string, count: number, faultAt?: number): Promise<void> {
  await pipeline(function* () {
    yield '{ "realm": "big", "enabled": true,\n"users": [\n';
    for (let index = 0; index < count; index += 1) {
      const user = userOf(index, index === faultAt ? { realmRoles: 7 } : {});
      yield `${JSON.stringify(user)}${index + 1 === count ? '' : ','}\n`;
    }
    yield '] }\n';
  }, createWriteStream(path));
}

const usersIn = async (realm: string): Promise<number | undefined> => {
  const found = await test.storage.stores.realms.byName(realm);
  return found && test.storage.stores.users.count(found.id, {});
};

describe('a file of many users', () => {
  const file = join(home, 'big.json');

  it('is refused whole where one user is wrong, with line and reason', async () => {
    await writeRealm(file, 600, 500);
    await expect(operations.importRealms({ file }, true)).rejects.toThrow(/big\.json:503.*realmRoles/);
    expect(await usersIn('big')).toBeUndefined();
    writeFileSync(file, `{"realm":"big",\n"users":[\n{"username":"a"},\n{"username":"a"}\n]}`);
    await expect(operations.importRealms({ file }, true)).rejects.toThrow(/big\.json:4.*twice/);
    writeFileSync(file, `{"realm":"big",\n"users":[\n{"username":"a"},\n{"username":\n'b'}\n]}`);
    await expect(operations.importRealms({ file }, true)).rejects.toThrow(/big\.json:5: it is no JSON/);
    writeFileSync(file, `{"realm":"big",\n"users":[\n{"username":"a"}\n],\n"enabled":maybe}`);
    await expect(operations.importRealms({ file }, true)).rejects.toThrow(/big\.json:5: it is no JSON/);
    expect(await usersIn('big')).toBeUndefined();
  });

  it('is imported, with a line now and then that says how far it is', async () => {
    await writeRealm(file, 2_050);
    expect(await operations.importRealms({ file }, true)).toEqual([{ realm: 'big', outcome: 'imported' }]);
    expect(await usersIn('big')).toBe(2_050);
    expect(lines.filter((line) => line.includes('users stored'))).toEqual([
      "Realm 'big': 1000 users stored",
      "Realm 'big': 2000 users stored",
      "Realm 'big': 2050 users stored",
    ]);
  });

  it('is left alone or replaced by a smaller one, as the strategy says', async () => {
    await writeRealm(file, 3);
    expect(await operations.importRealms({ file }, false)).toEqual([{ realm: 'big', outcome: 'skipped' }]);
    expect(await usersIn('big')).toBe(2_050);
    expect(await operations.importRealms({ file }, true)).toEqual([{ realm: 'big', outcome: 'replaced' }]);
    expect(await usersIn('big')).toBe(3);
  });

  it.each([
    ['skip', ['big-realm.json'], 0],
    ['realm_file', ['big-realm.json'], 3],
    ['same_file', ['big-realm.json', 'big-users-0.json'], 3],
    ['different_files', ['big-realm.json', 'big-users-0.json', 'big-users-1.json'], 3],
  ] as const)('goes out with the users as %s says, and comes back', async (users, names, count) => {
    const directory = join(home, users);
    await operations.exportRealms({ directory }, { realm: 'big', users, usersPerFile: 2 });
    expect(readdirSync(directory).sort()).toEqual([...names]);
    const written = names.flatMap((name) => (JSON.parse(readFileSync(join(directory, name), 'utf8')) as { users?: unknown[] }).users ?? []);
    expect(written).toHaveLength(count);
    if (count === 0) return;
    expect(await operations.importRealms({ directory }, true)).toEqual([{ realm: 'big', outcome: 'replaced' }]);
    expect(await usersIn('big')).toBe(count);
    const realm = await test.storage.stores.realms.byName('big');
    const user = await test.storage.stores.users.byUsername(realm?.id ?? '', 'user2');
    const [credential] = await test.storage.stores.credentials.ofUser(user?.id ?? '');
    expect(JSON.parse(credential?.secretData ?? '{}')).toEqual(JSON.parse(hashed.secretData));
  });
});
