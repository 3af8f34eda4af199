import type { GridLogLine } from '../api.ts';
import type { Time } from '../facade/time.ts';
import type { Announcement, Discovery, FoundAddress } from './discovery.ts';
import { maxFound } from './discovery.ts';
import { RepeatedLine } from './repeated-line.ts';

/** Between rounds while this node wants to join. */
export const joiningMs = 500;
/** Between rounds of a member: it keeps its announcement fresh and learns early that the next starter will have trouble. */
export const memberMs = 20_000;
/** A round without an answer has failed. */
export const roundMs = 5_000;
const firstPauseMs = 500;
const maxPauseMs = 5_000;
export const joiningLineMs = 10_000;
export const memberLineMs = 60_000;

export type DiscoveryState =
  | { readonly kind: 'asking' }
  | { readonly kind: 'working'; readonly found: readonly FoundAddress[] }
  | { readonly kind: 'failing'; readonly reason: string };

export interface DiscoveryWatchOptions {
  readonly discovery: Discovery;
  readonly own: Announcement;
  readonly time: Time;
  readonly log: (line: GridLogLine) => void;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ').slice(0, 400);

/** Runs the rounds of a discovery one after the other, after a failure with growing pauses, and says what is wrong a bounded number of times. */
export class DiscoveryWatch {
  readonly #options: DiscoveryWatchOptions;
  readonly #line: RepeatedLine;
  #state: DiscoveryState = { kind: 'asking' };
  #timer: Disposable | undefined;
  #round: Promise<void> | undefined;
  #abort: AbortController | undefined;
  #pauseMs = 0;
  #member = false;
  #stopped = false;
  readonly #counts = { discoveryRounds: 0, discoveryFailures: 0 };
  #listener: ((state: DiscoveryState) => void) | undefined;

  constructor(options: DiscoveryWatchOptions) {
    this.#options = options;
    this.#line = new RepeatedLine(options.time, options.log);
  }

  get state(): DiscoveryState {
    return this.#state;
  }

  /** `listener` hears the outcome of every round. */
  start(listener?: (state: DiscoveryState) => void): void {
    this.#listener = listener;
    this.#next(0);
  }

  /** From now on rounds are rare, and failures no longer keep this node out. */
  joined(): void {
    this.#member = true;
    this.#listener = undefined;
  }

  figures(): Record<string, number> {
    const found = this.#state.kind === 'working' ? this.#state.found.length : 0;
    return { ...this.#counts, discoveryFound: found, discoveryWorking: this.#state.kind === 'working' ? 1 : 0 };
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.[Symbol.dispose]();
    this.#abort?.abort();
    await this.#round;
    await this.#options.discovery.close();
  }

  #next(delayMs: number): void {
    if (this.#stopped) return;
    this.#timer = this.#options.time.after(delayMs, () => {
      this.#round = this.#run();
    });
  }

  async #run(): Promise<void> {
    const { discovery, own, time } = this.#options;
    const abort = new AbortController();
    this.#abort = abort;
    let late = false;
    const limit = time.after(roundMs, () => {
      late = true;
      abort.abort();
    });
    this.#counts.discoveryRounds += 1;
    try {
      const found = await discovery.round(own, abort.signal);
      this.#works(found.slice(0, maxFound));
    } catch (error) {
      if (!this.#stopped) this.#fails(late ? `no answer within ${roundMs} ms (${reasonOf(error)})` : reasonOf(error));
    } finally {
      limit[Symbol.dispose]();
    }
    if (this.#stopped) return;
    this.#listener?.(this.#state);
    if (this.#state.kind === 'failing') this.#next(this.#pauseMs);
    else this.#next(this.#member ? memberMs : joiningMs);
  }

  #works(found: readonly FoundAddress[]): void {
    this.#pauseMs = 0;
    this.#state = { kind: 'working', found };
    this.#line.over({ level: 'info', message: `discovery ${this.#options.discovery.name} works again` });
  }

  #fails(reason: string): void {
    this.#counts.discoveryFailures += 1;
    this.#pauseMs = Math.min(maxPauseMs, Math.max(firstPauseMs, this.#pauseMs * 2));
    this.#state = { kind: 'failing', reason };
    const consequence = this.#member ? 'this member goes on, new ones may not find it' : 'this node joins as soon as it works';
    const message = `discovery ${this.#options.discovery.name} fails: ${reason}; ${consequence}`;
    this.#line.say({ level: 'warn', message }, this.#member ? memberLineMs : joiningLineMs);
  }
}
