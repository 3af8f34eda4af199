import type { EncodedUpdate } from '../data/cache-state.ts';
import { type OperationCode, type OperationFields, type OperationResult, operation } from '../data/messages.ts';
import { segmentOf } from '../data/segment-hash.ts';
import type { MemberId } from '../protocol/types.ts';
import type { RegisterInput, RegisterOutput } from './data-model.ts';
import { type DataWorld, randomOf, type SimulatedMember } from './data-world.ts';

/** What one client did on one key. `output` undefined: it never learned how it ended. */
export interface Recorded {
  readonly key: string;
  readonly input: RegisterInput;
  output: RegisterOutput | undefined;
  readonly calledAt: number;
  returnedAt: number;
}

export interface Increment {
  readonly key: string;
  /** The count that the client was told; undefined = unknown. */
  answer: number | undefined;
}

export interface Publication {
  readonly text: string;
  readonly sender: MemberId;
  /** Members of the sender's view when it began. */
  readonly audience: readonly MemberId[];
  readonly publishedAt: number;
  /** undefined: the sender died before it was told. */
  all: boolean | undefined;
}

const textEncoder = new TextEncoder();
const textDecoder = new TextDecoder();

/** Counts up by one; run on the primary. */
export const addOne: EncodedUpdate = (current) => {
  const next = textEncoder.encode(String(current === null ? 1 : Number(textDecoder.decode(current)) + 1));
  return { action: 'put', value: next, result: next };
};

const registerCodes = [
  'get',
  'get',
  'get',
  'put',
  'putIfAbsent',
  'replace',
  'remove',
  'getAndRemove',
  'getAndRemove',
  'replaceIfVersion',
  'removeIfVersion',
] as const;

/** Clients on every member: registers (histories for the linearizability checker) and counters (exactly once). */
export class DataWorkload {
  readonly history: Recorded[] = [];
  readonly increments: Increment[] = [];
  readonly publications: Publication[] = [];
  /** Operations that have not ended, by member. */
  readonly underWay = new Map<MemberId, number>();
  readonly #world: DataWorld;
  readonly #draw: () => number;
  readonly #keys: number;
  /** Version of each value that some client has read. */
  readonly #versions = new Map<string, { epoch: number; sequence: number }>();
  readonly #lastSeen = new Map<string, string>();
  #values = 0;
  #stopped = false;

  constructor(world: DataWorld, seed: number, keys: number) {
    this.#world = world;
    this.#draw = randomOf(seed * 7 + 3);
    this.#keys = keys;
  }

  /** One sequential client on the member until that is gone or the workload stops. */
  client(member: SimulatedMember): void {
    const next = (): void => {
      if (this.#stopped || !member.alive || member.fenced) return;
      const again = (): void => this.#world.at(1 + Math.floor(this.#draw() ** 2 * 60), next);
      const draw = this.#draw();
      if (draw < 0.02) this.#publish(member, again);
      else if (draw < 0.2) this.#increment(member, again);
      else this.#register(member, again);
    };
    this.#world.at(Math.floor(this.#draw() * 20), next);
  }

  stop(): void {
    this.#stopped = true;
  }

  #register(member: SimulatedMember, again: () => void): void {
    const key = `key-${Math.floor(this.#draw() * this.#keys)}`;
    const type = registerCodes[Math.floor(this.#draw() * registerCodes.length)] ?? 'get';
    this.#values += 1;
    const value = `v${this.#values}`;
    const expected = this.#lastSeen.get(key);
    let input: RegisterInput;
    if (type === 'replaceIfVersion' || type === 'removeIfVersion') {
      if (expected === undefined) {
        again();
        return;
      }
      input = type === 'replaceIfVersion' ? { type, value, expected } : { type, expected };
    } else input = type === 'put' || type === 'putIfAbsent' || type === 'replace' ? { type, value } : { type };
    const recorded: Recorded = { key, input, output: undefined, calledAt: this.#world.nowMs, returnedAt: Number.POSITIVE_INFINITY };
    this.history.push(recorded);
    const version = expected === undefined ? undefined : this.#versions.get(expected);
    const versioned = 'expected' in input && version !== undefined;
    const fields = fieldsOf(operation[type], key, 'value' in input ? textEncoder.encode(value) : null, versioned ? version : undefined);
    this.#submit(member, key, fields, (result) => {
      // Every answer takes at least an instant, so that what follows it stands after it.
      recorded.returnedAt = this.#world.nowMs + 0.000_1;
      if (result !== undefined) recorded.output = this.#outputOf(key, input, result);
      again();
    });
  }

  #outputOf(key: string, input: RegisterInput, result: OperationResult): RegisterOutput {
    const hands = input.type === 'get' || input.type === 'putIfAbsent' || input.type === 'getAndRemove';
    const value = hands && result.value !== null ? textDecoder.decode(result.value) : null;
    if (input.type === 'get' && value !== null) {
      this.#versions.set(value, { epoch: result.epoch, sequence: result.sequence });
      this.#lastSeen.set(key, value);
    }
    return { found: result.found, value };
  }

  #increment(member: SimulatedMember, again: () => void): void {
    const key = `count-${Math.floor(this.#draw() * 4)}`;
    const increment: Increment = { key, answer: undefined };
    this.increments.push(increment);
    this.#submit(member, key, { ...fieldsOf(operation.update, key, null, undefined), update: 'add' }, (result) => {
      if (result?.value != null) increment.answer = Number(textDecoder.decode(result.value));
      again();
    });
  }

  #publish(member: SimulatedMember, again: () => void): void {
    const publication: Publication = {
      text: `m${this.publications.length}`,
      sender: member.record.id,
      audience: [...member.core.node.memberIds],
      publishedAt: this.#world.nowMs,
      all: undefined,
    };
    this.publications.push(publication);
    this.#count(member, 1);
    member.core.topics.publish('work', textEncoder.encode(publication.text), 1_000, this.#world.nowMs, (all) => {
      this.#count(member, -1);
      if (!member.alive) return;
      publication.all = all;
      again();
    });
  }

  #count(member: SimulatedMember, change: number): void {
    this.underWay.set(member.record.id, (this.underWay.get(member.record.id) ?? 0) + change);
  }

  #submit(member: SimulatedMember, key: string, fields: OperationFields, done: (result: OperationResult | undefined) => void): void {
    this.#count(member, 1);
    member.core.submit(member.cache, segmentOf(key), fields, this.#world.nowMs, (failure, result) => {
      this.#count(member, -1);
      if (member.alive) done(failure === undefined ? result : undefined);
    });
  }
}

function fieldsOf(
  code: OperationCode,
  key: string,
  value: Uint8Array | null,
  version: { epoch: number; sequence: number } | undefined,
): OperationFields {
  return {
    operation: code,
    key,
    value,
    lifespanMs: -1,
    maxIdleMs: -1,
    ifEpoch: version?.epoch ?? 0,
    ifSequence: version?.sequence ?? 0,
    update: '',
  };
}
