import {
  type Cache,
  type CacheOptions,
  GridError,
  type GridErrorCode,
  type GridEvents,
  type GridNode,
  type MemberOutcome,
  type TaskRun,
  type Topic,
  type View,
} from '@keygrid/grid';
import type { Clock } from '../model/clock.ts';
import { FakeCache, type SharedCache } from './fake-cache.ts';

type Listeners = { [E in keyof GridEvents]: Set<GridEvents[E]> };
type TopicState = { handlers: Set<(payload: unknown, sender: string) => void | Promise<void>>; gaps: Set<(sender: string) => void> };

/** Several fake members over one shared memory. A member can be fenced, and the memory of a cache lost, as the grid can. */
export class FakeCluster {
  readonly clock: Clock;
  readonly nodes: FakeNode[] = [];
  /** Turns of the microtask queue that a hop takes; a test with a seed shuffles the order of operations with it. */
  hopTurns: () => number = () => 1;
  readonly #caches = new Map<string, SharedCache>();

  constructor(clock: Clock, names: readonly string[] = ['n1']) {
    this.clock = clock;
    for (const name of names) this.nodes.push(new FakeNode(this, name));
  }

  node(index: number): FakeNode {
    const node = this.nodes[index];
    if (node === undefined) throw new RangeError(`the fake cluster has no node ${index}`);
    return node;
  }

  shared(name: string): SharedCache {
    let shared = this.#caches.get(name);
    if (shared === undefined) {
      shared = { entries: new Map(), version: 0 };
      this.#caches.set(name, shared);
    }
    return shared;
  }

  /** All owners of the cache die at once. */
  lose(cacheName: string): void {
    this.shared(cacheName).entries.clear();
    for (const node of this.nodes) node.emit('lost', [0]);
  }

  primaryOf(key: string): string {
    let sum = 0;
    for (const unit of key) sum = (sum * 31 + (unit.codePointAt(0) ?? 0)) >>> 0;
    return this.node(sum % this.nodes.length).name;
  }

  view(self: FakeNode): View {
    const members = this.nodes.map((node, index) => ({
      id: String(index + 1),
      name: node.name,
      address: `127.0.0.1:${7801 + index}`,
      coordinator: index === 0,
      self: node === self,
    }));
    return { epoch: 1, members, phase: 'STABLE' };
  }
}

/** One member of a `FakeCluster`. */
export class FakeNode implements GridNode {
  readonly name: string;
  /** While set, every operation of this member fails with it. */
  failure: GridErrorCode | undefined;
  /** Operations that this member sent, by cache name. */
  readonly operations = new Map<string, number>();
  readonly #defined = new Map<string, (argument: unknown, caller: string) => unknown>();
  readonly scheduled = new Map<string, (signal: AbortSignal) => Promise<void>>();
  readonly #cluster: FakeCluster;
  readonly #topics = new Map<string, TopicState>();
  readonly #listeners: Listeners = { view: new Set(), rebalance: new Set(), fenced: new Set(), unfenced: new Set(), lost: new Set() };

  constructor(cluster: FakeCluster, name: string) {
    this.#cluster = cluster;
    this.name = name;
  }

  get view(): View {
    return this.#cluster.view(this);
  }

  get ready(): boolean {
    return this.failure === undefined;
  }

  get fenced(): boolean {
    return this.failure === 'GRID_FENCED';
  }

  cache<K extends string, V>(name: string, options: CacheOptions<V> = {}): Cache<K, V> {
    const cache = new FakeCache<V>(name, this.#cluster.shared(name), options, {
      nowMs: () => this.#cluster.clock.nowMs(),
      primaryOf: (key) => this.#cluster.primaryOf(key),
      self: this.name,
      hop: async (signal) => {
        this.operations.set(name, (this.operations.get(name) ?? 0) + 1);
        for (let turns = this.#cluster.hopTurns(); turns > 0; turns -= 1) await Promise.resolve();
        if (signal?.aborted) throw new GridError('GRID_ABORTED', 'aborted by the caller');
        if (this.failure !== undefined) throw new GridError(this.failure, `${this.name} was told to fail`);
      },
    });
    // A fake knows of no narrower keys than strings.
    return cache as unknown as Cache<K, V>;
  }

  topic(name: string): Topic {
    const own = this.topicState(name);
    const others = () => this.#cluster.nodes.filter((node) => node !== this).map((node) => node.topicState(name));
    return {
      publish: async (payload) => {
        if (this.failure !== undefined) throw new GridError(this.failure, `${this.name} was told to fail`);
        const runs = others().flatMap((state) => [...state.handlers].map((handler) => handler(structuredClone(payload), this.name)));
        const settled = await Promise.allSettled(runs);
        return settled.every((one) => one.status === 'fulfilled');
      },
      subscribe: (handler) => disposableMember(own.handlers, handler),
      onGap: (handler) => disposableMember(own.gaps, handler),
    };
  }

  /** Handlers of this member for one topic; `gaps` lets a test pretend a lost message. */
  topicState(name: string): TopicState {
    let state = this.#topics.get(name);
    if (state === undefined) {
      state = { handlers: new Set(), gaps: new Set() };
      this.#topics.set(name, state);
    }
    return state;
  }

  schedule(name: string, _intervalMs: number, task: (run: TaskRun) => Promise<void>): Disposable {
    this.scheduled.set(name, (signal) => task({ name, signal, fencingToken: 1n }));
    return { [Symbol.dispose]: () => void this.scheduled.delete(name) };
  }

  defineTask(name: string, task: (argument: unknown, caller: string) => unknown): Disposable {
    this.#defined.set(name, task);
    return { [Symbol.dispose]: () => void this.#defined.delete(name) };
  }

  runOnAll<R>(name: string, argument?: unknown): Promise<readonly MemberOutcome<R>[]> {
    const run = async (node: FakeNode): Promise<MemberOutcome<R>> => ({
      member: node.name,
      value: (await node.#defined.get(name)?.(structuredClone(argument), this.name)) as R,
      error: undefined,
    });
    return Promise.all(this.#cluster.nodes.map(run));
  }

  on<E extends keyof GridEvents>(event: E, listener: GridEvents[E]): Disposable {
    return disposableMember(this.#listeners[event] as Set<GridEvents[E]>, listener);
  }

  emit<E extends keyof GridEvents>(event: E, ...values: Parameters<GridEvents[E]>): void {
    for (const listener of this.#listeners[event]) (listener as (...given: Parameters<GridEvents[E]>) => void)(...values);
  }

  health(): 'HEALTHY' {
    return 'HEALTHY';
  }

  figures(): ReadonlyMap<string, number> {
    return new Map();
  }

  peers(): readonly [] {
    return [];
  }

  async stop(): Promise<void> {
    this.failure = 'GRID_STOPPED';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

function disposableMember<T>(set: Set<T>, member: T): Disposable {
  set.add(member);
  return { [Symbol.dispose]: () => void set.delete(member) };
}
