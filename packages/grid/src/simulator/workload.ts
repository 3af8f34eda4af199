import type { CacheState, EncodedUpdate } from '../data/cache-state.ts';
import { type OperationCode, type OperationFields, type OperationResult, operation } from '../data/messages.ts';
import { segmentOf } from '../data/segment-hash.ts';
import type { MemberId } from '../protocol/types.ts';
import { registerMix } from '../verification/register-mix.ts';
import type { RegisterInput, RegisterOutput } from '../verification/register-model.ts';
import type { NodeData } from './node-data.ts';
import type { Random } from './random.ts';

/** A key of one cache that is used for some seconds only, so that a legitimate loss of its segment ends one history and not all. */
export interface WorkloadKey {
  readonly name: string;
  readonly cache: number;
  readonly segment: number;
  readonly bornMs: number;
}

/** What one client did on one key. `output` undefined: it never learned how it ended. */
export interface Recorded {
  readonly key: WorkloadKey;
  readonly input: RegisterInput;
  output: RegisterOutput | undefined;
  readonly calledAt: number;
  returnedAt: number;
}

/** One entry that was added to the list of a key, and so counted. */
export interface Increment {
  readonly key: WorkloadKey;
  /** What stands in the list for it; nobody else's is the same. */
  readonly tag: string;
  /** The count that the client was told; undefined = unknown. */
  answer: number | undefined;
  readonly calledAt: number;
  returnedAt: number;
}

export interface Publication {
  readonly text: string;
  readonly sender: MemberId;
  /** Members of the sender's view when it began. */
  readonly audience: readonly MemberId[];
  readonly publishedAt: number;
  all: boolean | undefined;
}

/** Where clients run. */
export interface Host {
  readonly data: NodeData;
  /** Counts an operation as under way until the function that it returns is called. */
  ended(done: () => void): () => void;
  trueMs(): number;
  nowMs(): number;
  /** Not after the process has died; later if it is paused. */
  after(delayMs: number, run: () => void): void;
}

const textEncoder = new TextEncoder();
const textDecoder = new TextDecoder();

/** Adds the argument to the list that stands there and hands its length out; run on the primary. */
export const append: EncodedUpdate = (current, argument) => {
  const list = [...(current === null ? [] : textDecoder.decode(current).split(' ')), textDecoder.decode(argument ?? new Uint8Array())];
  return { action: 'put', value: textEncoder.encode(list.join(' ')), result: textEncoder.encode(String(list.length)) };
};

const generationMs = 8_000;
const keysPerGeneration = 3;

/** Clients on every process: registers (histories for the linearizability checker), counters (exactly once) and a topic. */
export class Workload {
  readonly history: Recorded[] = [];
  readonly increments: Increment[] = [];
  readonly publications: Publication[] = [];
  readonly keys = new Map<string, WorkloadKey>();
  refused = 0;
  readonly #random: Random;
  /** Version of each value that some client has read. */
  readonly #versions = new Map<string, { epoch: number; sequence: number }>();
  readonly #lastSeen = new Map<WorkloadKey, string>();
  #values = 0;
  #stopped = false;

  constructor(random: Random) {
    this.#random = random;
  }

