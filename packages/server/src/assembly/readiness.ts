import { type CheckResult, checkNames } from '../management/health.ts';
import type { HealthChecks } from '../management/health-routes.ts';
import type { Membership } from '../state/membership.ts';

/** How long the last answer of the database counts. */
const DATABASE_FRESH_MS = 10_000;

/** What readiness is made of; everything is known without asking anybody. */
export class Readiness {
  #initialized = false;
  #draining = false;
  #membership: Membership | undefined;
  #clustered = false;
  #unreadySince: Date | undefined;
  #databaseAnsweredAtMs: number;
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#databaseAnsweredAtMs = nowMs();
  }

  initialized(): void {
    this.#initialized = true;
  }

  drain(): void {
    this.#draining = true;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** `clustered` false: cache=local, and the cluster check is left out. */
  watch(membership: Membership, clustered: boolean): void {
    this.#membership = membership;
    this.#clustered = clustered;
  }

  databaseAnswered(): void {
    this.#databaseAnsweredAtMs = this.#nowMs();
  }

  checks(clustered: boolean): HealthChecks {
    const up = (isUp: boolean): CheckResult => ({ up: isUp });
    const ready = [
      { name: checkNames.shutdown, run: () => up(!this.#draining) },
      { name: checkNames.initialized, run: () => up(this.#initialized) },
      ...(clustered ? [{ name: checkNames.cluster, run: () => this.#cluster() }] : []),
      { name: checkNames.database, run: () => up(this.#nowMs() - this.#databaseAnsweredAtMs < DATABASE_FRESH_MS) },
    ];
    return { started: [{ name: checkNames.initialized, run: () => up(this.#initialized) }], live: [], ready };
  }

  #cluster(): CheckResult {
    if (!this.#clustered || this.#membership?.ready === true) {
      this.#unreadySince = undefined;
      return { up: true };
    }
    this.#unreadySince ??= new Date(this.#nowMs());
    return { up: false, data: { failingSince: this.#unreadySince.toISOString() } };
  }
}
