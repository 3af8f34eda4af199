import { benchRealm } from '../../bench/servers/server.ts';
import type { SetUp } from './check.ts';
import type { ClusterPlan } from './cluster.ts';

/** Categories whose debug lines show the applied configuration. */
const DEBUG = '--log-level=info,org.keycloak.connections.infinispan:debug,org.keycloak.spi.infinispan.impl.embedded:debug';

/** Failures count, and are let be for long enough that no check meets a lock of another. */
const realms = [
  {
    ...benchRealm('table', 16),
    bruteForceProtected: true,
    failureFactor: 5,
    quickLoginCheckMilliSeconds: 0,
    rememberMe: true,
    revokeRefreshToken: false,
  },
];

/** Owners and bounds as an XML file sets them; the form of the guide. */
const cacheConfig = `<?xml version="1.0" encoding="UTF-8"?>
<infinispan xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
            xsi:schemaLocation="urn:infinispan:config:16.0 https://www.infinispan.org/schemas/infinispan-config-16.0.xsd"
            xmlns="urn:infinispan:config:16.0">
  <cache-container name="keycloak">
    <transport lock-timeout="60000" site="site-x" rack="rack-x" machine="machine-x"/>
    <distributed-cache name="authenticationSessions" owners="3">
      <expiration lifespan="-1"/>
    </distributed-cache>
    <distributed-cache name="extra" owners="2"/>
  </cache-container>
</infinispan>
`;

export const setUps: Readonly<Record<SetUp, ClusterPlan>> = {
  'three nodes': {
    nodes: 3,
    realms,
    arguments: (index) => [
      DEBUG,
      `--spi-cache-embedded--default--site-name=site-${index % 2}`,
      `--spi-cache-embedded--default--rack-name=rack-${index}`,
      `--spi-cache-embedded--default--machine-name=machine-${index}`,
      '--spi-cache-embedded--default--login-failures-owners=1',
      '--cache-metrics-histograms-enabled=true',
    ],
  },
  'one local node': {
    nodes: 1,
    realms,
    arguments: () => [
      DEBUG,
      '--cache=local',
      '--cache-embedded-users-max-count=77',
      '--cache-embedded-sessions-max-count=55',
      '--spi-sticky-session-encoder--infinispan--should-attach-route=false',
    ],
  },
  'two nodes by file': { nodes: 2, realms, arguments: () => [DEBUG], cacheConfig },
};
