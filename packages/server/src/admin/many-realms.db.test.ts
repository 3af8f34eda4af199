import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDirectory } from '../cache/directory.ts';
import { LocalCache } from '../cache/local-cache.ts';
import type { ServerContext } from '../context.ts';
import { systemClock } from '../model/clock.ts';
import { ensureMasterRealm } from '../realm/bootstrap-admin.ts';
import { createRealm, type RealmServices } from '../realm/import-realm.ts';
import { storageServices } from '../realm/operations.ts';
import { sweepSessions } from '../session/sweeper.ts';
import { type OpenStorage, openStorage } from '../store/storage.ts';
import { quietLogger } from '../testing/quiet-logger.ts';
import { openTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { type Administrator, hasRole, mayCreateRealms, rolesOver, rolesOverAll } from './administrator.ts';

const FEW = 3;
const MANY = 40;

let database: TestDatabase;
let storage: OpenStorage;
let services: RealmServices;
let statements = 0;

beforeAll(async () => {
  database = await openTestDatabase();
  storage = await openStorage({
    ...database.options,
    onStatement: () => {
      statements += 1;
    },
  });
  services = storageServices(storage);
  await ensureMasterRealm(services, [{ username: 'admin', password: 'admin' }]);
});

afterAll(async () => {
  await storage.close();
  await database[Symbol.asyncDispose]();
});

async function counted(work: () => Promise<unknown>): Promise<number> {
  const before = statements;
  await work();
  return statements - before;
}

/** A node that has nothing cached, and its administrator. */
async function freshNode(): Promise<{ context: ServerContext; admin: Administrator }> {
  const cache = (name: string) => new LocalCache({ name, maxCount: 100_000, clock: systemClock });
  const directory = createDirectory({ stores: storage.stores, realms: cache('realms'), users: cache('users') });
  const context = { state: { directory }, storage } as unknown as ServerContext;
  const realm = (await directory.realmByName('master')) ?? expect.fail('no realm master');
  const user = (await directory.userByUsername(realm, 'admin')) ?? expect.fail('no user admin');
  const client = (await directory.clientByClientId(realm, 'admin-cli')) ?? expect.fail('no client admin-cli');
  return {
    context,
    admin: { realm, user, client, sessionId: undefined, ownRoleIds: new Set((await directory.grants(realm, user)).roleIds) },
  };
}

/** Statements of what has to cost the same however many realms there are. */
async function costs(name: string) {
  const { context, admin } = await freshNode();
  const { directory } = context.state;
  const realm = (await directory.realmByName(name)) ?? expect.fail(`no realm ${name}`);
  return {
    create: await counted(() => createRealm(services, { realm: `${name}-more`, enabled: true })),
    start: await counted(() => ensureMasterRealm(services, [])),
    permission: await counted(async () => expect((await rolesOver(context, admin, realm)).has('manage-realm')).toBe(true)),
    mayCreate: await counted(async () => expect(await mayCreateRealms(context, admin)).toBe(true)),
    effectiveRoles: await counted(() => directory.expandRoles(admin.realm, [...admin.ownRoleIds])),
    // The roles are there already: the token needed them.
    list: await counted(async () => {
      const over = await rolesOverAll(context, admin);
      for (const one of await storage.stores.realms.briefs()) expect(over(one).has('view-realm')).toBe(true);
    }),
    sweep: await counted(() =>
      sweepSessions(
        { stores: storage.stores, clock: systemClock, logger: quietLogger, onExpired: async () => undefined },
        new AbortController().signal,
      ),
    ),
  };
}

describe('a server with many realms', () => {
  it('creates, starts, lists, permits and sweeps with as many statements as one with few (Keycloak #46605, #35932)', async () => {
    for (let index = 0; index < FEW; index += 1) await createRealm(services, { realm: `realm-${index}`, enabled: true });
    const few = await costs('realm-1');
    for (let index = FEW; index < MANY; index += 1) await createRealm(services, { realm: `realm-${index}`, enabled: true });
    expect(await costs(`realm-${MANY - 1}`)).toEqual(few);
    expect(few.effectiveRoles).toBe(1);
    expect(few.list).toBe(2);
  });

  it('gives an administrator what the role admin brings along, and nothing to somebody without roles', async () => {
    const { context, admin } = await freshNode();
    const { directory } = context.state;
    const createRealmRole = (await directory.roleByName(admin.realm, undefined, 'create-realm')) ?? expect.fail('no role create-realm');
    expect(await hasRole(context, admin, createRealmRole)).toBe(true);
    expect(await hasRole(context, { ...admin, ownRoleIds: new Set() }, createRealmRole)).toBe(false);
  });
});
