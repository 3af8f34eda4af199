import { families } from '../../config/options/index.ts';
import type { Command } from '../command.ts';
import { nameOf, secretOf } from './ask-credential.ts';

export const bootstrapAdminService: Command = {
  name: 'bootstrap-admin service',
  summary: 'Adds a service account that administers.',
  mode: 'nonserver',
  families: [families.database, families.features, families.logging, families.spi, families.withoutEffect],
  arguments: [
    { name: 'client-id', label: 'id', help: 'Client id; temp-admin where nothing else is said.' },
    { name: 'client-id:env', label: 'ID', help: 'Environment variable that holds the client id.' },
    { name: 'client-secret:env', label: 'SECRET', help: 'Environment variable that holds the secret.' },
    { name: 'no-prompt', help: 'Asks nothing.' },
  ],
  takesPositionals: false,
  demands: true,
  async run(input) {
    const clientId = await nameOf(input, 'client-id', 'Enter client id', 'temp-admin');
    const secret = await secretOf(input, 'client-secret', 'client secret');
    const { configuration, logger, services } = input;
    await using database = await services.openDatabase(configuration, logger);
    await using operations = await services.openRealmOperations(configuration, database.target, logger);
    await operations.bootstrapAdminService(clientId, secret);
    logger.info(`Created temporary admin service account with client id ${clientId}`);
    return 0;
  },
};
