import type { AuthorityAnswer, AuthorityRequest } from '../authority/authority.ts';
import { AuthorityState } from '../authority/memory-state.ts';
import type { Random } from './random.ts';
import type { Schedule } from './schedule.ts';

/** How one client reaches the database. */
interface Path {
  reachable: boolean;
  /** New requests do not arrive, answers to older ones still do. */
  stopRequests: boolean;
  /** Extra time of every answer on its way back. */
  slowAnswerMs: number;
  /** Probability that a request is executed and its answer lost. */
  loseAnswers: number;
  /** Requests of one client are executed in order. */
  lastArrivalMs: number;
}

const statementTimeoutMs = 1_000;

export interface Committed {
  readonly request: Extract<AuthorityRequest, { kind: 'change' }>;
}

/** A linearizable store with latency, unreachable clients, lost answers and pauses. */
export class Database {
  readonly state = new AuthorityState();
  readonly #schedule: Schedule;
  readonly #random: Random;
  readonly #paths = new Map<string, Path>();
  readonly #onChange: (committed: Committed) => void;
  /** Planted bug: changes are applied whatever epoch they expect. */
  readonly #unchecked: boolean;
  downUntilMs = 0;

  constructor(schedule: Schedule, random: Random, onChange: (committed: Committed) => void, unchecked: boolean) {
    this.#schedule = schedule;
    this.#random = random;
    this.#onChange = onChange;
    this.#unchecked = unchecked;
  }

  path(client: string): Path {
    const known = this.#paths.get(client);
    if (known !== undefined) return known;
    const path = { reachable: true, stopRequests: false, slowAnswerMs: 0, loseAnswers: 0, lastArrivalMs: 0 };
    this.#paths.set(client, path);
    return path;
  }

  heal(): void {
    this.downUntilMs = 0;
    for (const path of this.#paths.values()) Object.assign(path, { reachable: true, stopRequests: false, slowAnswerMs: 0, loseAnswers: 0 });
  }

  /** `done` gets undefined when the outcome stays unknown to the client. */
  request(client: string, request: AuthorityRequest, done: (answer: AuthorityAnswer | undefined) => void): void {
    const path = this.path(client);
    const { nowMs } = this.#schedule;
    const arriveMs = Math.max(path.lastArrivalMs, nowMs + 0.2 + this.#random.about(0.5));
    path.lastArrivalMs = arriveMs;
    this.#schedule.at(arriveMs, () => {
      if (!path.reachable || path.stopRequests || this.#schedule.nowMs < this.downUntilMs) {
        this.#schedule.at(nowMs + statementTimeoutMs, () => done(undefined));
        return;
      }
      const answer = this.#execute(request);
      const lost = this.#random.chance(path.loseAnswers);
      this.#schedule.after(lost ? statementTimeoutMs : 0.2 + this.#random.about(0.5) + path.slowAnswerMs, () =>
        done(lost || !path.reachable ? undefined : answer),
      );
    });
  }

  #execute(request: AuthorityRequest): AuthorityAnswer {
    const actual = this.#unchecked && request.kind === 'change' ? { ...request, expectedEpoch: this.state.view?.epoch ?? 0 } : request;
    const answer = this.state.execute(actual);
    if (answer.accepted && request.kind === 'change') this.#onChange({ request });
    return answer;
  }
}
