import * as conditions from '../conditions.ts';
import { boolean, choice, file, int, list, openChoice, port, string } from '../kinds.ts';
import { defineOptions } from '../option.ts';

const spi = (property: string): string => `spi-cache-embedded--default--${property}`;
const remoteSpi = (property: string): string => `spi-cache-remote--default--${property}`;
const stackHint = "Use 'jdbc-ping' instead by leaving it unset.";

/** Caches, the cluster's transport, and the external cache. */
export const cacheOptions = defineOptions({
  cache: {
    kind: choice('type', ['ispn', 'local']),
    default: 'ispn',
    developmentDefault: 'local',
    help: "How state is kept: 'ispn' forms a cluster with the other nodes, 'local' keeps everything on this node. The default is 'local' in development mode.",
  },
  'cache-stack': {
    kind: openChoice('stack', ['jdbc-ping', 'kubernetes', 'jdbc-ping-udp', 'tcp', 'udp', 'ec2', 'azure', 'google']),
    defaultText: 'jdbc-ping',
    help: 'How nodes discover and reach each other: a known stack, or the name of one from the cache configuration file. Nodes find each other through the database where it is left unset.',
    condition: conditions.cacheIsIspn,
    spi: spi('stack'),
    deprecatedValues: {
      azure: stackHint,
      ec2: stackHint,
      google: stackHint,
      'jdbc-ping-udp': stackHint,
      kubernetes: stackHint,
      tcp: stackHint,
      udp: stackHint,
    },
  },
  'cache-config-file': {
    kind: file(),
    defaultText: 'conf/cache-ispn.xml where it exists',
    help: 'File with the cache configuration, in the XML of Infinispan; a relative path starts in conf/.',
    spi: spi('config-file'),
  },
  'cache-config-mutate': {
    kind: boolean(),
    default: 'false',
    help: 'Allows the cache configuration file to change the known caches without a warning.',
    spi: spi('config-mutate'),
  },
  'cache-metrics-histograms-enabled': {
    kind: boolean(),
    default: 'false',
    help: 'Adds histogram buckets to the cache timers.',
    condition: conditions.metricsEnabled,
    spi: spi('metrics-histograms-enabled'),
  },
  'cache-embedded-authorization-max-count': {
    kind: int('max-count'),
    help: 'Most entries that this node keeps in the authorization cache.',
    spi: spi('authorization-max-count'),
  },
  'cache-embedded-crl-max-count': {
    kind: int('max-count'),
    help: 'Most certificate revocation lists that this node keeps.',
    spi: spi('crl-max-count'),
  },
  'cache-embedded-keys-max-count': {
    kind: int('max-count'),
    help: 'Most external public keys that this node keeps.',
    spi: spi('keys-max-count'),
  },
  'cache-embedded-realms-max-count': {
    kind: int('max-count'),
    help: 'Most entries (realms, clients, roles, groups, scopes) that this node keeps in the realms cache.',
    spi: spi('realms-max-count'),
  },
  'cache-embedded-users-max-count': {
    kind: int('max-count'),
    help: 'Most users that this node keeps in the users cache.',
    spi: spi('users-max-count'),
  },
  'cache-embedded-sessions-max-count': {
    kind: int('max-count'),
    help: 'Most user sessions that this node keeps in memory.',
    condition: conditions.embeddedClusters,
    spi: spi('sessions-max-count'),
  },
  'cache-embedded-client-sessions-max-count': {
    kind: int('max-count'),
    help: 'Most client sessions that this node keeps in memory.',
    condition: conditions.embeddedClusters,
    spi: spi('client-sessions-max-count'),
  },
  'cache-embedded-offline-sessions-max-count': {
    kind: int('max-count'),
    help: 'Most offline user sessions that this node keeps in memory.',
    condition: conditions.embeddedClusters,
    spi: spi('offline-sessions-max-count'),
  },
  'cache-embedded-offline-client-sessions-max-count': {
    kind: int('max-count'),
    help: 'Most offline client sessions that this node keeps in memory.',
    condition: conditions.embeddedClusters,
    spi: spi('offline-client-sessions-max-count'),
  },
  'cache-embedded-network-bind-address': {
    kind: string('address'),
    defaultText: 'SITE_LOCAL',
    help: 'Address for traffic between nodes: an IP address or host name, or GLOBAL, SITE_LOCAL, LINK_LOCAL, NON_LOOPBACK, LOOPBACK, match-interface:<regex>, match-address:<regex>, match-host:<regex>.',
    condition: conditions.clusteredEmbedded,
    spi: spi('network-bind-address'),
  },
  'cache-embedded-network-bind-port': {
    kind: port(),
    defaultText: '7800',
    help: 'Port for traffic between nodes.',
    condition: conditions.clusteredEmbedded,
    spi: spi('network-bind-port'),
  },
  'cache-embedded-network-external-address': {
    kind: string('address'),
    help: 'Address under which the other nodes reach this one, where it differs from the bind address.',
    condition: conditions.clusteredEmbedded,
    spi: spi('network-external-address'),
  },
  'cache-embedded-network-external-port': {
    kind: port(),
    help: 'Port under which the other nodes reach this one, where it differs from the bind port.',
    condition: conditions.clusteredEmbedded,
    spi: spi('network-external-port'),
  },
  'cache-embedded-mtls-enabled': {
    kind: boolean(),
    default: 'true',
    help: 'Encrypts the traffic between nodes, with certificates on both sides. Without key and trust store the nodes make and rotate their own.',
    condition: conditions.tcpBasedStack,
  },
  'cache-embedded-mtls-key-store-file': {
    kind: file(),
    defaultText: 'conf/cache-mtls-keystore.p12 where it exists',
    help: 'Key store with the certificate and private key of this node.',
    condition: conditions.clusterTls,
  },
  'cache-embedded-mtls-key-store-password': {
    kind: string('password'),
    secret: true,
    help: 'Password of the key store.',
    condition: conditions.clusterTls,
  },
  'cache-embedded-mtls-trust-store-file': {
    kind: file(),
    defaultText: 'conf/cache-mtls-truststore.p12 where it exists',
    help: 'Trust store with the certificates, or the authority, that other nodes are trusted by.',
    condition: conditions.clusterTls,
  },
  'cache-embedded-mtls-trust-store-password': {
    kind: string('password'),
    secret: true,
    help: 'Password of the trust store.',
    condition: conditions.clusterTls,
  },
  'cache-embedded-mtls-rotation-interval-days': {
    kind: int('days'),
    default: '30',
    help: 'After how many days the nodes replace the certificate that they made themselves.',
    condition: conditions.clusterTls,
  },
  'cache-remote-type': {
    kind: choice('type', ['infinispan', 'redis']),
    default: 'infinispan',
    help: "What the external caches are: 'infinispan' is spoken to by Hot Rod, 'redis' stands for Redis and Valkey.",
    condition: conditions.remoteHost,
  },
  'cache-remote-host': {
    kind: string('hostname'),
    help: 'Host of the external caches; required with these features. Several, each with its own port where it differs, are separated by commas and asked in turn.',
    condition: conditions.remoteFeature,
    alwaysListed: true,
    spi: remoteSpi('hostname'),
  },
  'cache-remote-port': {
    kind: port(),
    default: '11222',
    help: "Port of the external caches. With 'cache-remote-type=redis' it is 6379 where it is left unset.",
    condition: conditions.remoteHost,
    spi: remoteSpi('port'),
  },
  'cache-remote-tls-enabled': {
    kind: boolean(),
    default: 'true',
    help: 'Speaks TLS with the external caches. The authorities of the runtime are trusted, or those of a trust store of your own.',
    condition: conditions.remoteHost,
    spi: remoteSpi('tls-enabled'),
  },
  'cache-remote-username': {
    kind: string('username'),
    help: "User name for the external caches, where they ask for one. Goes with 'cache-remote-password'.",
    condition: conditions.remoteHost,
    spi: remoteSpi('username'),
  },
  'cache-remote-password': {
    kind: string('password'),
    secret: true,
    help: "Password for the external caches, where they ask for one. Goes with 'cache-remote-username'.",
    condition: conditions.remoteHost,
    spi: remoteSpi('password'),
  },
  'cache-remote-backup-sites': {
    kind: list('sites'),
    help: 'Names of the sites that the external Infinispan copies the data to; used when this server creates the caches there.',
    condition: conditions.remoteHost,
    spi: remoteSpi('backup-sites'),
  },
});
