import { boolean, duration, int, list, string } from '../kinds.ts';
import { defineOptions } from '../option.ts';

const owners = (cache: string, text: string) =>
  ({ kind: int('owners', { min: 1 }), advanced: true, help: `Copies of each entry of ${cache}. ${text}` }) as const;
const floorOfTwo = 'Less than 2 is raised to 2.';
const persistentRule = 'Persistent sessions keep one copy; volatile ones at least two.';
const lifespan = (cache: string) =>
  ({
    kind: duration('lifespan'),
    advanced: true,
    help: `How long an entry of ${cache} is used at most; 0 or less, or unset, for ever.`,
  }) as const;

/** SPI options that the server reads. Any other `spi-<spi>--<provider>--<property>` is accepted and has no effect. */
export const spiOptions = defineOptions({
  'spi-cache-embedded--default--node-name': {
    kind: string('name'),
    defaultText: 'host name and a random number',
    advanced: true,
    help: 'Name of this node in the cluster, in log lines and metrics.',
  },
  'spi-cache-embedded--default--cluster-name': {
    kind: string('name'),
    default: 'ISPN',
    advanced: true,
    help: 'Name of the cluster; clusters that share a database need different ones.',
  },
  'spi-cache-embedded--default--site-name': {
    kind: string('name'),
    advanced: true,
    help: 'Site of this node; copies are placed on different sites first.',
  },
  'spi-cache-embedded--default--rack-name': {
    kind: string('name'),
    advanced: true,
    help: 'Rack of this node; copies are placed on different racks next.',
  },
  'spi-cache-embedded--default--machine-name': {
    kind: string('name'),
    advanced: true,
    help: 'Machine of this node; copies are placed on different machines next.',
  },
  'spi-cache-embedded--default--tracing-enabled': {
    kind: boolean(),
    default: 'false',
    advanced: true,
    inert: 'there are no traces',
    help: 'Traces of cache operations.',
  },
  'spi-cache-embedded--default--authentication-sessions-owners': owners('authenticationSessions', floorOfTwo),
  'spi-cache-embedded--default--action-tokens-owners': owners('actionTokens', floorOfTwo),
  'spi-cache-embedded--default--login-failures-owners': owners('loginFailures', floorOfTwo),
  'spi-cache-embedded--default--sessions-owners': owners('sessions', persistentRule),
  'spi-cache-embedded--default--client-sessions-owners': owners('clientSessions', persistentRule),
  'spi-cache-embedded--default--offline-sessions-owners': owners('offlineSessions', persistentRule),
  'spi-cache-embedded--default--offline-client-sessions-owners': owners('offlineClientSessions', persistentRule),
  'spi-cache-embedded--default--realms-lifespan': lifespan('realms'),
  'spi-cache-embedded--default--users-lifespan': lifespan('users'),
  'spi-cache-embedded--default--authorization-lifespan': lifespan('authorization'),
  'spi-connections-infinispan--quarkus--site-name': {
    kind: string('name'),
    advanced: true,
    help: 'Older spelling of spi-cache-embedded--default--site-name.',
  },
  'spi-sticky-session-encoder--infinispan--should-attach-route': {
    kind: boolean(),
    default: 'true',
    advanced: true,
    help: 'Adds the node to the AUTH_SESSION_ID cookie, for balancers that route by it.',
  },
  'spi-authentication-sessions--infinispan--auth-sessions-limit': {
    kind: int('tabs', { min: 1 }),
    default: '300',
    advanced: true,
    help: 'Most tabs of one browser that log in at the same time; the oldest gives way.',
  },
  'spi-user-sessions--infinispan--use-caches': {
    kind: boolean(),
    default: 'true',
    advanced: true,
    inert: 'sessions are always kept in memory besides the database',
    help: 'Keeps persistent user sessions in memory besides the database.',
  },
  'spi-single-use-object--infinispan--persist-revoked-tokens': {
    kind: boolean(),
    default: 'true',
    advanced: true,
    help: 'Writes revoked tokens to the database, so that they stay revoked after a restart of all nodes.',
  },
  'spi-connections-jpa--quarkus--async-commit': {
    kind: boolean(),
    default: 'false',
    advanced: true,
    inert: 'every answer waits for the database to flush',
    help: 'Lets session and event writes answer before PostgreSQL has flushed them to disk.',
  },
  'spi-credential--keycloak-password--validations-counter-tags': {
    kind: list('tags', ['realm', 'algorithm', 'hashing_strength', 'outcome']),
    default: 'realm,algorithm,hashing_strength,outcome',
    advanced: true,
    inert: 'the counter has all of its labels',
    help: 'Labels of keycloak_credentials_password_hashing_validations_total.',
  },
});
