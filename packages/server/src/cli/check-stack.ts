import { resolveBindAddress } from '../assembly/bind-address.ts';
import { configuredCacheFile } from '../config/cache-file/configured-cache-file.ts';
import { systemSurroundings } from '../config/cache-file/system-surroundings.ts';
import { formsCluster } from '../config/cluster-mode.ts';
import type { Configuration } from '../config/configuration.ts';
import { ConfigurationError } from '../config/configuration-error.ts';
import { configuredStack } from '../config/stack/configured-stack.ts';
import { readStores } from '../config/stack/key-stores.ts';
import { stateSettings } from '../session/state-settings.ts';
import { StartError } from './start-error.ts';

/**
 * The cache configuration file, the stack with its properties, and the stores, before anything is opened with them. As in Keycloak these fail the start (exit 1),
 * not the validation.
 */
export async function checkStack(
  configuration: Configuration,
  environment: Readonly<Record<string, string | undefined>>,
  nowMs: number,
): Promise<void> {
  const surroundings = systemSurroundings(environment);
  try {
    const file = configuredCacheFile(configuration, surroundings);
    if (formsCluster(configuration)) {
      const { tls, transport, addressFamilies } = configuredStack(configuration, surroundings, file);
      await resolveBindAddress(transport.bindAddress, addressFamilies);
      if (tls.kind === 'stores') await readStores(tls, nowMs);
    }
    if (file.caches.size > 0) stateSettings(configuration, environment, file);
  } catch (error) {
    throw error instanceof ConfigurationError ? new StartError([error.message, ...error.hints].join('\n'), { cause: error }) : error;
  }
}
