import type { Cache, CacheOptions, Topic } from '../api.ts';
import { GridError } from '../errors.ts';
import type { MemberId } from '../protocol/types.ts';
import { CacheClient } from './client.ts';
import { DataCore } from './core.ts';
import type { DataEnvironment, PlantedFault } from './node.ts';
import { TopicClient } from './topic-client.ts';

export interface DataSideOptions extends Omit<DataEnvironment, 'topicMessage' | 'topicGap'> {
  /** Own monotonic clock. */
  nowMs(): number;
  memberName(id: MemberId): string | undefined;
  /** Simulator only. */
  readonly faults?: Iterable<PlantedFault>;
}

/** The core of one member together with its caches and topics; what the facade holds. */
export class DataSide {
  readonly core: DataCore;
  readonly #options: DataSideOptions;
  readonly #caches = new Map<string, CacheClient<unknown>>();
  readonly #topics = new Map<string, TopicClient>();

  constructor(options: DataSideOptions) {
    this.#options = options;
    const name = (id: MemberId): string => options.memberName(id) ?? String(id);
    this.core = new DataCore(
      {
        send: (to, lane, message) => options.send(to, lane, message),
        mayServe: (nowMs) => options.mayServe(nowMs),
        gridTimeMs: (nowMs) => options.gridTimeMs(nowMs),
        confirm: (epoch, nowMs) => options.confirm(epoch, nowMs),
        lost: (segments) => options.lost(segments),
        topicMessage: (topic, sender, payload, acknowledge) => {
          const client = this.#topics.get(topic);
          // Nobody here listens: nothing was derived, so the message counts as handled.
          if (client === undefined) acknowledge();
          else client.deliver(payload, name(sender), acknowledge);
        },
        topicGap: (topic, sender) => this.#topics.get(topic)?.gap(name(sender)),
      },
      options.faults,
    );
  }

  /** The same object for the same name; the options of the first call count. */
  cache<V>(name: string, options: CacheOptions<V> = {}): Cache<V> {
    if (name.length === 0 || name.length > 80)
      throw new GridError('GRID_BAD_ARGUMENT', `cache name of ${name.length} units, allowed are 1 to 80`);
    let client = this.#caches.get(name);
    if (client === undefined) {
      client = new CacheClient<V>(name, options, {
        core: this.core,
        nowMs: this.#options.nowMs,
        memberName: this.#options.memberName,
      }) as unknown as CacheClient<unknown>;
      this.#caches.set(name, client);
    }
    return client as unknown as Cache<V>;
  }

  topic(name: string): Topic {
    let client = this.#topics.get(name);
    if (client === undefined) {
      client = new TopicClient(name, this.core, this.#options.nowMs);
      this.#topics.set(name, client);
    }
    return client;
  }
}
