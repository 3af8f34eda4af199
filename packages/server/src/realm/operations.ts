import { join } from 'node:path';
import type { DatabaseTarget } from '../config/database-url.ts';
import { ServerError } from '../http/errors.ts';
import { systemClock } from '../model/clock.ts';
import type { Realm } from '../model/index.ts';
import type { Logger } from '../observability/logger.ts';
import { createHashQueue, DEFAULT_MAX_WAITING_HASHES, hashConcurrency } from '../security/hash-queue.ts';
import { type OpenStorage, openStorage } from '../store/storage.ts';
import { bootstrapAdmin, ensureMasterRealm } from './bootstrap-admin.ts';
import { exportRealm, exportUsers } from './export-realm.ts';
import type { Representation } from './fields.ts';
import { createHashPassword } from './hash-password.ts';
import { type ImportOutcome, importRealm, type RealmServices } from './import-realm.ts';
import { masterRealm } from './realm-defaults.ts';
import { makeTransferDirectory, openRealmDirectory, openRealmFile, writeTransferFile, writeUsersFile } from './transfer-files.ts';

/** Where an import reads and an export writes; one of the two. */
export type TransferPlace = { readonly directory: string } | { readonly file: string };

export interface ExportOptions {
  readonly realm?: string | undefined;
  readonly users: 'skip' | 'realm_file' | 'same_file' | 'different_files';
  readonly usersPerFile: number;
}

/** Work on realms from the command line. Running nodes of the same database learn of it through the outbox. */
export interface RealmOperations extends AsyncDisposable {
  importRealms(place: TransferPlace, override: boolean): Promise<readonly { realm: string; outcome: ImportOutcome }[]>;
  exportRealms(place: TransferPlace, options: ExportOptions): Promise<readonly { realm: string; files: readonly string[] }[]>;
  bootstrapAdminUser(username: string, password: string): Promise<void>;
  bootstrapAdminService(clientId: string, clientSecret: string): Promise<void>;
}

/** @throws ServerError as `openStorage`. The first argument is not used: everything that counts is in `target`. */
export async function openRealmOperations(_configuration: unknown, target: DatabaseTarget, logger: Logger): Promise<RealmOperations> {
  const storage = await openStorage({ target, logger, poolMaxSize: 4 });
  const services = storageServices(storage);
  return {
    async importRealms(place, override) {
      const files = 'file' in place ? await openRealmFile(place.file) : await openRealmDirectory(place.directory);
      if (files.length === 0 && 'directory' in place) {
        throw new ServerError('KG_BAD_IMPORT', `The directory ${place.directory} holds no realm file (<realm>-realm.json).`);
      }
      // Master first: the others get their clients there.
      const ordered = [...files].sort(
        (a, b) => Number(b.representation['realm'] === masterRealm) - Number(a.representation['realm'] === masterRealm),
      );
      if (ordered[0]?.representation['realm'] !== masterRealm) await ensureMasterRealm(services, []);
      const outcomes: { realm: string; outcome: ImportOutcome }[] = [];
      for (const { path, representation, users } of ordered) {
        const onUsers = (count: number): void => logger.info(`Realm '${String(representation['realm'])}': ${count} users stored`);
        const outcome = await named(path, () =>
          importRealm({ ...services, onUsers }, representation, override ? 'replace' : 'skip', users),
        );
        outcomes.push({ realm: String(representation['realm']), outcome });
      }
      return outcomes;
    },

    async exportRealms(place, options) {
      const realms = await wantedRealms(storage, options.realm);
      if ('file' in place) return await exportToFile(storage, realms, place.file, options);
      await makeTransferDirectory(place.directory);
      const exported: { realm: string; files: readonly string[] }[] = [];
      for (const realm of realms)
        exported.push({ realm: realm.realm, files: await exportToDirectory(storage, realm, place.directory, options) });
      return exported;
    },

    bootstrapAdminUser: (username, password) => bootstrapAdmin(services, { username, password }),
    bootstrapAdminService: (clientId, clientSecret) => bootstrapAdmin(services, { clientId, clientSecret }),
    [Symbol.asyncDispose]: () => storage.close(),
  };
}

/** Realm changes straight on the database: committed with their outbox rows, told to nobody else. */
export function storageServices(storage: Pick<OpenStorage, 'stores' | 'transaction'>): RealmServices {
  const queue = createHashQueue(hashConcurrency(process.env['UV_THREADPOOL_SIZE']), DEFAULT_MAX_WAITING_HASHES);
  return {
    stores: storage.stores,
    clock: systemClock,
    hashPassword: createHashPassword(queue),
    changes: {
      write: (work) =>
        storage.transaction(async (stores) => {
          const touched = new Set<string>();
          const result = await work(stores, (...keys) => {
            for (const key of keys) touched.add(key);
          });
          await stores.outbox.append([...touched]);
          return result;
        }),
    },
  };
}

async function wantedRealms(storage: OpenStorage, name: string | undefined): Promise<Realm[]> {
  if (name === undefined) return await storage.stores.realms.list();
  const realm = await storage.stores.realms.byName(name);
  if (!realm) throw new ServerError('KG_NOT_FOUND', `There is no realm ${JSON.stringify(name)} to export.`);
  return [realm];
}

async function exportToFile(storage: OpenStorage, realms: readonly Realm[], file: string, options: ExportOptions) {
  const [only] = realms;
  if (only !== undefined && realms.length === 1 && options.users !== 'skip') {
    await writeUsersFile(file, await exportRealm(storage.stores, only), exportUsers(storage.stores, only));
    return [{ realm: only.realm, files: [file] }];
  }
  const whole: Representation[] = [];
  for (const realm of realms) {
    const representation = await exportRealm(storage.stores, realm);
    whole.push(options.users === 'skip' ? representation : { ...representation, users: await allUsers(storage, realm) });
  }
  await writeTransferFile(file, whole.length === 1 ? whole[0] : whole);
  return realms.map((realm) => ({ realm: realm.realm, files: [file] }));
}

async function exportToDirectory(storage: OpenStorage, realm: Realm, directory: string, options: ExportOptions): Promise<string[]> {
  const representation = await exportRealm(storage.stores, realm);
  const inRealmFile = options.users === 'realm_file' || options.users === 'same_file';
  const realmFile = join(directory, `${realm.realm}-realm.json`);
  const files = [
    options.users === 'realm_file'
      ? await writeUsersFile(realmFile, representation, exportUsers(storage.stores, realm))
      : await writeTransferFile(realmFile, representation),
  ];
  const usersFile = (index: number) => join(directory, `${realm.realm}-users-${index}.json`);
  if (options.users === 'same_file') {
    files.push(await writeUsersFile(usersFile(0), { realm: realm.realm }, exportUsers(storage.stores, realm)));
  } else if (!inRealmFile && options.users !== 'skip') {
    let index = 0;
    for await (const users of exportUsers(storage.stores, realm, Math.max(1, options.usersPerFile))) {
      files.push(await writeTransferFile(usersFile(index), { realm: realm.realm, users }));
      index += 1;
    }
  }
  return files;
}

async function allUsers(storage: OpenStorage, realm: Realm): Promise<Representation[]> {
  const users: Representation[] = [];
  for await (const page of exportUsers(storage.stores, realm)) users.push(...page);
  return users;
}

/** Adds the file's name to what is wrong in it. */
async function named<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ServerError) || error.code !== 'KG_BAD_IMPORT') throw error;
    throw new ServerError('KG_BAD_IMPORT', `${path}: ${error.message}`, { cause: error });
  }
}
