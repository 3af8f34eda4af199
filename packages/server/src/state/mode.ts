import type { StateSettings } from '../session/state-settings.ts';

/** How a node keeps state; nodes that keep it differently must not run on one database at the same time. */
export type StateMode =
  | 'persistent'
  | 'volatile'
  | 'stateless'
  | 'local'
  | 'infinispan'
  | 'infinispan-volatile'
  | 'redis'
  | 'redis-volatile';

export function stateMode(settings: Pick<StateSettings, 'stateless' | 'persistentUserSessions' | 'local' | 'remote'>): StateMode {
  const { remote } = settings;
  if (remote !== undefined) return settings.persistentUserSessions ? remote.type : `${remote.type}-volatile`;
  if (settings.stateless) return 'stateless';
  if (settings.local) return 'local';
  return settings.persistentUserSessions ? 'persistent' : 'volatile';
}

/** What a mode means, for the message that refuses a mixture. */
export const meaningOfMode: Readonly<Record<string, string>> = {
  persistent: 'the cluster and sessions in the database',
  volatile: "the cluster with sessions in memory alone (feature 'persistent-user-sessions' disabled)",
  stateless: "everything in the database (feature 'stateless')",
  infinispan: 'state on an external Infinispan and sessions in the database',
  'infinispan-volatile': "state and sessions on an external Infinispan (feature 'persistent-user-sessions' disabled)",
  redis: 'state on an external Redis and sessions in the database',
  'redis-volatile': "state and sessions on an external Redis (feature 'persistent-user-sessions' disabled)",
  local: "everything on one node ('cache=local')",
};
