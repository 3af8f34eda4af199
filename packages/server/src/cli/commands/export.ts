import { families } from '../../config/options/index.ts';
import type { Command } from '../command.ts';
import { transferPlace } from './transfer-place.ts';

export const exportCommand: Command = {
  name: 'export',
  summary: 'Exports one realm or all of them to a file or a directory.',
  mode: 'nonserver',
  families: [families.export, families.database, families.features, families.logging, families.spi, families.withoutEffect],
  arguments: [],
  takesPositionals: false,
  demands: true,
  async run({ configuration, logger, services }) {
    const place = transferPlace(configuration);
    await using database = await services.openDatabase(configuration, logger);
    await using operations = await services.openRealmOperations(configuration, database.target, logger);
    // One file holds everything: users cannot go elsewhere.
    const users = 'file' in place && configuration.get('users') !== 'skip' ? 'realm_file' : configuration.get('users');
    const exported = await operations.exportRealms(place, {
      realm: configuration.get('realm'),
      users,
      usersPerFile: configuration.get('users-per-file'),
    });
    for (const { realm, files } of exported) logger.info(`Realm '${realm}' exported to ${files.join(', ')}`);
    return 0;
  },
};
