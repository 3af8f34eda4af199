import type { Logger } from '../../observability/logger.ts';
import type { ServerNode, ServerNodeStore } from '../../store/shared-state.ts';
import type { Membership } from '../membership.ts';

/** How often a node says that it lives. */
export const beatMs = 1_000;
/** Writers wait for a node whose last beat is younger, by the database's clock. */
export const leaseMs = 6_000;
/** A node stops to serve so much before the others stop to wait for it. */
const marginMs = 1_000;
/** Rows of nodes that went without a word are removed after this. */
const keepMs = 60_000;
const beatsPerCleaning = 30;

export interface DatabaseMemberOptions {
  readonly store: ServerNodeStore;
  readonly node: Pick<ServerNode, 'id' | 'name' | 'clusterName' | 'mode'>;
  readonly logger: Logger;
  /** Milliseconds of a clock that is never set. */
  readonly monotonicMs: () => number;
  readonly every: (intervalMs: number, tick: () => void) => Disposable;
  /**
   * Before a beat: whether everything that was sent to this node so far has been handed over. While notifications do not come through,
   * `catchUp` reads the outbox instead.
   */
  readonly heard: () => Promise<boolean>;
  readonly catchUp: () => Promise<boolean>;
}

/**
 * This node's beat in table server_node. Others wait for its acknowledgements while its beat is young; a node whose beat is not (it was
 * frozen, or the database is away) knows it by its own clock before they stop waiting, serves nothing until the next beat, and drops what it
 * has cached.
 */
export class DatabaseMember implements Membership, AsyncDisposable {
  readonly id: string;
  readonly #options: DatabaseMemberOptions;
  readonly #gaps = new Set<() => void>();
  readonly #deafness = new Set<(deaf: boolean) => void>();
  #deaf = false;
  #validUntilMs = Number.NEGATIVE_INFINITY;
  #others: readonly ServerNode[] = [];
  #beats = 0;
  #suspensions = 0;
  #beating: Promise<void> | undefined;
  #timer: Disposable | undefined;
  #stopped = false;

  constructor(options: DatabaseMemberOptions) {
    this.#options = options;
    this.id = options.node.id;
  }

  /** The first beat; rejects where the database cannot be written. */
  async start(): Promise<void> {
    await this.#beat();
    this.#timer = this.#options.every(beatMs, () => void this.beat());
  }

  get fenced(): boolean {
    return this.#options.monotonicMs() >= this.#validUntilMs;
  }

  get ready(): boolean {
    return !this.#stopped && !this.fenced;
  }

  get size(): number {
    return this.#others.length + 1;
  }

  /** The node was not heard of for so long that writers may not have waited for it, or a message may be missing. */
  onGap(handler: () => void): Disposable {
    this.#gaps.add(handler);
    return { [Symbol.dispose]: () => void this.#gaps.delete(handler) };
  }

  /** Told when this node begins to serve without hearing the others, and when it hears them again. */
  onDeaf(handler: (deaf: boolean) => void): Disposable {
    this.#deafness.add(handler);
    return { [Symbol.dispose]: () => void this.#deafness.delete(handler) };
  }

  /** This node goes on without hearing the others. Called from `catchUp`: before the row says that nobody need wait for this node. */
  deafen(): void {
    this.#setDeaf(true);
  }

  /** Messages do not come through: nothing is served until a beat says that nothing was missed. */
  suspend(): void {
    this.#suspensions += 1;
    this.#validUntilMs = Number.NEGATIVE_INFINITY;
  }

  gap(): void {
    for (const handler of this.#gaps) handler();
  }

  /** Once it was started. Never throws; a beat that fails is followed by the next. */
  beat(): Promise<void> {
    if (this.#stopped || this.#timer === undefined) return Promise.resolve();
    this.#beating ??= this.#beat()
      .catch((error: unknown) => this.#options.logger.debug('the beat could not be written', { error }))
      .finally(() => {
        this.#beating = undefined;
      });
    return this.#beating;
  }

  async #beat(): Promise<void> {
    const { store, node, monotonicMs, heard, catchUp } = this.#options;
    const beganMs = monotonicMs();
    const wasFenced = this.fenced;
    const suspensions = this.#suspensions;
    const acknowledges = await heard();
    if (!acknowledges && !(await catchUp())) return;
    if (this.#stopped) return;
    await store.beat({ ...node, acknowledges });
    this.#others = (await store.list(leaseMs)).filter((one) => one.id !== node.id);
    this.#beats += 1;
    if (this.#beats % beatsPerCleaning === 0) await store.removeOlderThan(keepMs);
    if (this.#stopped || suspensions !== this.#suspensions) return;
    // Writers wait for this node again from here on; what they changed before is unknown.
    if (wasFenced || (acknowledges && this.#deaf)) this.gap();
    if (acknowledges) this.#setDeaf(false);
    this.#validUntilMs = beganMs + leaseMs - marginMs;
  }

  #setDeaf(deaf: boolean): void {
    if (this.#deaf === deaf) return;
    this.#deaf = deaf;
    for (const handler of this.#deafness) handler(deaf);
  }

  /** Takes the row away, so that nobody waits for this node any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    this.#timer?.[Symbol.dispose]();
    await this.#beating;
    await this.#options.store
      .remove(this.id)
      .catch((error: unknown) => this.#options.logger.debug('the row of this node could not be removed', { error }));
  }
}
