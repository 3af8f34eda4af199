import type { MemberId } from '../protocol/types.ts';
import { MAX_OWNERS, SEGMENTS } from '../protocol/types.ts';
import { recordWrite } from './backup.ts';
import type { Commits } from './commit.ts';
import { limits } from './limits.ts';
import type { TailAnswer, TailAsk, TailWrite, Write } from './messages.ts';
import { everyMember } from './messages.ts';
import type { DataNode } from './node.ts';
import type { Primary } from './primary.ts';
import { applyWrite } from './store.ts';
import { compareVersions } from './version.ts';

/** Where this member stands with a segment as its primary. */
const backup = 0;
const collecting = 1;
const replicating = 2;
const serving = 3;

/**
 * A new primary first asks the other write owners what they hold beyond the last commit that they know of, takes the union, replicates it
 * to all, and serves once that is committed. So whatever its predecessor may have answered is there, and on every owner.
 */
export class Promotion {
  readonly #node: DataNode;
  readonly #commits: Commits;
  readonly #primary: Primary;
  readonly #state = new Uint8Array(SEGMENTS);
  readonly #waiting = new Map<number, Set<MemberId>>();
  readonly #collected = new Map<number, TailWrite[]>();
  readonly #inherited = new Uint32Array(SEGMENTS);
  #askedMs = 0;
  /** Told when a segment begins to be served. */
  onServing: (segment: number, nowMs: number) => void = () => {};

  constructor(node: DataNode, commits: Commits, primary: Primary) {
    this.#node = node;
    this.#commits = commits;
    this.#primary = primary;
    commits.onInherited = (segment, nowMs) => this.#inheritedCommitted(segment, nowMs);
  }

  serves(segment: number): boolean {
    return this.#state[segment] === serving;
  }

  get busy(): boolean {
    return this.#state.some((state) => state === collecting || state === replicating);
  }

  /** After the view and after demotions were undone. `keeps(segment)` = was serving it before and still is the primary. */
  install(nowMs: number): void {
    this.#waiting.clear();
    this.#collected.clear();
    this.#inherited.fill(0);
    const fresh: number[] = [];
    for (let segment = 0; segment < SEGMENTS; segment++) {
      if (this.#node.primaryOf(segment) !== this.#node.self) this.#state[segment] = backup;
      else if (this.#state[segment] !== serving) {
        this.#state[segment] = collecting;
        fresh.push(segment);
        this.#waiting.set(segment, this.#others(segment));
      }
    }
    this.#ask(nowMs);
    for (const segment of fresh) this.#maybeCollected(segment, nowMs);
  }

  tick(nowMs: number): void {
    if (this.#waiting.size > 0 && nowMs - this.#askedMs >= limits.resendMs) this.#ask(nowMs);
  }

  reset(): void {
    this.#state.fill(backup);
    this.#waiting.clear();
    this.#collected.clear();
    this.#inherited.fill(0);
  }

  /** Another member became primary and asks; frames stay below the limit of lane A. */
  asked(from: MemberId, message: TailAsk): void {
    const { environment, epoch } = this.#node;
    let writes: TailWrite[] = [];
    let done: number[] = [];
    let bytes = 0;
    const flush = (): void => {
      environment.send(from, 'control', { kind: 'tailAnswer', epoch, segments: done, writes });
      writes = [];
      done = [];
      bytes = 0;
    };
    for (const index of message.segments) {
      for (const cache of this.#node.caches.values()) {
        for (const write of cache.segments[index]?.tail ?? []) {
          const size = 256 + (write.value?.length ?? 0) + (write.result.value?.length ?? 0) + write.key.length;
          if (writes.length > 0 && bytes + size > limits.transferFrameBytes) flush();
          writes.push({ cache: cache.id, shape: cache.shape, segment: index, write });
          bytes += size;
        }
      }
      done.push(index);
    }
    flush();
  }

  answered(from: MemberId, message: TailAnswer, nowMs: number): void {
    for (const tail of message.writes) {
      if (!this.#waiting.has(tail.segment)) continue;
      const list = this.#collected.get(tail.segment);
      if (list === undefined) this.#collected.set(tail.segment, [tail]);
      else list.push(tail);
    }
    for (const segment of message.segments) {
      if (this.#waiting.get(segment)?.delete(from)) this.#maybeCollected(segment, nowMs);
    }
  }

  #others(segment: number): Set<MemberId> {
    let everyone = false;
    for (const cache of this.#node.caches.values()) if (cache.replicated) everyone = true;
    const owners = this.#node.writeOwners({ owners: everyone ? everyMember : MAX_OWNERS, stateTransfer: true }, segment);
    return new Set(owners.filter((member) => member !== this.#node.self));
  }

  #ask(nowMs: number): void {
    this.#askedMs = nowMs;
    const wanted = new Map<MemberId, number[]>();
    for (const [segment, members] of this.#waiting) {
      for (const member of members) {
        const list = wanted.get(member);
        if (list === undefined) wanted.set(member, [segment]);
        else list.push(segment);
      }
    }
    for (const [member, segments] of wanted)
      this.#node.environment.send(member, 'control', { kind: 'tailAsk', epoch: this.#node.epoch, segments });
  }

  #maybeCollected(segment: number, nowMs: number): void {
    if (this.#state[segment] !== collecting || this.#waiting.get(segment)?.size !== 0) return;
    this.#waiting.delete(segment);
    this.#state[segment] = replicating;
    const collected = this.#collected.get(segment) ?? [];
    this.#collected.delete(segment);
    // One extra count, so that commits inside the loop cannot end it early.
    this.#inherited[segment] = 1;
    for (const tail of collected) this.#node.cache(tail.cache, tail.shape);
    for (const cache of this.#node.caches.values()) {
      const state = cache.segments[segment];
      const foreign = collected.filter((tail) => tail.cache === cache.id).map((tail) => tail.write);
      if (cache.local || (state === undefined && foreign.length === 0)) continue;
      const target = cache.segment(segment);
      const union = unite(target.tail.takeAll(), foreign).filter(
        (write) => compareVersions(write.epoch, write.sequence, target.committedEpoch, target.committedSequence) > 0,
      );
      for (const write of union) {
        if (!target.isApplied(write.epoch, write.sequence)) applyWrite(cache, target, write, this.#commits.keepTombstones(cache));
        recordWrite(target, write);
        this.#inherited[segment] = (this.#inherited[segment] ?? 0) + 1;
        this.#primary.enqueue(
          { cache, segment: target, write, entry: undefined, inherited: true, record: undefined, sinceMs: 0, remaining: 0, waiters: [] },
          nowMs,
        );
      }
    }
    this.#inheritedCommitted(segment, nowMs);
  }

  #inheritedCommitted(segment: number, nowMs: number): void {
    const left = (this.#inherited[segment] ?? 0) - 1;
    this.#inherited[segment] = Math.max(left, 0);
    if (left !== 0 || this.#state[segment] !== replicating) return;
    this.#state[segment] = serving;
    this.onServing(segment, nowMs);
  }
}

/** Both lists by version, each version once. */
function unite(own: readonly Write[], foreign: readonly Write[]): Write[] {
  const all = [...own, ...foreign].sort((a, b) => compareVersions(a.epoch, a.sequence, b.epoch, b.sequence));
  return all.filter((write, index) => {
    const before = all[index - 1];
    return before === undefined || compareVersions(before.epoch, before.sequence, write.epoch, write.sequence) !== 0;
  });
}
