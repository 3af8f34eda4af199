import type { PartTypes } from '../../membership/parts.ts';
import type { Database } from '../database.ts';
import type { NearCache } from '../near-cache.ts';
import type { NodeData } from '../node-data.ts';

/** What a planted fault puts in place of the parts of every simulated process, or of the database. Production code knows nothing of it. */
export interface Plant {
  readonly data?: typeof NodeData;
  readonly membership?: Partial<PartTypes>;
  readonly database?: typeof Database;
  readonly near?: typeof NearCache;
  /** A change of the view whose answer got lost counts as refused. */
  readonly lostAnswerIsRefusal?: boolean;
  /** A first view of one member counts as committed without asking anybody. */
  readonly electsItself?: boolean;
}
