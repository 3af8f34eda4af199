import { readFileSync } from 'node:fs';
import type { GridNode } from '@keygrid/grid';
import type { FeatureInfo, ServerFacts } from '../admin/server-facts.ts';
import { clusteredCacheNames } from '../cache/cache-names.ts';
import { usesRemoteCaches } from '../config/cluster-mode.ts';
import type { Configuration } from '../config/configuration.ts';
import { features } from '../config/features.ts';
import { sweepIntervalMs } from '../session/sweeper.ts';
import type { Membership } from '../state/membership.ts';

/** Features of which this server has at least the part that their name promises; the console hides the rest. */
const IMPLEMENTED: ReadonlySet<string> = new Set([
  'account',
  'account-api',
  'admin',
  'admin-api',
  'authorization',
  'clusterless',
  'device-flow',
  'dpop',
  'hostname',
  'login',
  'multi-site',
  'par',
  'persistent-user-sessions',
  'recovery-codes',
  'stateless',
  'user-event-metrics',
]);

/** Version of the product. */
export const version = (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version;

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
export function serverFacts(configuration: Configuration, grid: GridNode, membership: Membership, startedAtMs: number): ServerFacts {
  const list = featureList(configuration);
  return {
    version,
    startedAtMs,
    features: () => list,
    sessionInfo: {
      useCaches: !configuration.featureEnabled('stateless') && !usesRemoteCaches(configuration),
      expirationPeriodSeconds: sweepIntervalMs / 1_000,
      persistRevokedTokens: configuration.get('spi-single-use-object--infinispan--persist-revoked-tokens') ?? true,
    },
    clusterInfo: () => ({
      product: 'Keygrid',
      version,
      ...(usesRemoteCaches(configuration)
        ? { connectionCount: membership.ready ? 1 : 0, caches: {} }
        : { clusterSize: membership.size, caches: healthOfCaches(grid) }),
    }),
  };
}

function healthOfCaches(grid: GridNode): Readonly<Record<string, string>> {
  return Object.fromEntries([...clusteredCacheNames, 'work'].toSorted().map((name) => [name, grid.health(name)]));
}
