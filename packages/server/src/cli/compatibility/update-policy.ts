/** How nodes with different states of a feature get along: always, not over a change of its version, or not at all. */
export type UpdatePolicy = 'ROLLING' | 'ROLLING_NO_UPGRADE' | 'SHUTDOWN';

const shutdown: ReadonlySet<string> = new Set(['clusterless', 'multi-site', 'persistent-user-sessions', 'stateless']);
const noUpgrade: ReadonlySet<string> = new Set(['login', 'passkeys-conditional-ui-authenticator']);

export function updatePolicy(feature: string): UpdatePolicy {
  if (shutdown.has(feature)) return 'SHUTDOWN';
  return noUpgrade.has(feature) ? 'ROLLING_NO_UPGRADE' : 'ROLLING';
}
