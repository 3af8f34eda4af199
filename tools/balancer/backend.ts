import { request } from 'node:http';

/** Where a node serves and where its readiness is asked. */
export interface BackendAddress {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly managementPort: number;
}

/** Consecutive failed probes that take a node out; one success takes it back. */
const FAILURES_UNTIL_OUT = 2;

/** A node behind the balancer and what is known of its readiness. */
export class Backend {
  readonly address: BackendAddress;
  readonly #probeTimeoutMs: number;
  readonly #onChange: (backend: Backend) => void;
  #failures = FAILURES_UNTIL_OUT;
  #inFlight = new Set<() => void>();

  constructor(address: BackendAddress, options: { probeTimeoutMs: number; onChange: (backend: Backend) => void }) {
    this.address = address;
    this.#probeTimeoutMs = options.probeTimeoutMs;
    this.#onChange = options.onChange;
  }

  get ready(): boolean {
    return this.#failures < FAILURES_UNTIL_OUT;
  }

  /** A request that is under way; `abandon` is called if the node is taken out meanwhile. */
  track(abandon: () => void): () => void {
    this.#inFlight.add(abandon);
    return () => this.#inFlight.delete(abandon);
  }

  /** A refused connection says at once what the next probe would say. */
  refused(): void {
    this.#note(false, FAILURES_UNTIL_OUT);
  }

  /** Asks /health/ready; never throws. */
  probe(): Promise<void> {
    return new Promise((resolve) => {
      const { host, managementPort } = this.address;
      const asked = request(
        { host, port: managementPort, path: '/health/ready', timeout: this.#probeTimeoutMs, agent: false },
        (response) => {
          response.resume();
          this.#note(response.statusCode === 200, 1);
          resolve();
        },
      );
      asked.on('timeout', () => asked.destroy(new Error('no answer in time')));
      asked.on('error', () => {
        this.#note(false, 1);
        resolve();
      });
      asked.end();
    });
  }

  #note(ok: boolean, weight: number): void {
    const before = this.ready;
    this.#failures = ok ? 0 : Math.min(this.#failures + weight, FAILURES_UNTIL_OUT);
    if (this.ready === before) return;
    this.#onChange(this);
    if (!this.ready) for (const abandon of [...this.#inFlight]) abandon();
  }
}
