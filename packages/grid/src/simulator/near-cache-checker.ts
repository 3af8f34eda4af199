import type { MemberId } from '../protocol/types.ts';
import type { Cluster } from './cluster.ts';
import type { Truth } from './truth.ts';

/** L1 for whoever was not in the view of the writer, and L4 where the writer died: a lease without a database ends within G, or the outbox is read
 * one poll and one timeout after the database is back; clocks run up to 4.5 % slow. */
const boundMs = 16_500;

interface Acknowledged {
  readonly version: number;
  readonly atMs: number;
  readonly audience: ReadonlySet<MemberId>;
}

/** What members may still show of rows that have changed in the database. */
export class NearCacheChecker {
  readonly #cluster: Cluster;
  readonly #truth: Truth;
  readonly #acknowledged = new Map<string, Acknowledged[]>();
  reads = 0;

  constructor(cluster: Cluster, truth: Truth) {
    this.#cluster = cluster;
    this.#truth = truth;
  }

  /** Every member of the writer's view has said that it dropped the row. */
  acknowledged(key: string, version: number, audience: readonly MemberId[]): void {
    const list = this.#acknowledged.get(key) ?? [];
    list.push({ version, atMs: this.#cluster.schedule.nowMs, audience: new Set(audience) });
    this.#acknowledged.set(key, list);
  }

  /** `kept`: from before the last lapse of the lease. */
  read(name: string, id: MemberId, key: string, version: number, kept: boolean): void {
    this.reads += 1;
    const { nowMs } = this.#cluster.schedule;
    const what = `${name} shows version ${version} of ${key}`;
    if (kept) this.#cluster.checkers.violate('L3', `${what} from before its lease lapsed`);
    if (version >= this.#truth.versionOf(key)) return;
    const newer = this.#acknowledged.get(key)?.find((each) => each.version > version);
    if (newer?.audience.has(id)) this.#cluster.checkers.violate('L1', `${what} after it acknowledged that ${newer.version} stands there`);
    // Where members decide by majority, no lease hangs on the database of the rows: who is cut off from it alone goes on, and no bound holds for
    // what a dead writer left in its outbox. Members of the writer's view are judged above all the same.
    if (this.#cluster.options.majority === true) return;
    if (newer !== undefined && nowMs - newer.atMs > boundMs)
      this.#cluster.checkers.violate('L1', `${what} ${(nowMs - newer.atMs).toFixed(0)} ms after version ${newer.version} was acknowledged`);
    const committed = this.#truth.outbox.find((change) => change.key === key && change.version > version);
    if (committed !== undefined && nowMs - committed.committedMs > boundMs)
      this.#cluster.checkers.violate(
        'L4',
        `${what} ${(nowMs - committed.committedMs).toFixed(0)} ms after version ${committed.version} was committed`,
      );
  }
}