  /** One sequential client until its process dies or the workload stops. */
  client(host: Host): void {
    const next = (): void => {
      if (this.#stopped) return;
      const again = (ended: boolean): void => host.after(ended ? 1 + this.#random.next() ** 2 * 200 : 150, next);
      const draw = this.#random.next();
      if (draw < 0.03) this.#publish(host, again);
      else if (draw < 0.2) this.#increment(host, again);
      else this.#register(host, again);
    };
    host.after(this.#random.between(0, 50), next);
  }

  get operations(): number {
    return this.history.length + this.increments.length;
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Mostly of this generation, sometimes of one of the two before. */
  #key(kind: string, host: Host): WorkloadKey {
    const current = Math.floor(host.trueMs() / generationMs);
    const generation = Math.max(0, current - (this.#random.chance(0.3) ? 1 + Math.floor(this.#random.next() * 2) : 0));
    const cache = Math.floor(this.#random.next() * host.data.caches.length);
    const name = `${kind}-${cache}-${generation}-${Math.floor(this.#random.next() * keysPerGeneration)}`;
    const known = this.keys.get(name);
    if (known !== undefined) return known;
    const key = { name, cache, segment: segmentOf(name), bornMs: host.trueMs() };
    this.keys.set(name, key);
    return key;
  }

  #register(host: Host, again: (ended: boolean) => void): void {
    const key = this.#key('key', host);
    const type = this.#random.pick(registerMix);
    this.#values += 1;
    const value = `v${this.#values}`;
    const expected = this.#lastSeen.get(key);
    let input: RegisterInput;
    if (type === 'replaceIfVersion' || type === 'removeIfVersion') {
      if (expected === undefined) {
        again(true);
        return;
      }
      input = type === 'replaceIfVersion' ? { type, value, expected } : { type, expected };
    } else input = type === 'put' || type === 'putIfAbsent' || type === 'replace' ? { type, value } : { type };
    const recorded: Recorded = { key, input, output: undefined, calledAt: host.trueMs(), returnedAt: Number.POSITIVE_INFINITY };
    const version = 'expected' in input ? this.#versions.get(input.expected) : undefined;
    const fields = fieldsOf(operation[type], key.name, 'value' in input ? textEncoder.encode(value) : null, version);
    let begun = false;
    const position = this.history.push(recorded) - 1;
    this.#submit(host, key, fields, (result) => {
      // Refused before anything left: it never happened.
      if (!begun && result === undefined && this.history.length - 1 === position) {
        this.history.pop();
        this.refused += 1;
      } else if (result !== undefined) {
        // Every answer takes at least an instant, so that what follows it stands after it.
        recorded.returnedAt = host.trueMs() + 0.000_1;
        recorded.output = this.#outputOf(key, input, result);
      }
      again(result !== undefined);
    });
    begun = true;
  }

  #outputOf(key: WorkloadKey, input: RegisterInput, result: OperationResult): RegisterOutput {
    const hands = input.type === 'get' || input.type === 'putIfAbsent' || input.type === 'getAndRemove';
    const value = hands && result.value !== null ? textDecoder.decode(result.value) : null;
    if (input.type === 'get' && value !== null) {
      this.#versions.set(value, { epoch: result.epoch, sequence: result.sequence });
      this.#lastSeen.set(key, value);
    }
    return { found: result.found, value };
  }

  #increment(host: Host, again: (ended: boolean) => void): void {
    const key = this.#key('count', host);
    const increment = this.newIncrement(key, host.trueMs());
    this.#submit(host, key, appendFields(increment), (result) => {
      if (result !== undefined && result.value !== null) {
        increment.answer = Number(textDecoder.decode(result.value));
        increment.returnedAt = host.trueMs();
      }
      again(result !== undefined);
    });
  }

  newIncrement(key: WorkloadKey, calledAt: number): Increment {
    const tag = this.increments.length.toString(36);
    const increment: Increment = { key, tag, calledAt, answer: undefined, returnedAt: Number.POSITIVE_INFINITY };
    this.increments.push(increment);
    return increment;
  }

  #publish(host: Host, again: (ended: boolean) => void): void {
    const { data } = host;
    if (data.identity === undefined || data.core.node.view === undefined) {
      again(false);
      return;
    }
    const publication: Publication = {
      text: `m${this.publications.length}`,
      sender: data.identity.id,
      audience: [...data.core.node.memberIds],
      publishedAt: host.trueMs(),
      all: undefined,
    };
    this.publications.push(publication);
    const ended = host.ended(() => again(publication.all === true));
    data.core.topics.publish('work', textEncoder.encode(publication.text), 1_000, host.nowMs(), (all) => {
      publication.all = all;
      ended();
    });
  }

  #submit(host: Host, key: WorkloadKey, fields: OperationFields, done: (result: OperationResult | undefined) => void): void {
    const cache = host.data.caches[key.cache] as CacheState;
    let outcome: OperationResult | undefined;
    const ended = host.ended(() => done(outcome));
    host.data.core.submit(cache, key.segment, fields, host.nowMs(), {
      ended(failure, result) {
        if (failure === undefined) outcome = result;
        ended();
      },
    });
    host.data.core.flush();
  }
}

export function appendFields({ key, tag }: Increment): OperationFields {
  return { ...fieldsOf(operation.update, key.name, textEncoder.encode(tag), undefined), update: 'append' };
}

export function fieldsOf(
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
