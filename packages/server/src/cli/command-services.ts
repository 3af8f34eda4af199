import type { InspectedCluster } from '@keygrid/grid';
import type { Configuration } from '../config/configuration.ts';
import type { DatabaseTarget } from '../config/database-url.ts';
import type { Logger } from '../observability/logger.ts';
import type { RealmOperations } from './realm-operations.ts';
import type { RunningServer, StartInput } from './running-server.ts';

/** A database that is there to be used, until it is disposed. */
export interface OpenDatabase extends AsyncDisposable {
  readonly target: DatabaseTarget;
}

/** What the commands do their work with. `--help` and a refused command line load none of it. */
export interface CommandServices {
  /** The database of the `db-*` options; starts the embedded one for db=dev-file. */
  openDatabase(configuration: Configuration, logger: Logger): Promise<OpenDatabase>;
  startServer(input: StartInput): Promise<RunningServer>;
  /** What the database says of a cluster; changes nothing. */
  inspectCluster(database: DatabaseTarget, name: string, watch: boolean): Promise<InspectedCluster>;
  openRealmOperations(configuration: Configuration, database: DatabaseTarget, logger: Logger): Promise<RealmOperations>;
}
