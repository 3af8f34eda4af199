import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Configuration } from '../config/configuration.ts';
import type { ServerContext } from '../context.ts';
import { ServerError } from '../http/errors.ts';
import { ensureMasterRealm, type FirstAdmin } from '../realm/bootstrap-admin.ts';
import type { createHashPassword } from '../realm/hash-password.ts';
import { importRealm, type RealmServices } from '../realm/import-realm.ts';
import { readImportDirectory } from '../realm/transfer-files.ts';

/** Nodes that start at once on an empty database race for the realms; the losers look again until the winner has committed. */
const TRIES = 60;
const PAUSE_MS = 100;
const RACE_CODES: readonly string[] = ['KG_STORE_DUPLICATE', 'KG_STORE_CONFLICT', 'KG_DATABASE_UNAVAILABLE'];

async function throughRaces<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ServerError) || !RACE_CODES.includes(error.code) || tries >= TRIES) throw error;
      await delay(PAUSE_MS);
    }
  }
}

function firstAdmins(configuration: Configuration): FirstAdmin[] {
  const admins: FirstAdmin[] = [];
  const password = configuration.get('bootstrap-admin-password');
  if (password !== undefined) admins.push({ username: configuration.get('bootstrap-admin-username') ?? 'temp-admin', password });
  const clientSecret = configuration.get('bootstrap-admin-client-secret');
  if (clientSecret !== undefined)
    admins.push({ clientId: configuration.get('bootstrap-admin-client-id') ?? 'temp-admin-service', clientSecret });
  return admins;
}

/** Before the first request: the master realm with its first administrator, and (option import-realm) the files of data/import. */
export async function prepareRealms(
  configuration: Configuration,
  context: ServerContext,
  hashPassword: ReturnType<typeof createHashPassword>,
): Promise<void> {
  const log = context.logger.of('org.keycloak.services');
  const services: RealmServices = { stores: context.storage.stores, changes: context.state.changes, clock: context.clock, hashPassword };
  const admins = firstAdmins(configuration);
  if (await throughRaces(() => ensureMasterRealm(services, admins))) {
    log.info('KC-SERVICES0050: Initializing master realm');
    for (const admin of admins) {
      log.info(
        'username' in admin
          ? `KC-SERVICES0077: Created temporary admin user with username ${admin.username}`
          : `KC-SERVICES0078: Created temporary admin service account with client id ${admin.clientId}`,
      );
    }
    if (admins.length === 0) log.warn('There is no administrator yet. Make one with: keygrid bootstrap-admin user');
  }
  if (configuration.get('import-realm') !== true) return;
  const directory = join(configuration.homeDirectory, 'data', 'import');
  for (const { path, representation } of await readImportDirectory(directory)) {
    const outcome = await throughRaces(() => importRealm(services, representation, 'skip')).catch((error: unknown) => {
      if (!(error instanceof ServerError)) throw error;
      throw new ServerError(error.code, `${path}: ${error.message}`, { cause: error });
    });
    const name = String(representation['realm']);
    log.info(
      outcome === 'skipped'
        ? `Realm '${name}' already exists. Import skipped`
        : `KC-SERVICES0030: Full model import requested. Realm '${name}' imported`,
    );
  }
}
