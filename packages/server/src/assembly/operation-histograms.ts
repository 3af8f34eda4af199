import type { CountedKind, GridHooks } from '@keygrid/grid';
import { HISTOGRAM_BOUNDS } from '../observability/create-metrics.ts';
import { DurationHistogram } from '../observability/duration-histogram.ts';

/** Nodes of which the request times are kept; more than any cluster has. */
const MAX_PEERS = 200;

/** Times of single operations, for option `cache-metrics-histograms-enabled`. The grid calls the hooks; the metrics read the histograms. */
export class OperationHistograms {
  readonly #operations = new Map<string, DurationHistogram>();
  readonly #requests = new Map<string, DurationHistogram>();

  /** What the grid is started with. */
  readonly hooks: GridHooks = {
    counted: (cache, kind, tookMs) => this.counted(cache, kind, tookMs),
    answered: (peer, tookMs) => this.request(peer)?.record(tookMs / 1_000),
  };

  counted(cache: string, kind: CountedKind, tookMs: number): void {
    this.#operations.get(`${kind} ${cache}`)?.record(tookMs / 1_000);
  }

  /** Made when the metrics ask for it first: caches that no metric names are not counted. */
  operation(cache: string, kind: CountedKind): DurationHistogram {
    return made(this.#operations, `${kind} ${cache}`);
  }

  request(peer: string): DurationHistogram | undefined {
    if (!this.#requests.has(peer) && this.#requests.size >= MAX_PEERS) return undefined;
    return made(this.#requests, peer);
  }
}

function made(histograms: Map<string, DurationHistogram>, name: string): DurationHistogram {
  const histogram = histograms.get(name) ?? new DurationHistogram(HISTOGRAM_BOUNDS);
  histograms.set(name, histogram);
  return histogram;
}
