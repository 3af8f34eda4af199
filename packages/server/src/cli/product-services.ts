import { extname } from 'node:path';
import type { CommandServices } from './command-services.ts';

/** Sources and compiled output differ in the ending of their files. */
const ending = extname(import.meta.url);

async function exported<T>(module: string, name: string): Promise<T> {
  const found: unknown = ((await import(new URL(`../${module}${ending}`, import.meta.url).href)) as Readonly<Record<string, unknown>>)[
    name
  ];
  if (typeof found !== 'function') throw new TypeError(`${module} exports no function ${name}`);
  // The contract of the name is the interface that the caller names.
  return found as T;
}

/** The services of the product, loaded when a command first needs them: help and refusals answer without the server's weight. */
export const productServices: CommandServices = {
  openDatabase: async (configuration, logger) => (await import('./open-database.ts')).openDatabase(configuration, logger),
  startServer: async (input) => (await exported<CommandServices['startServer']>('server', 'startServer'))(input),
  openRealmOperations: async (configuration, database, logger) =>
    (await exported<CommandServices['openRealmOperations']>('realm/operations', 'openRealmOperations'))(configuration, database, logger),
};
