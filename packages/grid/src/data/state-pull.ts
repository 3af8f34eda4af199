import { readOwners } from '../protocol/owners.ts';
import type { MemberId, ViewBody } from '../protocol/types.ts';
import { MAX_OWNERS, SEGMENTS } from '../protocol/types.ts';
import { assert } from './assert.ts';
import { limits } from './limits.ts';
import type { CacheShape, Transfer, TransferRecord } from './messages.ts';
import { everyMember, thisMember } from './messages.ts';
import type { DataNode } from './node.ts';
import { writeOwnersIn } from './node.ts';
import { applyWrite } from './store.ts';
import { checksumOf } from './transfer-source.ts';
import { fellSince, keptLevel, nothingHeld, WholeTables } from './whole-tables.ts';

interface Running {
  readonly transfer: number;
  readonly segment: number;
  readonly source: MemberId;
  readonly fromOwners: number;
  readonly toOwners: number;
  readonly replicated: boolean;
  frame: number;
  granted: number;
  count: number;
  checksum: number;
  progressMs: number;
}

/**
 * The receiver's side of state transfer. A preference list serves caches with 1, 2 and 3 owners, so what this member holds of a segment is
 * a level: level k = whole for all caches with k or more owners. A member pulls when the view makes it a write owner at a lower level.
 */
export class StatePull {
  readonly #node: DataNode;
  readonly #held = new Uint8Array(SEGMENTS).fill(nothingHeld);
  readonly #heldReplicated = new Uint8Array(SEGMENTS);
  readonly #queue: number[] = [];
  readonly #running = new Map<number, Running>();
  readonly #whole = new WholeTables();
  #transfers = 0;

  constructor(node: DataNode) {
    this.#node = node;
  }

  get done(): boolean {
    return this.#queue.length === 0 && this.#running.size === 0;
  }

  get segmentsLeft(): number {
    return this.#queue.length + this.#running.size;
  }

