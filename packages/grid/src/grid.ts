import type { GridNode, GridOptions } from './api.ts';
import type { Authority } from './authority/authority.ts';
import { MajorityAuthority } from './authority/majority/majority.ts';
import { MemoryAuthority } from './authority/memory.ts';
import { PostgresAuthority } from './authority/postgres.ts';
import { loadCredentials } from './certificates/load-credentials.ts';
import { openDiscovery } from './discovery/open-discovery.ts';
import type { CertificateKeeper } from './facade/certificate-keeper.ts';
import { CertificateRotation } from './facade/certificate-rotation.ts';
import { OwnCertificateWatch } from './facade/own-certificate-watch.ts';
import { type ResolvedOptions, resolveOptions } from './facade/resolve-options.ts';
import { RunningGrid } from './facade/running-grid.ts';
import { systemTime, type Time } from './facade/time.ts';
import { describeProcess, isProcessGone } from './membership/process-proof.ts';
import { aloneTiming, majorityTiming, type Timing } from './membership/timing.ts';
import type { Address } from './protocol/types.ts';
import { type Carrier, TcpCarrier } from './transport/carrier.ts';
import { NoTransport } from './transport/no-transport.ts';
import { openUdxCarrier } from './transport/open-udx-carrier.ts';
import { type Channel, type Credentials, PlainChannel, TlsChannel } from './transport/secure-channel.ts';
import { SocketTransport } from './transport/socket-transport.ts';
import type { Transport } from './transport/transport.ts';
import { WatchedTransport } from './transport/watched-transport.ts';

/** What tests put in place of the real world. */
export interface GridParts {
  readonly authority?: Authority | undefined;
  readonly transport?: Transport | undefined;
  readonly time?: Time | undefined;
  readonly timing?: Timing | undefined;
  /** Where an address that is dialled really leads: tests put proxies between members. */
  readonly route?: ((address: Address) => Address) | undefined;
  /** Stands in for a member of another version. */
  readonly protocolVersion?: number | undefined;
}

const isClustered = ({ authority }: GridOptions): boolean => authority?.kind === 'postgres' || authority?.kind === 'majority';

async function authorityOf(options: GridOptions, resolved: ResolvedOptions): Promise<Authority> {
  if (options.authority?.kind !== 'postgres') return new MemoryAuthority();
  const authority = new PostgresAuthority({ connection: options.authority.connection, cluster: resolved.clusterName });
  await authority.ensureSchema();
  return authority;
}

interface Connections {
  readonly transport: Transport;
  /** Where it stands on the same connections. */
  readonly authority?: Authority | undefined;
  readonly certificates?: CertificateKeeper | undefined;
}

function carrierOf({ transport, stackName }: ResolvedOptions, time: Time): Promise<Carrier> {
  return transport === 'udp' ? openUdxCarrier(`the stack ${stackName} (UDP)`, time) : Promise.resolve(new TcpCarrier());
}

function routed(carrier: Carrier, route: GridParts['route']): Carrier {
  if (route === undefined) return carrier;
  return {
    listen: (bind, maxStreams, events) => carrier.listen(bind, maxStreams, events),
    dial: (address) => carrier.dial(route(address)),
    close: () => carrier.close(),
  };
}

async function connectionsOf(options: GridOptions, resolved: ResolvedOptions, time: Time, parts: GridParts): Promise<Connections> {
  const { route, protocolVersion } = parts;
  if (!isClustered(options)) return { transport: new NoTransport() };
  const { tls } = options;
  const carrier = routed(await carrierOf(resolved, time), route);
  const { log, rotationIntervalMs: intervalMs } = resolved;
  const connect = (channel: Channel): Connections => {
    const { voters: addresses, clusterName } = resolved;
    const authority = addresses && new MajorityAuthority({ addresses, cluster: clusterName, channel, time });
    const transport = new SocketTransport({
      cluster: resolved.clusterName,
      bind: { host: resolved.bindAddress, port: resolved.bindPort },
      portRange: resolved.bindPortRange,
      externalAddress: resolved.externalAddress,
      externalPort: resolved.externalPort,
      protocolVersion,
      channel,
      voter: authority,
      time,
      log,
    });
    const { failureDetection, bindAddress: host, clusterName: cluster } = resolved;
    if (failureDetection === undefined) return { transport, authority };
    const boundPort = resolved.externalPort === undefined ? undefined : resolved.bindPort;
    return { transport: new WatchedTransport(transport, { ...failureDetection, cluster, host, time, log }, boundPort), authority };
  };
  if (tls === undefined || tls === 'off') return connect(new PlainChannel(carrier));
  if (!('store' in tls)) {
    const watch = new OwnCertificateWatch(tls, time, log);
    return { ...connect(new TlsChannel({ ...tls, byAuthority: true }, () => {}, carrier)), certificates: watch };
  }
  const credentials = await loadCredentials(tls.store, time.wallMs(), intervalMs);
  const channel = new TlsChannel(credentials, () => certificates.rejected(), carrier);
  const replace = (fresh: Credentials) => channel.replaceCredentials(fresh);
  const certificates = new CertificateRotation({ store: tls.store, intervalMs, credentials, time, log, replace });
  return { ...connect(channel), certificates };
}

/** As `Grid.start`, with parts of the world replaced. */
export async function startGrid(options: GridOptions, parts: GridParts = {}): Promise<GridNode> {
  const resolved = resolveOptions(options);
  const time = parts.time ?? systemTime;
  const clustered = isClustered(options);
  const fastDeath = clustered && resolved.fastDeath;
  const connections: Connections =
    parts.transport === undefined ? await connectionsOf(options, resolved, time, parts) : { transport: parts.transport };
  const grid = new RunningGrid(resolved, {
    ...connections,
    authority: parts.authority ?? connections.authority ?? (await authorityOf(options, resolved)),
    time,
    timing: parts.timing ?? (resolved.voters && majorityTiming) ?? (clustered || parts.transport !== undefined ? undefined : aloneTiming()),
    process: fastDeath ? describeProcess() : '',
    isProcessGone: fastDeath ? isProcessGone : undefined,
    discovery: clustered ? await openDiscovery(resolved.discovery, resolved.bindAddress, time) : undefined,
  });
  await grid.start();
  return grid;
}

/** The entry: one member of a cluster in this process. */
export const Grid = {
  /**
   * Joins (or founds) the cluster and resolves once this member may serve; without options it is a working single node.
   * @throws GridError GRID_BAD_CONFIGURATION, GRID_PACKAGE_MISSING, GRID_JOIN_REFUSED, GRID_ABORTED or GRID_TIMEOUT.
   */
  start(options: GridOptions = {}): Promise<GridNode> {
    return startGrid(options);
  },
} as const;
