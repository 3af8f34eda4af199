import type { CacheState } from '../data/cache-state.ts';
import { DataCore } from '../data/core.ts';
import type { DataMessage } from '../data/messages.ts';
import type { PlantedFault } from '../data/node.ts';
import { decodeDataMessage, encodeDataMessage } from '../data/wire-messages.ts';
import type { DataPort, Identity, MembershipPort } from '../membership/data-port.ts';
import type { Lane, MemberId, ViewBody } from '../protocol/types.ts';
import { addOne } from './workload.ts';

/** What the data of one simulated process may use. */
export interface DataSurroundings extends MembershipPort {
  send(to: MemberId, lane: Lane, bytes: Uint8Array, kind: DataMessage['kind']): void;
  /** Runs after so long on true time, unless the process died meanwhile. */
  after(delayMs: number, run: () => void): void;
  trueMs(): number;
  nowMs(): number;
  handlingMs(): number;
}

export const simulatedOwners = [2, 3] as const;

const textDecoder = new TextDecoder();

/** The real data core of one simulated process: two caches and a topic. Frames pass through the codec, as on a real wire. */
export class NodeData implements DataPort {
  readonly core: DataCore;
  readonly caches: readonly CacheState[];
  /** Topic messages that this life handled, and senders of whom it knows that it missed some, with the true time. */
  readonly heard = new Set<string>();
  readonly gaps = new Map<MemberId, number>();
  identity: Identity | undefined;

  constructor(surroundings: DataSurroundings, faults: Iterable<PlantedFault>) {
    this.core = new DataCore(
      {
        send: (to, lane, message) => surroundings.send(to, lane, encodeDataMessage(message), message.kind),
        mayServe: (nowMs) => surroundings.mayServe(nowMs),
        gridTimeMs: () => surroundings.trueMs(),
        confirm: (epoch) => surroundings.after(0, () => surroundings.confirm(epoch, surroundings.nowMs())),
        lost: () => {},
        topicMessage: (_topic, _sender, payload, acknowledge) => {
          this.heard.add(textDecoder.decode(payload));
          surroundings.after(surroundings.handlingMs(), acknowledge);
        },
        topicGap: (_topic, sender) => void this.gaps.set(sender, surroundings.trueMs()),
      },
      faults,
    );
    const updates = new Map([['add', addOne]]);
    this.caches = simulatedOwners.map((owners) =>
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

  received(from: MemberId, bytes: Uint8Array, nowMs: number): void {
    this.core.receive(from, decodeDataMessage(bytes), nowMs);
    this.core.flush();
  }
}
