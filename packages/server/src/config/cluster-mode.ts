import type { Configuration } from './configuration.ts';

type Features = Pick<Configuration, 'featureEnabled'>;

/** Whether the state lies on external caches (features `multi-site`, `clusterless`). */
export function usesRemoteCaches(configuration: Features): boolean {
  return configuration.featureEnabled('multi-site') || configuration.featureEnabled('clusterless');
}

/** Whether there may be other nodes, however they share their state. */
export function sharesState(configuration: Configuration): boolean {
  return configuration.get('cache') === 'ispn' || configuration.featureEnabled('stateless') || usesRemoteCaches(configuration);
}

/** Whether nodes speak to each other: not a single one, and not those whose state lies in the database or on external caches. */
export function formsCluster(configuration: Configuration): boolean {
  return configuration.get('cache') === 'ispn' && !configuration.featureEnabled('stateless') && !usesRemoteCaches(configuration);
}
