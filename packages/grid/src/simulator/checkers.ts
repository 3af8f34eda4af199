import { primaryOf, writeOwners } from '../protocol/owners.ts';
import { SEGMENTS, type ViewBody } from '../protocol/types.ts';
import type { Cluster } from './cluster.ts';
import type { Committed } from './database.ts';
import type { SimulatedNode } from './node.ts';

export interface Violation {
  readonly invariant: string;
  readonly atMs: number;
  readonly detail: string;
}

const nameOf = (view: ViewBody): string => `${view.timeline}/${view.epoch}`;
/** Of one invariant in one run; more say nothing new. */
const maxViolations = 2;
const primaryCheckMs = 20;
/** A beat must be seen standing still for 4.4 s, on a clock that runs up to 4.5 % fast. */
const shortestObservationMs = 4_000;

/** The invariants of membership by their ids, looked at from outside with true time and knowledge of all nodes. */
export class Checkers {
  readonly violations: Violation[] = [];
  readonly #cluster: Cluster;
  /** Timeline and epoch -> body as the database committed it. */
  readonly #history = new Map<string, string>();
  readonly #lastInstalled = new Map<string, number>();
  /** Ids that were in a view of this timeline and are out of it. */
  #out = new Set<number>();
  #members: ReadonlySet<number> = new Set();
  #timeline = 0;
  #timelineSinceMs = Number.NEGATIVE_INFINITY;
  /** Views committed. */
  committedViews = 0;
  #nextPrimaryCheckMs = 0;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  violate(invariant: string, detail: string): void {
    if (this.violations.filter((each) => each.invariant === invariant).length < maxViolations)
      this.violations.push({ invariant, atMs: this.#cluster.schedule.nowMs, detail });
  }

  /** The database committed a view. */
  committed(request: Pick<Committed['request'], 'view' | 'gone' | 'expectedEpoch'>): void {
    const { view } = request;
    this.committedViews += 1;
    if (this.#history.has(nameOf(view))) this.violate('M2', `epoch ${view.epoch} was committed twice`);
    this.#history.set(nameOf(view), JSON.stringify(view));
    // Without a database a lineage ends with its last quorum; another one may begin when nobody serves in it any more.
    const served = this.#cluster.options.majority !== true || this.#cluster.nodes.some((node) => node.mayServe());
    if (request.expectedEpoch === 0 && this.#history.size > 1 && served) this.violate('M6', 'a second lineage of views began');
    for (const { id, beat } of request.gone) {
      const node = this.#cluster.identities.get(id);
      const observableMs = this.#cluster.schedule.nowMs - Math.max(this.#cluster.database.silenceEndedMs, this.#timelineSinceMs);
      if (node?.identity?.id === id && beat >= 0 && observableMs < shortestObservationMs)
        this.violate('M9', `${node.name} is evicted as ${id} ${observableMs.toFixed(0)} ms after the database came back`);
      if (node?.identity?.id === id && node.mayServe())
        this.violate('M4', `${node.name} may serve as ${id} while its eviction commits at epoch ${view.epoch}`);
    }
    this.#noReturn(view);
  }

  /** M10. A fail-over may forget that somebody was out. */
  #noReturn(view: ViewBody): void {
    const members = new Set(view.members.map(({ id }) => id));
    if (view.timeline !== this.#timeline) {
      this.#out.clear();
      if (this.#timeline !== 0) this.#timelineSinceMs = this.#cluster.schedule.nowMs;
    }
    for (const id of members)
      if (this.#out.has(id)) this.violate('M10', `${id} is back at epoch ${view.epoch} after it was out of the view`);
    for (const id of this.#members) if (!members.has(id)) this.#out.add(id);
    this.#members = members;
    this.#timeline = view.timeline;
  }

  installed(node: SimulatedNode, view: ViewBody): void {
    const life = `${node.name}/${node.identity?.id}`;
    const last = this.#lastInstalled.get(life) ?? 0;
    if (view.epoch <= last) this.violate('M1', `${life} installs ${view.epoch} after ${last}`);
    this.#lastInstalled.set(life, view.epoch);
    const committed = this.#history.get(nameOf(view));
    if (committed === undefined) this.violate('M5', `${life} installs epoch ${view.epoch} that nobody committed`);
    else if (committed !== JSON.stringify(view)) this.violate('M2', `${life} installs another body of epoch ${view.epoch}`);
  }

  /** M11: somebody else's id is given out again only if its registration failed and nobody uses it. */
  began(node: SimulatedNode, id: number): void {
    const other = this.#cluster.identities.get(id);
    if (other !== undefined && other !== node) this.violate('M11', `${node.name} gets the id ${id} that ${other.name} had`);
  }

  /** An operation of somebody else is answered with success. */
  completing(node: SimulatedNode): void {
    if (!node.mayServe()) this.violate('M4', `${node.name} answers an operation as ${node.identity?.id} without a lease`);
  }

  afterEvent(): void {
    if (this.#cluster.schedule.nowMs < this.#nextPrimaryCheckMs) return;
    this.#nextPrimaryCheckMs = this.#cluster.schedule.nowMs + primaryCheckMs;
    const serving = this.#cluster.nodes.filter(
      (node) => node.installed !== undefined && node.installed.table.length === SEGMENTS && node.mayServe(),
    );
    for (const older of serving)
      for (const newer of serving)
        if ((older.installed as ViewBody).epoch < (newer.installed as ViewBody).epoch) this.#onePrimary(older, newer);
  }

  /**
   * M3: while a primary of an older epoch may still answer reads, the primary of a newer one must not be able to complete a write, that is,
   * some write-owner of the newer epoch has not installed it yet.
   */
  #onePrimary(older: SimulatedNode, newer: SimulatedNode): void {
    const [before, after] = [older.installed as ViewBody, newer.installed as ViewBody];
    for (let segment = 0; segment < SEGMENTS; segment += 1) {
      if (primaryOf(before, segment) !== older.identity?.id || primaryOf(after, segment) !== newer.identity?.id) continue;
      const complete = writeOwners(after, segment, 2).every((id) => this.#cluster.identities.get(id)?.installed?.epoch === after.epoch);
      if (!complete) continue;
      this.violate(
        'M3',
        `segment ${segment}: ${older.name} at epoch ${before.epoch} and ${newer.name} at ${after.epoch} can both complete operations`,
      );
      return;
    }
  }
}
