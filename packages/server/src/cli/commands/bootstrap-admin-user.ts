import { families } from '../../config/options/index.ts';
import type { Command } from '../command.ts';
import { nameOf, secretOf } from './ask-credential.ts';

export const bootstrapAdminUser: Command = {
  name: 'bootstrap-admin user',
  summary: 'Adds an administrator with a password.',
  mode: 'nonserver',
  families: [families.database, families.features, families.logging, families.spi, families.withoutEffect],
  arguments: [
    { name: 'username', label: 'username', help: 'Name of the administrator; temp-admin where nothing else is said.' },
    { name: 'username:env', label: 'USERNAME', help: 'Environment variable that holds the name.' },
    { name: 'password:env', label: 'PASSWORD', help: 'Environment variable that holds the password.' },
    { name: 'no-prompt', help: 'Asks nothing.' },
  ],
  takesPositionals: false,
  demands: true,
  async run(input) {
    const username = await nameOf(input, 'username', 'Enter username', 'temp-admin');
    const password = await secretOf(input, 'password', 'password');
    const { configuration, logger, services } = input;
    await using database = await services.openDatabase(configuration, logger);
    await using operations = await services.openRealmOperations(configuration, database.target, logger);
    await operations.bootstrapAdminUser(username, password);
    logger.info(`Created temporary admin user with username ${username}`);
    return 0;
  },
};
