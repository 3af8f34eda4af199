import type { AuthorityAnswer, AuthorityRequest } from '../authority/authority.ts';
import { AuthorityState } from '../authority/memory-state.ts';
import type { Random } from './random.ts';
import type { Schedule } from './schedule.ts';

/** How one client reaches the database. */
interface Path {
  reachable: boolean;
  /** New requests do not arrive, answers to older ones still do. */
  stopRequests: boolean;
  /** Extra time of every request on its way; its sender may have given up by then. */
  slowRequestMs: number;
  /** Extra time of every answer on its way back. */
  slowAnswerMs: number;
  /** Probability that a request is executed and its answer lost. */
  loseAnswers: number;
  /** Requests of one client are executed in order. */
  lastArrivalMs: number;
}

const statementTimeoutMs = 1_000;
/** The client gives up; what it sent may be executed all the same, before anything that it sends later. */
const queryTimeoutMs = 1_400;
const maxPast = 20;
/** Above the longest pause between reads that an observation survives, on the slowest clock. */
const silenceMs = 2_000;

export interface Committed {
  readonly request: Extract<AuthorityRequest, { kind: 'change' }>;
}

/** A linearizable store with latency, unreachable clients, lost answers, pauses and fail-overs that forget. */
export class Database {
  state = new AuthorityState();
  /** States before each of the last changes, oldest first: what an asynchronous replica may have. */
  #past: AuthorityState[] = [];
  protected readonly schedule: Schedule;
  readonly #random: Random;
  readonly #paths = new Map<string, Path>();
  readonly #onChange: (committed: Committed) => void;
  downUntilMs = 0;
  /** Whether the process of that client stands still. */
  isFrozen: (client: string) => boolean = () => false;
  /** A statement waited in vain for somebody's lock. */
  onBlocked: (client: string) => void = () => {};
  /** When a time ended in which nobody's statement was executed, longer than any observation may span. */
  silenceEndedMs = Number.NEGATIVE_INFINITY;
  #executedMs = 0;

  constructor(schedule: Schedule, random: Random, onChange: (committed: Committed) => void) {
    this.schedule = schedule;
    this.#random = random;
    this.#onChange = onChange;
  }

  path(client: string): Path {
    const known = this.#paths.get(client);
    if (known !== undefined) return known;
    const path = { reachable: true, stopRequests: false, slowRequestMs: 0, slowAnswerMs: 0, loseAnswers: 0, lastArrivalMs: 0 };
    this.#paths.set(client, path);
    return path;
  }

  heal(): void {
    this.downUntilMs = 0;
    for (const path of this.#paths.values())
      Object.assign(path, { reachable: true, stopRequests: false, slowRequestMs: 0, slowAnswerMs: 0, loseAnswers: 0 });
  }

  /** A replica that lacks the last `forgotten` changes (of beats as well) takes over, on a timeline of its own. False: it would know of no view. */
  failOver(forgotten: number): boolean {
    const replica = forgotten === 0 ? this.state.copy() : this.#past.at(-forgotten)?.copy();
    if (replica === undefined || replica.view === null) return false;
    replica.promote(this.state.timeline + 1);
    this.state = replica;
    this.#past = [];
    return true;
  }

  /** `done` gets undefined when the outcome stays unknown to the client. */
  request(client: string, request: AuthorityRequest, done: (answer: AuthorityAnswer | undefined) => void): void {
    const path = this.path(client);
    const { nowMs } = this.schedule;
    const arriveMs = Math.max(path.lastArrivalMs, nowMs + 0.2 + this.#random.about(0.5) + path.slowRequestMs);
    path.lastArrivalMs = arriveMs;
    let waiting = true;
    const end = (answer: AuthorityAnswer | undefined) => {
      if (waiting) done(answer);
      waiting = false;
    };
    if (arriveMs - nowMs + path.slowAnswerMs >= queryTimeoutMs) this.schedule.at(nowMs + queryTimeoutMs, () => end(undefined));
    this.schedule.at(arriveMs, () => {
      if (!path.reachable || path.stopRequests || this.schedule.nowMs < this.downUntilMs) {
        this.schedule.at(nowMs + statementTimeoutMs, () => end(undefined));
        return;
      }
      const answer = this.execute(request, client);
      if (answer === undefined) {
        this.onBlocked(client);
        this.schedule.after(statementTimeoutMs, () => end(undefined));
        return;
      }
      const lost = this.#random.chance(path.loseAnswers);
      this.schedule.after(lost ? statementTimeoutMs : 0.2 + this.#random.about(0.5) + path.slowAnswerMs, () =>
        end(lost || !path.reachable ? undefined : answer),
      );
    });
  }

  /** Undefined: it waits for a lock that somebody else holds. */
  protected execute(request: AuthorityRequest, _client: string): AuthorityAnswer | undefined {
    const { nowMs } = this.schedule;
    if (nowMs - this.#executedMs >= silenceMs) this.silenceEndedMs = nowMs;
    this.#executedMs = nowMs;
    if (request.kind !== 'read') {
      this.#past.push(this.state.copy());
      if (this.#past.length > maxPast) this.#past.shift();
    }
    const answer = this.state.execute(request);
    if (answer.accepted && request.kind === 'change') this.#onChange({ request });
    return { ...answer, clockMs: nowMs };
  }
}
