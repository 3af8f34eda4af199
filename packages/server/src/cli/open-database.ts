import { join } from 'node:path';
import type { Configuration } from '../config/configuration.ts';
import { databaseTarget, parseDatabaseUrl } from '../config/database-url.ts';
import type { Logger } from '../observability/logger.ts';
import type { OpenDatabase } from './command-services.ts';

const DATABASE_NAME = 'keycloak';

/**
 * The database of the `db-*` options. For db=dev-file an embedded PostgreSQL on data/postgresql of the home directory, which ends with the command; a command
 * beside a running server of this kind shares its database.
 */
export async function openDatabase(configuration: Configuration, logger: Logger): Promise<OpenDatabase> {
  if (configuration.get('db') !== 'dev-file')
    return { target: databaseTarget(configuration), [Symbol.asyncDispose]: async () => undefined };
  const { startEmbeddedPostgres } = await import('@keygrid/embedded-postgres');
  const log = logger.of('org.keycloak.database');
  const server = await startEmbeddedPostgres({
    dataDir: join(configuration.homeDirectory, 'data', 'postgresql'),
    share: configuration.mode === 'nonserver',
    log: (line) => log.info(line),
  });
  try {
    const target = parseDatabaseUrl(await server.createDatabase(DATABASE_NAME));
    log.info(`Embedded PostgreSQL (process ${server.pid}) listening on 127.0.0.1:${server.port}, for development`);
    return { target: { ...target, sslMode: 'disable' }, [Symbol.asyncDispose]: () => server.stop() };
  } catch (error) {
    await server.stop();
    throw error;
  }
}
