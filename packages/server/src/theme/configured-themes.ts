import { join } from 'node:path';
import type { Configuration } from '../config/configuration.ts';
import type { Logger } from '../observability/logger.ts';
import { createThemes, type Themes } from './themes.ts';

/** The themes of the folder that the configuration names; what is wrong with one stands in the log with file and line. */
export function configuredThemes(configuration: Configuration, logger: Logger): Themes {
  return createThemes({
    directory: configuration.get('spi-theme--folder--dir') ?? join(configuration.homeDirectory, 'themes'),
    defaultName: configuration.get('spi-theme--default'),
    onFault: (message) => logger.of('org.keycloak.theme').error(message),
  });
}
