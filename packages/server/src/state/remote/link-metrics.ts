import type { Counter, Metrics, Timer } from '../../observability/metrics.ts';
import type { StepObserver, StepOutcome } from './measured-connection.ts';
import type { RemoteLink } from './remote-link.ts';

/** Why a request is given up with 503. */
export type GivenUp = 'time' | 'refused' | 'crowded';

/** What a link tells of itself while it works. */
export interface LinkObserver extends StepObserver {
  opened(): void;
  openFailed(): void;
  lost(): void;
  /** A request is made again. */
  repeated(): void;
  gaveUp(reason: GivenUp): void;
}

/** Counts what a link tells, under the names of the catalogue. */
export class LinkMetrics implements LinkObserver {
  readonly #metrics: Metrics;
  readonly #steps: Timer;
  readonly #echoes: Timer;
  readonly #givenUp: Counter;
  #pending = 0;
  #opened = 0;
  #failed = 0;
  #lost = 0;
  #repeated = 0;

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
    this.#steps = metrics.timer('keygrid_remote_steps_seconds');
    this.#echoes = metrics.timer('keygrid_remote_echo_seconds');
    this.#givenUp = metrics.counter('keygrid_remote_unavailable');
    metrics.gauge('keygrid_remote_pending_steps', {}, () => this.#pending);
    metrics.gauge('keygrid_remote_connections', {}, () => this.#opened);
    metrics.gauge('keygrid_remote_connection_failures', {}, () => this.#failed);
    metrics.gauge('keygrid_remote_connections_lost', {}, () => this.#lost);
    metrics.gauge('keygrid_remote_repeated_requests', {}, () => this.#repeated);
  }

  /** Reads the rest from the link at each scrape. */
  watch(link: Pick<RemoteLink, 'connected' | 'waiting'>): void {
    this.#metrics.gauge('keygrid_remote_connected', {}, () => Number(link.connected));
    this.#metrics.gauge('keygrid_remote_waiting_requests', {}, () => link.waiting);
  }

  began(): void {
    this.#pending += 1;
  }

  ended(operation: string, outcome: StepOutcome, tookMs: number): void {
    this.#pending -= 1;
    this.#steps.observe(tookMs / 1_000, { operation, outcome });
  }

  opened(): void {
    this.#opened += 1;
  }

  openFailed(): void {
    this.#failed += 1;
  }

  lost(): void {
    this.#lost += 1;
  }

  repeated(): void {
    this.#repeated += 1;
  }

  gaveUp(reason: GivenUp): void {
    this.#givenUp.add(1, { reason });
  }

  /** A message of this node to itself came back, or did not in time. */
  echo(heard: boolean, tookMs: number): void {
    this.#echoes.observe(tookMs / 1_000, { outcome: heard ? 'heard' : 'missed' });
  }
}
