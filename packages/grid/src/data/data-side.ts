import type { Cache, CacheOptions, Topic } from '../api.ts';
import { GridError } from '../errors.ts';
import type { MemberId } from '../protocol/types.ts';
import { refuseOtherOptions } from './cache-options.ts';
import type { CallSite } from './call.ts';
import { CacheClient } from './client.ts';
import { DataCore } from './core.ts';
import { InvalidationClient } from './invalidation-client.ts';
import { callTopic, MemberCalls } from './member-calls.ts';
import type { DataEnvironment } from './node.ts';
import { TopicClient } from './topic-client.ts';

export interface DataSideOptions extends Omit<DataEnvironment, 'topicMessage' | 'topicGap' | 'lapsed'>, Omit<CallSite, 'core'> {}

/** The core of one member together with its caches and topics; what the facade holds. */
export class DataSide {
  readonly core: DataCore;
  readonly #caches = new Map<string, Cache<string, unknown>>();
  readonly #opened = new Map<string, CacheOptions<never>>();
  readonly #topics = new Map<string, TopicClient>();
  readonly #forgetful: { forget(): void }[] = [];
  readonly #site: CallSite;
  readonly calls: MemberCalls;

  constructor(options: DataSideOptions) {
    const name = (id: MemberId): string => options.memberName(id) ?? String(id);
    this.core = new DataCore({
      send: (to, lane, message) => options.send(to, lane, message),
      mayServe: (nowMs) => options.mayServe(nowMs),
      gridTimeMs: (nowMs) => options.gridTimeMs(nowMs),
      confirm: (epoch, nowMs) => options.confirm(epoch, nowMs),
      lost: (segments) => options.lost(segments),
      ...(options.answered && { answered: (member, tookMs) => options.answered?.(member, tookMs) }),
      topicMessage: (topic, sender, payload, acknowledge) => {
        if (topic === callTopic) {
          this.calls.deliver(payload, sender, acknowledge);
          return;
        }
        const client = this.#topics.get(topic);
        // Nobody here listens: nothing was derived, so the message counts as handled.
        if (client === undefined) acknowledge();
        else client.deliver(payload, name(sender), () => acknowledge());
      },
      topicGap: (topic, sender) => this.#topics.get(topic)?.gap(name(sender)),
      lapsed: () => {
        for (const client of this.#forgetful) client.forget();
      },
    });
    this.#site = {
      core: this.core,
      nowMs: () => options.nowMs(),
      memberName: (id) => options.memberName(id),
      failed: (where, error) => options.failed(where, error),
      hooks: options.hooks,
      ...(options.breathe && { breathe: (nowMs: number, resume: () => void) => options.breathe?.(nowMs, resume) === true }),
    };
    this.calls = new MemberCalls(this.#site);
  }

  /** The same object for the same name; further calls need no options, and may give none that say something else. */
  cache<K extends string, V>(name: string, options: CacheOptions<V> = {}): Cache<K, V> {
    if (!/^[^\s]{1,80}$/.test(name))
      throw new GridError('GRID_BAD_ARGUMENT', `cache name '${name.slice(0, 80)}', allowed are 1 to 80 units without white space`);
    return this.#cache(name, options);
  }

  /** A cache of the grid itself; its name has a space, which those of programs have not. */
  ownCache<V>(name: string, options: CacheOptions<V>): Cache<string, V> {
    return this.#cache(name, options);
  }

  #cache<K extends string, V>(name: string, options: CacheOptions<V>): Cache<K, V> {
    let client = this.#caches.get(name) as Cache<K, V> | undefined;
    const opened = this.#opened.get(name);
    if (opened !== undefined) refuseOtherOptions(name, opened, options);
    if (client === undefined) {
      client = options.mode === 'invalidation' ? this.#invalidationCache(name, options) : new CacheClient(name, options, this.#site);
      this.#caches.set(name, client as unknown as Cache<string, unknown>);
      this.#opened.set(name, options as CacheOptions<never>);
    }
    return client;
  }

  #invalidationCache<K extends string, V>(name: string, options: CacheOptions<V>): Cache<K, V> {
    const client = new InvalidationClient<K, V>(name, options, this.#site, this.#topic(`invalidation ${name}`));
    this.#forgetful.push(client);
    return client;
  }

  topic(name: string): Topic {
    if (!/^[^\s]{1,80}$/.test(name))
      throw new GridError('GRID_BAD_ARGUMENT', `topic name '${name.slice(0, 80)}', allowed are 1 to 80 units without white space`);
    return this.#topic(name);
  }

  // Names with a space are the grid's own.
  #topic(name: string): Topic {
    let client = this.#topics.get(name);
    if (client === undefined) {
      client = new TopicClient(name, this.#site);
      this.#topics.set(name, client);
    }
    return client;
  }
}
