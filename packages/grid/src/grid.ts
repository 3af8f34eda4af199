import type { GridNode, GridOptions } from './api.ts';
import type { Authority } from './authority/authority.ts';
import { MemoryAuthority } from './authority/memory.ts';
import { PostgresAuthority } from './authority/postgres.ts';
import { loadCredentials } from './certificates/load-credentials.ts';
import { type ResolvedOptions, resolveOptions } from './facade/resolve-options.ts';
import { RunningGrid } from './facade/running-grid.ts';
import { systemTime, type Time } from './facade/time.ts';
import { describeProcess, isProcessGone } from './membership/process-proof.ts';
import type { Timing } from './membership/timing.ts';
import { NoTransport } from './transport/no-transport.ts';
import { PlainChannel, TlsChannel } from './transport/secure-channel.ts';
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

async function transportOf(options: GridOptions, resolved: ResolvedOptions, time: Time): Promise<Transport> {
  if (options.authority?.kind !== 'postgres') return new NoTransport();
  const { tls } = options;
  return new SocketTransport({
    cluster: resolved.clusterName,
    bind: { host: resolved.bindAddress, port: resolved.bindPort },
    externalAddress: resolved.externalAddress,
    externalPort: resolved.externalPort,
    channel: tls === undefined || tls === 'off' ? new PlainChannel() : new TlsChannel(await loadCredentials(tls.store, time.wallMs())),
    time,
    log: resolved.log,
  });
}

/** As `Grid.start`, with parts of the world replaced. */
export async function startGrid(options: GridOptions, parts: GridParts = {}): Promise<GridNode> {
  const resolved = resolveOptions(options);
  const time = parts.time ?? systemTime;
  const clustered = options.authority?.kind === 'postgres';
  const fastDeath = clustered && resolved.fastDeath;
  const grid = new RunningGrid(resolved, {
    authority: parts.authority ?? (await authorityOf(options, resolved)),
    transport: parts.transport ?? (await transportOf(options, resolved, time)),
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
