import type { GridNode, GridOptions } from './api.ts';
import type { Authority } from './authority/authority.ts';
import { MemoryAuthority } from './authority/memory.ts';
import { PostgresAuthority } from './authority/postgres.ts';
import { loadCredentials } from './certificates/load-credentials.ts';
import { CertificateRotation } from './facade/certificate-rotation.ts';
import { type ResolvedOptions, resolveOptions } from './facade/resolve-options.ts';
import { RunningGrid } from './facade/running-grid.ts';
import { systemTime, type Time } from './facade/time.ts';
import { describeProcess, isProcessGone } from './membership/process-proof.ts';
import type { Timing } from './membership/timing.ts';
import { NoTransport } from './transport/no-transport.ts';
import { type Channel, type Credentials, PlainChannel, TlsChannel } from './transport/secure-channel.ts';
import { SocketTransport } from './transport/socket-transport.ts';
import type { Transport } from './transport/transport.ts';

/** What tests put in place of the real world. */
export interface GridParts {
  readonly authority?: Authority | undefined;
  readonly transport?: Transport | undefined;
  readonly time?: Time | undefined;
  readonly timing?: Timing | undefined;
}

async function authorityOf(options: GridOptions, resolved: ResolvedOptions): Promise<Authority> {
  if (options.authority?.kind !== 'postgres') return new MemoryAuthority();
  const authority = new PostgresAuthority({ connection: options.authority.connection, cluster: resolved.clusterName });
  await authority.ensureSchema();
  return authority;
}

interface Connections {
  readonly transport: Transport;
  readonly certificates?: CertificateRotation | undefined;
}

async function connectionsOf(options: GridOptions, resolved: ResolvedOptions, time: Time): Promise<Connections> {
  if (options.authority?.kind !== 'postgres') return { transport: new NoTransport() };
  const { tls } = options;
  const { log, rotationIntervalMs: intervalMs } = resolved;
  const socketTransport = (channel: Channel): Transport =>
    new SocketTransport({
      cluster: resolved.clusterName,
      bind: { host: resolved.bindAddress, port: resolved.bindPort },
      externalAddress: resolved.externalAddress,
      externalPort: resolved.externalPort,
      channel,
      time,
      log,
    });
  if (tls === undefined || tls === 'off') return { transport: socketTransport(new PlainChannel()) };
  const credentials = await loadCredentials(tls.store, time.wallMs(), intervalMs);
  const channel = new TlsChannel(credentials, () => certificates.rejected());
  const replace = (fresh: Credentials) => channel.replaceCredentials(fresh);
  const certificates = new CertificateRotation({ store: tls.store, intervalMs, credentials, time, log, replace });
  return { transport: socketTransport(channel), certificates };
}

/** As `Grid.start`, with parts of the world replaced. */
export async function startGrid(options: GridOptions, parts: GridParts = {}): Promise<GridNode> {
  const resolved = resolveOptions(options);
  const time = parts.time ?? systemTime;
  const clustered = options.authority?.kind === 'postgres';
  const fastDeath = clustered && resolved.fastDeath;
  const connections = parts.transport === undefined ? await connectionsOf(options, resolved, time) : { transport: parts.transport };
  const grid = new RunningGrid(resolved, {
    authority: parts.authority ?? (await authorityOf(options, resolved)),
    ...connections,
    time,
    timing: parts.timing,
    process: fastDeath ? describeProcess() : '',
    isProcessGone: fastDeath ? isProcessGone : undefined,
    stack: clustered ? 'jdbc-ping' : 'local',
  });
  await grid.start();
  return grid;
}

/** The entry: one member of a cluster in this process. */
export const Grid = {
  /**
   * Joins (or founds) the cluster and resolves once this member may serve; without options it is a working single node.
   * @throws GridError GRID_BAD_CONFIGURATION, GRID_JOIN_REFUSED or GRID_TIMEOUT.
   */
  start(options: GridOptions = {}): Promise<GridNode> {
    return startGrid(options);
  },
} as const;
