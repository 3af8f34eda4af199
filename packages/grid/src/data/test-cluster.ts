import type { MemberId, OwnerTable, Phase, SwitchFall, ViewBody } from '../protocol/types.ts';
import { SEGMENTS } from '../protocol/types.ts';
import type { CacheDefinition, CacheState } from './cache-state.ts';
import { DataCore } from './core.ts';
import type { DataMessage, OperationFields, OperationResult } from './messages.ts';
import { operation } from './messages.ts';
import { segmentOf } from './segment-hash.ts';
import { decodeDataMessage, encodeDataMessage } from './wire-messages.ts';

/** A message between two members, waiting to be delivered. */
export interface Packet {
  readonly from: MemberId;
  readonly to: MemberId;
  readonly message: DataMessage;
}

/** How an operation ended; both undefined while it is under way. */
export interface Outcome {
  failure?: string | undefined;
  result?: OperationResult | undefined;
}

const textEncoder = new TextEncoder();
const textDecoder = new TextDecoder();

export const bytesOf = (text: string): Uint8Array => textEncoder.encode(text);
export const textOf = (bytes: Uint8Array | null | undefined): string | undefined => (bytes == null ? undefined : textDecoder.decode(bytes));

/** The same preference list for every segment: tests say who is primary and who is backup. */
export function everySegment(owners: readonly MemberId[]): OwnerTable {
  return new Array<readonly MemberId[]>(SEGMENTS).fill(owners);
}

export interface ViewShape {
  readonly members: readonly MemberId[];
  readonly owners: readonly MemberId[];
  readonly phase?: Phase;
  readonly target?: readonly MemberId[];
}

/** A few data cores joined by a queue that the test controls: nothing moves unless the test says so. For unit tests. */
export class TestCluster {
  readonly cores = new Map<MemberId, DataCore>();
  readonly caches = new Map<MemberId, CacheState>();
  readonly confirmed = new Map<MemberId, number>();
  readonly lost: number[] = [];
  readonly leases = new Map<MemberId, boolean>();
  readonly topicLog: string[] = [];
  packets: Packet[] = [];
  nowMs = 0;
  epoch = 0;
  #last: ViewBody | undefined;
  /** What handlers of topics answer. */
  answer: (payload: string) => Uint8Array | undefined = () => undefined;
  /** Packets for which it says true vanish. */
  drop: (packet: Packet) => boolean = () => false;
  readonly #definition: CacheDefinition;

  constructor(members: readonly MemberId[], definition: Partial<CacheDefinition> = {}) {
    this.#definition = { name: 'test', shape: { owners: 2, stateTransfer: true }, ...definition };
    for (const member of members) this.add(member);
  }

