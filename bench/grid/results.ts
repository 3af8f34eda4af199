import type { ColdStartResults } from './cold-starts.ts';
import type { LossRow } from './losses.ts';
import type { GridBenchRow, NodeCountRow } from './measure.ts';
import type { RivalResults } from './rivals/measure.ts';
import type { TableRow } from './tables.ts';
import type { TransferResults } from './transfer.ts';

/** What one run measured; parts that were not wanted are empty or absent. */
export interface GridResults {
  readonly rows: readonly GridBenchRow[];
  readonly rivals?: RivalResults | undefined;
  readonly losses: readonly LossRow[];
  readonly transfer?: TransferResults | undefined;
  readonly coldStarts?: ColdStartResults | undefined;
  readonly nodeCounts: readonly NodeCountRow[];
  readonly tables?: readonly TableRow[] | undefined;
}