  /** Of those, the ones that hold something of a cache of this shape. */
  segmentsLeftOf(shape: CacheShape): number {
    const { view, self } = this.#node;
    if (view === undefined || !shape.stateTransfer || shape.owners === thisMember) return 0;
    return [...this.#queue, ...[...this.#running.values()].map((running) => running.segment)].filter((segment) =>
      shape.owners === everyMember
        ? this.#heldReplicated[segment] !== 1
        : levelOf(view, segment, self) <= shape.owners && shape.owners < (this.#held[segment] ?? nothingHeld),
    ).length;
  }

  /** Whether a local read of a replicated cache sees everything. */
  holdsReplicated(segment: number): boolean {
    return this.#heldReplicated[segment] === 1;
  }

  /** After `node.setView(view)`. Drops what is no longer owned (D7), finds what is missing and starts pulling it. */
  install(before: ViewBody | undefined, view: ViewBody, nowMs: number): void {
    this.#queue.length = 0;
    this.#running.clear();
    this.#whole.follow(before, view);
    const self = this.#node.self;
    const lost: number[] = [];
    for (let segment = 0; segment < SEGMENTS; segment++) {
      if (before !== undefined && view.epoch !== before.epoch + 1) this.#distrust(before, view, segment);
      if (before !== undefined) this.#forgetOrphans(before, view, segment);
      const needed = levelOf(view, segment, self);
      if (needed > (this.#held[segment] ?? nothingHeld)) this.#held[segment] = needed;
      for (const cache of this.#node.caches.values()) {
        if (!cache.local && !cache.replicated && cache.shape.owners < needed) cache.drop(segment);
      }
      const held = this.#held[segment] ?? nothingHeld;
      const missing = needed < held;
      if (!missing && this.#heldReplicated[segment] === 1) continue;
      if (this.#source(segment) !== undefined) {
        this.#dropPartial(segment, needed, held);
        this.#queue.push(segment);
      } else {
        if (before !== undefined && missing && this.#losesData(needed, held)) lost.push(segment);
        this.#complete(segment, needed, true);
      }
    }
    if (lost.length > 0) this.#node.environment.lost(lost);
    this.#fill(nowMs);
  }

  received(from: MemberId, message: Transfer, nowMs: number): void {
    const running = this.#running.get(message.transfer);
    if (running === undefined || running.source !== from || message.frame !== running.frame + 1) return;
    running.frame = message.frame;
    running.progressMs = nowMs;
    for (const record of message.records) {
      this.#apply(running.segment, record);
      running.count += 1;
      running.checksum = (running.checksum ^ checksumOf(record)) >>> 0;
    }
    this.#node.figures.transferredRecords += message.records.length;
    if (message.last) {
      assert(message.count === running.count && message.checksum === running.checksum, 'end mark of a state transfer');
      this.#running.delete(running.transfer);
      this.#complete(running.segment, running.fromOwners, running.replicated);
      this.#fill(nowMs);
    } else {
      running.granted = running.frame + limits.framesPerPull;
      this.#sendPull(running);
    }
  }

  /** A stalled stream begins anew under another name. */
  tick(nowMs: number): void {
    this.#beginAnew((running) => nowMs - running.progressMs >= limits.pullStallMs);
    this.#fill(nowMs);
  }

  /** A new connection to the source: whatever it was asked, or had sent, on the earlier one may be gone. */
  restart(source: MemberId, nowMs: number): void {
    this.#beginAnew((running) => running.source === source);
    this.#fill(nowMs);
  }

  #beginAnew(wanted: (running: Running) => boolean): void {
    for (const running of [...this.#running.values()]) {
      if (!wanted(running)) continue;
      this.#running.delete(running.transfer);
      this.#queue.unshift(running.segment);
    }
  }

  reset(): void {
    this.#held.fill(nothingHeld);
    this.#heldReplicated.fill(0);
    this.#whole.reset();
    this.#queue.length = 0;
    this.#running.clear();
  }

  /**
   * Epochs were skipped. COPY to SWITCH and SWITCH to STABLE need this member's own confirmation, so it cannot have missed those; but it may
   * have been dropped from one target and taken into the next, or SWITCH may have fallen. Only what no write can have passed by is whole.
   */
  #distrust(before: ViewBody, view: ViewBody, segment: number): void {
    // A SWITCH that follows a SWITCH is the same one on a new timeline of the database.
    if (before.phase !== 'STABLE' && view.phase === 'SWITCH') return;
    const kept = keptLevel(before, view, segment, this.#node.self);
    if (kept <= (this.#held[segment] ?? nothingHeld)) return;
    this.#held[segment] = kept;
    for (const cache of this.#node.caches.values()) {
      if (!cache.local && !cache.replicated && cache.shape.owners < kept) cache.drop(segment);
    }
  }

  /**
   * All readers of the epoch before are gone at some levels, so the new primary may have started empty there: a copy that was pulled from them
   * counts no more, unless this member is that primary.
   */
  #forgetOrphans(before: ViewBody, view: ViewBody, segment: number): void {
    const source = this.#source(segment);
    if (source === undefined) return;
    const switched = before.phase === 'SWITCH' || fellSince(before, view);
    const orphaned = switched ? this.#whole.placeOf(segment, source) : this.#orphanedLevels(before, segment, source);
    if (orphaned === 0 || (this.#held[segment] ?? nothingHeld) > orphaned) return;
    this.#held[segment] = orphaned + 1;
    for (const cache of this.#node.caches.values())
      if (!cache.local && !cache.replicated && cache.shape.owners <= orphaned) cache.drop(segment);
  }

  #orphanedLevels(before: ViewBody, segment: number, source: MemberId): number {
    const readers = readOwners(before, segment, MAX_OWNERS);
    const alive = readers.findIndex((id) => this.#node.memberIds.includes(id));
    if (alive === 0) return 0;
    // Who only gains the segment cannot know, and asks the new primary again.
    if (alive === -1 || !readers.includes(this.#node.self)) return MAX_OWNERS;
    // A reader that moved up in this COPY may not have pulled all itself, and this member may have pulled it from those who are gone.
    return Math.max(alive, this.#whole.placeOf(segment, source));
  }

  /**
   * What an earlier pull brought before it was cut off. The source may have started empty meanwhile, and would never say that an entry is gone:
   * it would come back with the next change of primary.
   */
  #dropPartial(segment: number, needed: number, held: number): void {
    for (const cache of this.#node.caches.values()) {
      const { owners } = cache.shape;
      const partial = cache.replicated ? this.#heldReplicated[segment] !== 1 : owners >= needed && owners < held;
      if (partial && !cache.local) cache.drop(segment);
    }
  }

  /** Only the primary is sure to hold every level; without one besides ourselves there is no source. */
  #source(segment: number): MemberId | undefined {
    const primary = this.#node.primaryOf(segment);
    return primary === this.#node.self ? undefined : primary;
  }

  #losesData(needed: number, held: number): boolean {
    if (held > MAX_OWNERS) return true;
    for (const cache of this.#node.caches.values()) {
      const { owners, stateTransfer } = cache.shape;
      if (!cache.local && !cache.replicated && stateTransfer && owners >= Math.max(needed, 2) && owners < held) return true;
    }
    return false;
  }

  #complete(segment: number, level: number, replicated: boolean): void {
    if (level < (this.#held[segment] ?? nothingHeld)) this.#held[segment] = level;
    if (replicated) this.#heldReplicated[segment] = 1;
  }

  #fill(nowMs: number): void {
    const view = this.#node.view;
    while (view !== undefined && this.#running.size < limits.maxPulls) {
      const segment = this.#queue.shift();
      if (segment === undefined) return;
      const source = this.#source(segment);
      if (source === undefined) continue;
      this.#transfers += 1;
      const running: Running = {
        transfer: this.#transfers,
        segment,
        source,
        fromOwners: levelOf(view, segment, this.#node.self),
        toOwners: this.#held[segment] ?? nothingHeld,
        replicated: this.#heldReplicated[segment] !== 1,
        frame: 0,
        granted: limits.framesPerPull,
        count: 0,
        checksum: 0,
        progressMs: nowMs,
      };
      this.#running.set(running.transfer, running);
      this.#sendPull(running);
    }
  }

  #sendPull(running: Running): void {
    const { transfer, segment, fromOwners, toOwners, replicated, granted } = running;
    this.#node.environment.send(running.source, 'bulk', {
      kind: 'pull',
      epoch: this.#node.epoch,
      transfer,
      segment,
      fromOwners,
      toOwners,
      replicated,
      granted,
    });
  }

  #apply(index: number, record: TransferRecord): void {
    const cache = this.#node.cache(record.cache, record.shape);
    const segment = cache.segment(index);
    if (record.type === 'entry') applyWrite(cache, segment, record.write, true);
    else if (record.type === 'mark') segment.results.raise(record.origin, record.incarnation, record.mark);
    else
      segment.results.store(record.origin, record.incarnation, {
        counter: record.counter,
        result: record.result,
        pending: null,
        replicated: true,
      });
  }
}

/** Smallest number of owners at which the member must hold the segment; MAX_OWNERS + 1 = at none. */
function levelOf(view: ViewBody, segment: number, member: MemberId): number {
  for (let owners = 1; owners <= MAX_OWNERS; owners++) if (writeOwnersIn(view, owners, segment).includes(member)) return owners;
  return nothingHeld;
}
