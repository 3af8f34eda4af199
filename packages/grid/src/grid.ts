import type { GridNode, GridOptions } from './api.ts';
import type { Authority } from './authority/authority.ts';
import { MemoryAuthority } from './authority/memory.ts';
import { resolveOptions } from './facade/resolve-options.ts';
import { RunningGrid } from './facade/running-grid.ts';
import { systemTime, type Time } from './facade/time.ts';
import type { Timing } from './membership/timing.ts';
import { NoTransport } from './transport/no-transport.ts';
import type { Transport } from './transport/transport.ts';

/** What tests put in place of the real world. */
export interface GridParts {
  readonly authority?: Authority | undefined;
  readonly transport?: Transport | undefined;
  readonly time?: Time | undefined;
  readonly timing?: Timing | undefined;
}

/** As `Grid.start`, with parts of the world replaced. */
export async function startGrid(options: GridOptions, parts: GridParts = {}): Promise<GridNode> {
  const resolved = resolveOptions(options);
  const time = parts.time ?? systemTime;
  const grid = new RunningGrid(resolved, {
    authority: parts.authority ?? new MemoryAuthority(),
    transport: parts.transport ?? new NoTransport(),
    time,
    timing: parts.timing,
    process: '',
    stack: options.authority?.kind === 'postgres' ? 'jdbc-ping' : 'local',
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
