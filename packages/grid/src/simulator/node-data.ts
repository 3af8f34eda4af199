import type { CacheState } from '../data/cache-state.ts';
import { DataCore } from '../data/core.ts';
import { type DataMessage, status } from '../data/messages.ts';
import { decodeDataMessage, encodeDataMessage } from '../data/wire-messages.ts';
import { GridClock } from '../facade/grid-clock.ts';
import type { DataPort, Identity, MembershipPort } from '../membership/data-port.ts';
import type { Lane, MemberId, ViewBody } from '../protocol/types.ts';
import { type NearCache, nearTopic } from './near-cache.ts';
import { append } from './workload.ts';

/** What the data of one simulated process may use. */
export interface DataSurroundings extends MembershipPort {
  /** Of each cache. */
  readonly owners: readonly number[];
  /** A message of so many bytes was made or taken in this turn of the loop (R2). */
  worked(bytes: number): void;
  send(to: MemberId, lane: Lane, bytes: Uint8Array, kind: DataMessage['kind']): void;
  /** Runs after so long on true time, unless the process died meanwhile. */
  after(delayMs: number, run: () => void): void;
  trueMs(): number;
  nowMs(): number;
  handlingMs(): number;
  /** An operation that another member asked for is answered with success now (M4). */
  completing(): void;
}

/** Owners of the two caches of a run: every fourth seed has one of 4 to 7 owners, which in a small cluster are more than there are members. */
export function ownersOf(seed: number): readonly number[] {
  return seed % 4 === 2 ? [2, 4 + ((seed >> 2) % 4)] : [2, 3];
}

const textDecoder = new TextDecoder();

/**
 * The real data core of one simulated process: two caches and a topic. Frames pass through the codec, as on a real wire. Planted faults are
 * subclasses that change what passes here (planted/).
 */
export class NodeData implements DataPort {
  readonly core: DataCore;
  readonly caches: readonly CacheState[];
  /** Topic messages that this life handled, and senders of whom it knows that it missed some, with the true time. */
  readonly heard = new Set<string>();
  readonly gaps = new Map<MemberId, number>();
  identity: Identity | undefined;
  near: NearCache | undefined;

  readonly clock: GridClock;
  protected readonly surroundings: DataSurroundings;

  constructor(surroundings: DataSurroundings) {
    this.surroundings = surroundings;
    this.clock = new GridClock(surroundings.nowMs(), 0);
    this.core = new DataCore({
      send: (to, lane, message) => this.outgoing(to, lane, message),
      mayServe: (nowMs) => this.mayServe(nowMs),
      gridTimeMs: (nowMs) => this.clock.now(nowMs),
      confirm: (epoch) => surroundings.after(0, () => surroundings.confirm(epoch, surroundings.nowMs())),
      lost: () => {},
      topicMessage: (topic, _sender, payload, acknowledge) => {
        if (topic === nearTopic) {
          this.near?.invalidate(textDecoder.decode(payload));
          acknowledge();
          return;
        }
        this.heard.add(textDecoder.decode(payload));
        surroundings.after(surroundings.handlingMs(), () => acknowledge());
      },
      topicGap: (topic, sender) => {
        if (topic === nearTopic) this.near?.gap();
        else this.gaps.set(sender, surroundings.trueMs());
      },
      lapsed: () => {},
    });
    const updates = new Map([['append', append]]);
    this.caches = surroundings.owners.map((owners) =>
      this.core.open({ name: `owners ${owners}`, shape: { owners, stateTransfer: true }, updates }),
    );
  }

  begin(identity: Identity, nowMs: number): void {
    this.heard.clear();
    this.gaps.clear();
    this.identity = identity;
    this.core.begin(identity, nowMs);
  }

  install(view: ViewBody, nowMs: number): void {
    this.core.install(view, nowMs);
  }

  end(reason: string, nowMs: number): void {
    this.identity = undefined;
    this.core.end(reason, nowMs);
  }

  received(from: MemberId, bytes: Uint8Array): void {
    this.surroundings.worked(bytes.length);
    this.incoming(from, decodeDataMessage(bytes));
    this.core.flush();
  }

  protected outgoing(to: MemberId, lane: Lane, message: DataMessage): void {
    if (message.kind === 'reply' && message.status === status.ok) this.surroundings.completing();
    const bytes = encodeDataMessage(message);
    this.surroundings.worked(bytes.length);
    this.surroundings.send(to, lane, bytes, message.kind);
  }

  protected incoming(from: MemberId, message: DataMessage): void {
    this.core.receive(from, message, this.surroundings.nowMs());
  }

  protected mayServe(nowMs: number): boolean {
    return this.surroundings.mayServe(nowMs);
  }
}
