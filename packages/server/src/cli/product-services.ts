import type { CommandServices } from './command-services.ts';

/** The services of the product, loaded when a command first needs them: help and refusals answer without the server's weight. */
export const productServices: CommandServices = {
  openDatabase: async (configuration, logger) => (await import('./open-database.ts')).openDatabase(configuration, logger),
  startServer: async (input) => (await import('../server.ts')).startServer(input),
  inspectCluster: async (database, name, watch) => {
    const [{ inspectCluster }, { databaseConnection }] = await Promise.all([import('@keygrid/grid'), import('../config/database-url.ts')]);
    return inspectCluster(databaseConnection(database), name, watch);
  },
  openRealmOperations: async (configuration, database, logger) =>
    (await import('../realm/operations.ts')).openRealmOperations(configuration, database, logger),
};