  add(member: MemberId): DataCore {
    const core = new DataCore({
      send: (to, _lane, message) => void this.packets.push({ from: member, to, message: decodeDataMessage(encodeDataMessage(message)) }),
      mayServe: () => this.leases.get(member) ?? true,
      gridTimeMs: (nowMs) => nowMs,
      confirm: (epoch) => void this.confirmed.set(member, epoch),
      lost: (segments) => void this.lost.push(...segments),
      topicMessage: (topic, sender, payload, acknowledge) => {
        this.topicLog.push(`${member} got ${textOf(payload)} of ${sender} on ${topic}`);
        acknowledge(this.answer(textOf(payload) ?? ''));
      },
      topicGap: (topic, sender) => void this.topicLog.push(`${member} missed some of ${sender} on ${topic}`),
      lapsed: () => {},
    });
    core.begin({ id: member, incarnation: member * 10 }, this.nowMs);
    this.cores.set(member, core);
    this.caches.set(member, core.open(this.#definition));
    return core;
  }

  core(member: MemberId): DataCore {
    const core = this.cores.get(member);
    if (core === undefined) throw new Error(`no member ${member}`);
    return core;
  }

  cache(member: MemberId): CacheState {
    const cache = this.caches.get(member);
    if (cache === undefined) throw new Error(`no member ${member}`);
    return cache;
  }

  /** A view of the next epoch, not installed anywhere yet. */
  view(shape: ViewShape): ViewBody {
    this.epoch += 1;
    const view = this.#viewOf(shape);
    this.#last = view;
    return view;
  }

  #fall({ phase, members }: ViewShape): SwitchFall | undefined {
    if (phase !== 'COPY' || this.#last === undefined) return undefined;
    if (this.#last.phase !== 'SWITCH') return this.#last.fall;
    return { epoch: this.epoch, gone: this.#last.members.flatMap(({ id }) => (members.includes(id) ? [] : id)) };
  }

  #viewOf(shape: ViewShape): ViewBody {
    return {
      timeline: 1,
      epoch: this.epoch,
      members: shape.members.map((id) => ({
        id,
        incarnation: id * 10,
        name: `n${id}`,
        address: { host: 'host', port: 7800 + id },
        labels: {},
        state: 'active',
      })),
      phase: shape.phase ?? 'STABLE',
      table: everySegment(shape.owners),
      target: shape.target === undefined ? null : everySegment(shape.target),
      fall: this.#fall(shape),
    };
  }

  /** Installs the next view at all of its members that live here. */
  install(shape: ViewShape): ViewBody {
    const view = this.view(shape);
    for (const member of shape.members) this.cores.get(member)?.install(view, this.nowMs);
    return view;
  }

  /** The member dies: it gets and sends nothing any more. Packets that it sent before stay under way unless `quietly`. */
  kill(member: MemberId, quietly = false): void {
    this.cores.delete(member);
    this.packets = this.packets.filter((packet) => packet.to !== member && !(quietly && packet.from === member));
  }

  submit(member: MemberId, code: keyof typeof operation, key: string, fields: Partial<OperationFields> & { text?: string } = {}): Outcome {
    const outcome: Outcome = {};
    const { text, ...rest } = fields;
    const whole: OperationFields = {
      operation: operation[code],
      key,
      value: text === undefined ? null : bytesOf(text),
      lifespanMs: -1,
      maxIdleMs: -1,
      ifEpoch: 0,
      ifSequence: 0,
      update: '',
      ...rest,
    };
    this.core(member).submit(this.cache(member), segmentOf(key), whole, this.nowMs, {
      ended(failure, result) {
        if (outcome.failure !== undefined || outcome.result !== undefined) throw new Error('an operation ended twice');
        if (failure === undefined) outcome.result = result;
        else outcome.failure = failure;
      },
    });
    return outcome;
  }

  /** Delivers packets (and what they cause) until none that `wanted` accepts is left. */
  deliver(wanted: (packet: Packet) => boolean = () => true, limit = 100_000): void {
    for (let step = 0; step < limit; step++) {
      const index = this.packets.findIndex(wanted);
      const packet = this.packets[index];
      if (packet === undefined) return;
      this.packets.splice(index, 1);
      if (this.drop(packet)) continue;
      const core = this.cores.get(packet.to);
      core?.receive(packet.from, packet.message, this.nowMs);
      core?.flush();
    }
    throw new Error('the members never fall silent');
  }

  /** Lets time pass in ticks of 50 ms, delivering all along. */
  pass(ms: number): void {
    for (const end = this.nowMs + ms; this.nowMs < end; ) {
      this.nowMs = Math.min(this.nowMs + 50, end);
      for (const core of this.cores.values()) core.tick(this.nowMs);
      this.deliver();
    }
  }

  segment(key: string): number {
    return segmentOf(key);
  }

  /** Value text as a copy holds it, committed or not. */
  copy(member: MemberId, key: string): string | undefined {
    return textOf(this.cache(member).segments[segmentOf(key)]?.entries.get(key)?.value);
  }

  /** Submits and delivers until it ended. */
  run(
    member: MemberId,
    code: keyof typeof operation,
    key: string,
    fields: Partial<OperationFields> & { text?: string } = {},
  ): OperationResult {
    const outcome = this.submit(member, code, key, fields);
    this.deliver();
    if (outcome.result === undefined) throw new Error(`${code} of ${key} did not end: ${outcome.failure ?? 'under way'}`);
    return outcome.result;
  }
}
