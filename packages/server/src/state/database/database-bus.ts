import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { InvalidationBus, InvalidationKey } from '../../cache/contracts.ts';
import type { Logger } from '../../observability/logger.ts';
import type { NotificationStore, ServerNodeStore } from '../../store/shared-state.ts';
import { type DatabaseMember, leaseMs } from './database-member.ts';

/** What all nodes of a database listen to. */
export const workChannel = 'keygrid_work';
/** Where one node hears the acknowledgements of its own messages. */
export const acknowledgementChannel = (nodeId: string): string => `keygrid_ack_${nodeId}`;

/** How long a writer waits for the nodes before it looks again who is there. */
const acknowledgeMs = 1_000;
/** Between two tries of a message that did not reach all. */
const resendMs = 250;
/** A payload holds fewer than 8,000 bytes. */
const maxPayloadBytes = 7_000;
/** More than so many messages are not worth sending: everything is dropped instead. */
const maxMessages = 24;

/** On the work channel. Without keys: drop everything. */
interface Message {
  readonly id: string;
  readonly from: string;
  readonly keys?: readonly InvalidationKey[];
}

/** A message whose writer waits. */
interface Pending {
  readonly acknowledged: Set<string>;
  /** Set once it is known who is to answer. */
  awaited: readonly string[] | undefined;
  done: () => void;
}

interface Answer {
  /** Whether all of them have acknowledged, at the latest after `waitMs`. */
  from(awaited: readonly string[], waitMs: number): Promise<boolean>;
}

export interface DatabaseBusOptions {
  readonly member: DatabaseMember;
  readonly nodes: ServerNodeStore;
  readonly notifications: NotificationStore;
  readonly logger: Logger;
  /**
   * How long a writer waits for nodes that live and do not answer, sending again meanwhile; by default it asks once, and the outbox sees to the
   * rest. Longer than a lease, and than the outbox is read apart: then every node has dropped the keys or serves nothing.
   */
  readonly patienceMs?: number | undefined;
}

type Handler = (keys: readonly InvalidationKey[]) => void | Promise<void>;

/**
 * Invalidations by NOTIFY: what the grid's topic does, through the database. Every node that lives acknowledges each message after it has
 * dropped the keys, and the writer is answered after that. The outbox row that was committed with the change is the safety net.
 */
export class DatabaseBus implements InvalidationBus {
  readonly #options: DatabaseBusOptions;
  readonly #handlers = new Set<Handler>();
  readonly #pending = new Map<string, Pending>();

  constructor(options: DatabaseBusOptions) {
    this.#options = options;
  }

  async publish(keys: readonly InvalidationKey[]): Promise<boolean> {
    const { member, logger, patienceMs = 0 } = this.#options;
    const parts = split(keys);
    const messages = (parts.length > maxMessages || parts.some((part) => bytesOf(part) > maxPayloadBytes) ? [undefined] : parts).map(
      (part): Message => ({ id: randomBytes(9).toString('base64url'), from: member.id, ...(part === undefined ? {} : { keys: part }) }),
    );
    const answers = messages.map((message) => this.#expect(message.id));
    const endsAtMs = performance.now() + patienceMs;
    try {
      for (;;) {
        const { handled, everyone, error } = await this.#tell(messages, answers);
        if (handled) return everyone;
        if (performance.now() + resendMs >= endsAtMs) {
          if (error !== undefined) logger.warn('an invalidation did not reach all nodes; they learn of it from the outbox', { error });
          return false;
        }
        await delay(resendMs);
      }
    } finally {
      for (const message of messages) this.#pending.delete(message.id);
    }
  }

  /** Sends once; a message that comes twice does no harm. `handled`: by all nodes that keep anything. `everyone`: by all that live. */
  async #tell(messages: readonly Message[], answers: readonly Answer[]): Promise<{ handled: boolean; everyone: boolean; error?: unknown }> {
    const { notifications, nodes, member } = this.#options;
    const texts = messages.map((message) => JSON.stringify(message));
    const error: unknown = await notifications.notify(workChannel, texts).then(
      () => undefined,
      (unsent: unknown) => unsent,
    );
    try {
      // Asked after the message went out: a node that comes later has nothing cached that is older.
      const others = (await nodes.list(leaseMs)).filter((node) => node.id !== member.id);
      const awaited = others.filter((node) => node.acknowledges).map((node) => node.id);
      const all = await Promise.all(answers.map((answer) => answer.from(awaited, error === undefined ? acknowledgeMs : 0)));
      return { handled: all.every(Boolean), everyone: awaited.length === others.length, error };
    } catch (unread) {
      return { handled: false, everyone: false, error: unread };
    }
  }

  subscribe(handler: Handler): Disposable {
    this.#handlers.add(handler);
    return { [Symbol.dispose]: () => void this.#handlers.delete(handler) };
  }

  onGap(handler: () => void): Disposable {
    return this.#options.member.onGap(handler);
  }

  onDeaf(handler: (deaf: boolean) => void): Disposable {
    return this.#options.member.onDeaf(handler);
  }

  /** What came on one of the two channels. */
  receive(channel: string, payload: string): void {
    if (channel === workChannel) void this.#handle(payload);
    else if (channel === acknowledgementChannel(this.#options.member.id)) this.#acknowledged(payload);
  }

  async #handle(payload: string): Promise<void> {
    const { member, notifications, logger } = this.#options;
    const message = parse(payload);
    if (message === undefined || message.from === member.id) return;
    try {
      const { keys } = message;
      if (keys === undefined) member.gap();
      else await Promise.all([...this.#handlers].map((handler) => handler(keys)));
      await notifications.notify(acknowledgementChannel(message.from), [`${message.id} ${member.id}`]);
    } catch (error) {
      logger.debug('an invalidation could not be handled or acknowledged', { error });
    }
  }

  #acknowledged(payload: string): void {
    const [id = '', node = ''] = payload.split(' ');
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    pending.acknowledged.add(node);
    if (isComplete(pending)) pending.done();
  }

  #expect(id: string): Answer {
    const pending: Pending = { acknowledged: new Set(), awaited: undefined, done: () => undefined };
    this.#pending.set(id, pending);
    return {
      async from(awaited, waitMs) {
        pending.awaited = awaited;
        if (isComplete(pending) || waitMs === 0) return isComplete(pending);
        const complete = Promise.withResolvers<void>();
        pending.done = complete.resolve;
        const timer = setTimeout(complete.resolve, waitMs);
        await complete.promise;
        clearTimeout(timer);
        return isComplete(pending);
      },
    };
  }
}

function isComplete({ awaited, acknowledged }: Pending): boolean {
  return awaited?.every((node) => acknowledged.has(node)) === true;
}

function bytesOf(keys: readonly InvalidationKey[]): number {
  return Buffer.byteLength(JSON.stringify(keys));
}

/** The keys in messages that fit; a key that is too long stands alone. */
function split(keys: readonly InvalidationKey[]): InvalidationKey[][] {
  const parts: InvalidationKey[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const key of keys) {
    const size = bytesOf([key]);
    if (bytes + size > maxPayloadBytes) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)?.push(key);
    bytes += size;
  }
  return parts;
}

function parse(payload: string): Message | undefined {
  try {
    const message = JSON.parse(payload) as Partial<Message>;
    if (typeof message.id !== 'string' || typeof message.from !== 'string') return undefined;
    const { keys } = message;
    if (keys !== undefined && !(Array.isArray(keys) && keys.every((key) => typeof key === 'string'))) return undefined;
    return { id: message.id, from: message.from, ...(keys === undefined ? {} : { keys }) };
  } catch {
    return undefined;
  }
}
