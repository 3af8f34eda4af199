/** A logger category that operators raise or silence with `log-level` or `log-level-<category>`. */
export interface LogCategory {
  readonly name: string;
  readonly meaning: string;
}

/** Categories with Keycloak's names; a level set for a prefix of a name (`org.keycloak.connections`) holds for all below it. */
export const logCategories = {
  cluster: { name: 'org.infinispan.CLUSTER', meaning: 'Views, membership, fencing.' },
  lifecycle: { name: 'org.infinispan.LIFECYCLE', meaning: 'Rebalances.' },
  transport: { name: 'org.jgroups', meaning: 'Connections between nodes.' },
  state: { name: 'org.keycloak.connections.infinispan', meaning: 'Caches, and what was changed or ignored of their options.' },
  connectionProvider: {
    name: 'org.keycloak.connections.infinispan.DefaultInfinispanConnectionProviderFactory',
    meaning: 'Node, site and cluster name; at debug the applied configuration of all caches.',
  },
  cacheConfigurator: {
    name: 'org.keycloak.spi.infinispan.impl.embedded.CacheConfigurator',
    meaning: 'At debug the steps of the configuration of the caches.',
  },
  transportConfigurator: {
    name: 'org.keycloak.spi.infinispan.impl.embedded.JGroupsConfigurator',
    meaning: 'Discovery and encryption of the transport.',
  },
  invalidation: { name: 'org.keycloak.cluster.infinispan', meaning: 'Invalidations between nodes.' },
  events: { name: 'org.keycloak.events', meaning: 'User and admin events: failures at warn, the others at debug.' },
  services: { name: 'org.keycloak.services', meaning: 'Requests that failed inside, imports, the first administrator.' },
  database: { name: 'org.keycloak.database', meaning: 'The embedded database.' },
  slowStatements: { name: 'org.hibernate.SQL_SLOW', meaning: 'Statements above `db-log-slow-queries-threshold`.' },
  start: { name: 'io.quarkus', meaning: 'Start and stop.' },
} as const satisfies Readonly<Record<string, LogCategory>>;

/** Log ids of the server itself -> when they are written. */
export const serverLogCodes = {
  'KC-SERVICES0030': 'A realm file was imported at the start.',
  'KC-SERVICES0050': 'The master realm was made: the database was empty.',
  'KC-SERVICES0077': 'The first administrator was made (`bootstrap-admin-*`).',
  'KC-SERVICES0078': 'The first administrative service account was made (`bootstrap-admin-client-*`).',
} as const;
