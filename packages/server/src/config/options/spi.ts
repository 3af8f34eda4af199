import { boolean, choice, duration, file, int, list, string } from '../kinds.ts';
import { defineOptions } from '../option.ts';

/** From the strongest to the weakest. */
export const saslMechanismNames = [
  'SCRAM-SHA-512',
  'SCRAM-SHA-384',
  'SCRAM-SHA-256',
  'SCRAM-SHA-1',
  'DIGEST-SHA-512',
  'DIGEST-SHA-384',
  'DIGEST-SHA-256',
  'DIGEST-SHA',
  'DIGEST-MD5',
] as const;

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
  'spi-login-protocol--openid-connect--allow-client-initiated-account-linking': {
    kind: boolean(),
    default: 'false',
    advanced: true,
    help: 'Lets applications link accounts by /broker/ALIAS/link, for those that know no kc_action=idp_link. They can force a link on their users.',
  },
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
  'spi-cache-remote--default--trust-store-file': {
    kind: file(),
    defaultText: 'the authorities of the runtime',
    advanced: true,
    help: 'Certificates or authorities that the external caches are trusted by, instead of those of the runtime: PEM, PKCS12 or JKS.',
  },
  'spi-cache-remote--default--trust-store-password': {
    kind: string('password'),
    secret: true,
    advanced: true,
    help: 'Password of that trust store, where it has one.',
  },
  'spi-cache-remote--default--tls-sni-hostname': {
    kind: string('hostname'),
    defaultText: 'the host that is connected to',
    advanced: true,
    help: 'Name that the certificate of the external caches must carry.',
  },
  'spi-cache-remote--default--sasl-mechanism': {
    kind: choice('mechanism', saslMechanismNames),
    defaultText: 'the strongest that the server offers',
    advanced: true,
    help: 'How this server authenticates at the external Infinispan.',
  },
  'spi-cache-remote--default--auth-realm': {
    kind: string('realm'),
    default: 'default',
    advanced: true,
    help: 'Security realm of the external Infinispan, for the mechanisms that have one.',
  },
  'spi-cache-remote--redis--replicas': {
    kind: int('replicas', { min: 0, max: 10 }),
    default: '0',
    advanced: true,
    help: 'Replicas of the external Redis that must have a write before it is answered; 0 answers when the master has it, and a fail-over may lose it.',
  },
  'spi-cache-remote--default--client-intelligence': {
    kind: string('intelligence'),
    advanced: true,
    inert: 'a node has one connection, to one server at a time',
    help: 'What the client of the external Infinispan knows of its cluster.',
  },
  'spi-cache-remote--default--connection-pool-max-active': {
    kind: int('connections'),
    advanced: true,
    inert: 'a node has one connection, which many requests share',
    help: 'Connections of a node to one server of the external Infinispan.',
  },
  'spi-cache-remote--default--connection-pool-exhausted-action': {
    kind: string('action'),
    advanced: true,
    inert: 'a node has one connection, which many requests share',
    help: 'What happens when all connections are in use.',
  },
  'spi-cache-remote--default--properties-file': {
    kind: file(),
    advanced: true,
    inert: 'the client is configured by the options of this server alone',
    help: 'Properties of the Hot Rod client.',
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
  'spi-user-sessions--infinispan--offline-session-cache-entry-lifespan-override': {
    kind: int('seconds'),
    default: '-1',
    advanced: true,
    help: 'Longest time that an offline user session stays in memory before it is read anew; -1: as long as every other.',
  },
  'spi-user-sessions--infinispan--offline-client-session-cache-entry-lifespan-override': {
    kind: int('seconds'),
    default: '-1',
    advanced: true,
    help: 'Longest time that an offline client session stays in memory before it is read anew; -1: as long as every other.',
  },
  'spi-public-key-storage--infinispan--min-time-between-requests': {
    kind: int('seconds', { min: 0 }),
    default: '10',
    advanced: true,
    help: 'The keys of a client or an issuer are asked for again no sooner, whatever key is wanted.',
  },
  'spi-public-key-storage--infinispan--max-cache-time': {
    kind: int('seconds', { min: 1 }),
    default: '86400',
    advanced: true,
    help: 'The keys of a client or an issuer are asked for again after as long; those that are known count on where it does not answer.',
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
  'spi-theme--folder--dir': {
    kind: file('dir'),
    defaultText: 'themes/ beside conf/',
    advanced: true,
    help: 'Folder of own themes: <name>/login and <name>/email, each with theme.properties.',
  },
  'spi-theme--default': {
    kind: string('name'),
    advanced: true,
    help: 'Theme of realms that choose none.',
  },
  'spi-theme--static-max-age': {
    kind: int('seconds'),
    default: '31536000',
    advanced: true,
    inert: 'the address of a static file changes with its content, so that it is good for ever',
    help: 'How long browsers keep the static files of themes.',
  },
  'spi-theme--cache-themes': {
    kind: boolean(),
    default: 'true',
    advanced: true,
    inert: 'themes are read at the start; a change needs a restart',
    help: 'Keeps themes in memory.',
  },
  'spi-theme--cache-templates': {
    kind: boolean(),
    default: 'true',
    advanced: true,
    inert: 'templates are read at the start; a change needs a restart',
    help: 'Keeps the templates of themes in memory.',
  },
  'spi-credential--keycloak-password--validations-counter-tags': {
    kind: list('tags', ['realm', 'algorithm', 'hashing_strength', 'outcome']),
    default: 'realm,algorithm,hashing_strength,outcome',
    advanced: true,
    inert: 'the counter has all of its labels',
    help: 'Labels of keycloak_credentials_password_hashing_validations_total.',
  },
});
