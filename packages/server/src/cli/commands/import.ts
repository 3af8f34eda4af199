import { families } from '../../config/options/index.ts';
import type { Command } from '../command.ts';
import { transferPlace } from './transfer-place.ts';

export const importCommand: Command = {
  name: 'import',
  summary: 'Imports realms from a file or a directory.',
  mode: 'nonserver',
  families: [families.import, families.database, families.features, families.logging, families.spi, families.withoutEffect],
  arguments: [],
  takesPositionals: false,
  demands: true,
  async run({ configuration, logger, services }) {
    const place = transferPlace(configuration);
    await using database = await services.openDatabase(configuration, logger);
    await using operations = await services.openRealmOperations(configuration, database.target, logger);
    const realms = await operations.importRealms(place, configuration.get('override'));
    for (const { realm, outcome } of realms) {
      logger.info(outcome === 'skipped' ? `Realm '${realm}' already exists. Import skipped` : `Realm '${realm}' ${outcome}`);
    }
    return 0;
  },
};
