/** One call to an application. `body` may hold a signed token: it is never logged. */
export interface OutboundCall {
  readonly url: string;
  readonly contentType: string;
  readonly body: string;
  /** Whom the call is for, in words for the log. */
  readonly label: string;
}

/** Sends one request and gives the status; throws where there is no answer in time. */
export type Post = (call: OutboundCall) => Promise<number>;

/** done: the application took it. refused: it said no, for good. failed: no answer after the last try. dropped: the queue was full. */
export type CallOutcome = 'done' | 'refused' | 'failed' | 'dropped';

export interface CallQueueOptions {
  readonly post: Post;
  /** Runs `run` once, later. */
  readonly after: (delayMs: number, run: () => void) => Disposable;
  readonly onOutcome: (call: OutboundCall, outcome: CallOutcome, detail: string) => void;
  readonly limits?: Partial<CallLimits>;
}

export interface CallLimits {
  /** Calls that wait, for their turn or for their next try; what comes on top is dropped and said so. */
  readonly maxWaiting: number;
  readonly maxRunning: number;
  /** One application that hangs may not hold up the others. */
  readonly maxRunningPerOrigin: number;
  /** Waits before the second try, the third and so on. A logout token is good for two minutes: the last try comes before. */
  readonly retryDelaysMs: readonly number[];
}

const DEFAULT_LIMITS: CallLimits = { maxWaiting: 1_000, maxRunning: 16, maxRunningPerOrigin: 4, retryDelaysMs: [1_000, 5_000, 20_000] };

interface Job {
  readonly call: OutboundCall;
  readonly origin: string;
  readonly retries: boolean;
  tries: number;
  /** Called once, when the first try is over. */
  readonly firstTryOver: (outcome: CallOutcome | undefined) => void;
}

/** Calls to applications: bounded in number, in parallel and per application; what fails for now is tried again. */
export class CallQueue implements Disposable {
  readonly #options: CallQueueOptions;
  readonly #limits: CallLimits;
  readonly #ready: Job[] = [];
  readonly #pauses = new Set<Disposable>();
  readonly #running = new Map<string, number>();
  #runningCount = 0;
  #closed = false;

  constructor(options: CallQueueOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
  }

  get waiting(): number {
    return this.#ready.length + this.#pauses.size;
  }

  /** Resolves when the first try is over: with the outcome where there will be no other, else undefined. */
  send(call: OutboundCall, { retries }: { readonly retries: boolean }): Promise<CallOutcome | undefined> {
    const { promise, resolve } = Promise.withResolvers<CallOutcome | undefined>();
    const origin = originOf(call.url);
    if (origin === undefined)
      this.#end({ call, origin: '', retries, tries: 1, firstTryOver: resolve }, 'refused', 'the address is no http(s) URL');
    else {
      const job: Job = { call, origin, retries, tries: 0, firstTryOver: resolve };
      if (this.#closed || this.waiting >= this.#limits.maxWaiting)
        this.#end(job, 'dropped', `more than ${this.#limits.maxWaiting} calls wait`);
      else {
        this.#ready.push(job);
        this.#startReady();
      }
    }
    return promise;
  }

  #startReady(): void {
    while (this.#runningCount < this.#limits.maxRunning) {
      const at = this.#ready.findIndex(({ origin }) => (this.#running.get(origin) ?? 0) < this.#limits.maxRunningPerOrigin);
      if (at < 0) return;
      const [job] = this.#ready.splice(at, 1);
      if (job !== undefined) void this.#run(job);
    }
  }

  async #run(job: Job): Promise<void> {
    this.#count(job.origin, 1);
    job.tries += 1;
    let status: number | undefined;
    let detail: string;
    try {
      status = await this.#options.post(job.call);
      detail = `status ${status}`;
    } catch (error) {
      detail = error instanceof Error ? error.message : String(error);
    }
    this.#count(job.origin, -1);
    if (status !== undefined && status >= 200 && status < 300) this.#end(job, 'done', detail);
    else if (status !== undefined && !isForNow(status)) this.#end(job, 'refused', detail);
    else this.#tryAgain(job, detail);
    this.#startReady();
  }

  #tryAgain(job: Job, detail: string): void {
    const delayMs = job.retries && !this.#closed ? this.#limits.retryDelaysMs[job.tries - 1] : undefined;
    if (delayMs === undefined) {
      this.#end(job, 'failed', detail);
      return;
    }
    job.firstTryOver(undefined);
    const pause = this.#options.after(delayMs, () => {
      this.#pauses.delete(pause);
      this.#ready.push(job);
      this.#startReady();
    });
    this.#pauses.add(pause);
  }

  #end(job: Job, outcome: CallOutcome, detail: string): void {
    this.#options.onOutcome(job.call, outcome, detail);
    job.firstTryOver(outcome);
  }

  #count(origin: string, change: 1 | -1): void {
    this.#runningCount += change;
    const running = (this.#running.get(origin) ?? 0) + change;
    if (running === 0) this.#running.delete(origin);
    else this.#running.set(origin, running);
  }

  /** Gives up what waits; what is under way ends by itself. */
  [Symbol.dispose](): void {
    this.#closed = true;
    for (const pause of this.#pauses) pause[Symbol.dispose]();
    this.#pauses.clear();
    for (const job of this.#ready.splice(0)) this.#end(job, 'dropped', 'the node stops');
  }
}

/** Whether the application may say something else in a while. */
function isForNow(status: number): boolean {
  return status >= 500 || status === 429 || status === 408;
}

function originOf(url: string): string | undefined {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  return parsed?.protocol === 'http:' || parsed?.protocol === 'https:' ? parsed.origin : undefined;
}
