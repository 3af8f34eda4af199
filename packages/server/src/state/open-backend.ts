import type { GridNode } from '@keygrid/grid';
import type { StateBackend } from './backend.ts';
import { type DatabaseBackendOptions, openDatabaseBackend } from './database/database-backend.ts';
import { openEmbeddedBackend } from './embedded-backend.ts';
import { openRemoteBackend } from './remote/open-remote-backend.ts';

/** What a backend is opened with; `grid` is a member of the cluster, or this node alone where the cluster does not keep the state. */
export type OpenBackendOptions<Argument> = DatabaseBackendOptions<Argument> & { readonly grid: GridNode };

/** The one place that looks at the mode. */
export function openBackend<Argument>(options: OpenBackendOptions<Argument>): Promise<StateBackend> {
  if (options.settings.remote !== undefined) return openRemoteBackend(options, options.settings.remote);
  return options.settings.stateless ? openDatabaseBackend(options) : openEmbeddedBackend(options.grid, options);
}
