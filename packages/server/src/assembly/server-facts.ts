import { readFileSync } from 'node:fs';
import type { GridNode } from '@keygrid/grid';
import type { FeatureInfo, ServerFacts } from '../admin/server-facts.ts';
import { clusteredCacheNames } from '../cache/cache-names.ts';
import type { Configuration } from '../config/configuration.ts';
import { features } from '../config/features.ts';

/** Features of which this server has at least the part that their name promises; the console hides the rest. */
const IMPLEMENTED: ReadonlySet<string> = new Set(['admin-api', 'hostname', 'login', 'persistent-user-sessions', 'user-event-metrics']);

const version = (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version;

/** `persistent-user-sessions` -> `PERSISTENT_USER_SESSIONS`. */
function consoleName(name: string): string {
  return name.toUpperCase().replaceAll('-', '_');
}

function featureList(configuration: Configuration): FeatureInfo[] {
  return Object.entries(features).map(([name, feature]) => ({
    name: consoleName(name),
    label: name,
    type: feature.standard ? 'DEFAULT' : feature.preview === true ? 'PREVIEW_DISABLED_BY_DEFAULT' : 'DISABLED_BY_DEFAULT',
    enabled: IMPLEMENTED.has(name) && configuration.featureEnabled(name),
  }));
}

/** What `serverinfo` tells; cluster size and health are asked anew for each answer. */
export function serverFacts(configuration: Configuration, grid: GridNode, startedAtMs: number): ServerFacts {
  const list = featureList(configuration);
  return {
    version,
    startedAtMs,
    features: () => list,
    clusterInfo: () => ({
      product: 'Keygrid',
      version,
      clusterSize: grid.view.members.length,
      caches: Object.fromEntries([...clusteredCacheNames, 'work'].toSorted().map((name) => [name, grid.health(name)])),
    }),
  };
}
