import { type RemoteCaches, remoteAuthorities } from '../../config/remote-caches.ts';
import type { StateBackend } from '../backend.ts';
import { infinispanEngine } from './hotrod/infinispan-engine.ts';
import { redisEngine } from './redis/redis-engine.ts';
import { type RemoteBackendOptions, remoteBackend } from './remote-backend.ts';
import type { RemoteEngine } from './remote-connection.ts';

/** For a connection with all that belongs to it. */
const openTimeoutMs = 5_000;
/** As Keycloak's caches have it: a request has room for several tries. */
const requestTimeoutMs = 3_000;
/** How long a write waits for the replicas of Redis. */
const replicaTimeoutMs = 1_000;
/** One copy beside the first; more where the option of the cache asks for it. */
const fewestOwners = 2;

/** State on the external caches that the options name. @throws ServerError KG_REMOTE_CACHE, ConfigurationError */
export async function openRemoteBackend<Argument>(
  options: Omit<RemoteBackendOptions<Argument>, 'engine' | 'addresses'>,
  remote: RemoteCaches,
): Promise<StateBackend> {
  const engine = await engineOf(options, remote);
  return remoteBackend({ ...options, engine, addresses: remote.addresses, hasOtherSites: remote.backupSites.length > 0 });
}

async function engineOf<Argument>(
  { settings, logger }: Pick<RemoteBackendOptions<Argument>, 'settings' | 'logger'>,
  remote: RemoteCaches,
): Promise<RemoteEngine> {
  const tls = remote.tls === undefined ? undefined : { servername: remote.tls.servername, ca: await remoteAuthorities(remote) };
  const common = {
    tls,
    credentials: remote.credentials,
    openTimeoutMs,
    requestTimeoutMs,
    logger: logger.of('org.keycloak.connections.infinispan'),
  };
  if (remote.type === 'redis')
    return redisEngine({ ...common, prefix: `keygrid:${settings.clusterName}:`, replicas: remote.replicas, replicaTimeoutMs });
  const names = [
    'work',
    'authenticationSessions',
    'actionTokens',
    'loginFailures',
    ...(settings.persistentUserSessions ? [] : ['sessions', 'clientSessions']),
  ];
  const definition = (name: string) => ({
    owners: Math.max(fewestOwners, remote.owners[name] ?? fewestOwners),
    backupSites: remote.backupSites,
  });
  return infinispanEngine({
    ...common,
    mechanism: remote.saslMechanism,
    realm: remote.realm,
    workCache: 'work',
    caches: Object.fromEntries(names.map((name) => [name, definition(name)])),
  });
}
