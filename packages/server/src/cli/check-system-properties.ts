import type { Configuration } from '../config/configuration.ts';
import { refusedSystemProperties } from '../config/system-properties.ts';
import { StartError } from './start-error.ts';

/** System properties of older days that name the node or its site stop a start, as in Keycloak. */
export function checkSystemProperties(configuration: Configuration): void {
  for (const [property, instead] of Object.entries(refusedSystemProperties)) {
    if (configuration.systemProperty(property) !== undefined) {
      throw new StartError(`System property ${property} is in use. Use ${instead} config option instead`);
    }
  }
}
