import { PROTOCOL_VERSION } from '@keygrid/grid';
import { cacheFilePath, configuredCacheFile } from '../../config/cache-file/configured-cache-file.ts';
import { systemSurroundings } from '../../config/cache-file/system-surroundings.ts';
import type { Configuration } from '../../config/configuration.ts';
import { stateSettings } from '../../session/state-settings.ts';
import { version } from '../version.ts';
import { collectMetadata, type Metadata } from './metadata.ts';

/** The metadata of this configuration on this machine. */
export function currentMetadata(configuration: Configuration, environment: Readonly<Record<string, string | undefined>>): Metadata {
  const surroundings = systemSurroundings(environment);
  const file = configuredCacheFile(configuration, surroundings);
  const path = cacheFilePath(configuration);
  return collectMetadata({
    configuration,
    version,
    protocolVersion: PROTOCOL_VERSION,
    file,
    fileText: path === undefined ? undefined : surroundings.readFile(path),
    caches: stateSettings(configuration, environment, file).caches.caches,
  });
}
