import { Gauge, type MetricObjectWithValues, type MetricValue, type Registry } from 'prom-client';
import type { MetricDeclaration } from './metric-declaration.ts';
import type { CollectedSample } from './metrics.ts';

/** Most label combinations of one metric; more means that unbounded data reached a label. */
export const MAX_SERIES = 10_000;

type Labels = Readonly<Record<string, string>>;

interface Cell {
  readonly labels: Labels;
  count: number;
  sum: number;
  readonly buckets: number[];
  /** Suffix of the sample's name -> reader, for gauges and summaries. */
  readonly readers: Map<string, () => number>;
  /** Cumulative counts by upper bound, of summaries with a histogram. */
  bucketReader?: { readonly bounds: readonly number[]; readonly counts: () => readonly number[] };
}

interface Sample {
  readonly metricName?: string;
  readonly labels: Record<string, string>;
  readonly value: number;
}

/** A reader whose subject is gone (a stopped grid, a closed pool) costs its own sample, not the whole scrape. */
function readOrSkip(reader: () => number): number | undefined {
  try {
    return reader();
  } catch {
    return undefined;
  }
}

/**
 * One metric with all its label combinations. A prom-client metric of our own: its Summary keeps a digest of every value, which nobody asked for
 * and every request would pay.
 */
export class MetricFamily extends Gauge {
  readonly #name: string;
  readonly #declaration: MetricDeclaration;
  readonly #bounds: readonly number[];
  readonly #cells = new Map<string, Cell>();
  readonly #onDropped: (metric: string) => void;
  #collected: (() => readonly CollectedSample[]) | undefined;

  constructor(
    name: string,
    declaration: MetricDeclaration,
    bounds: readonly number[],
    registry: Registry,
    onDropped: (metric: string) => void,
  ) {
    super({ name, help: declaration.help, registers: [registry] });
    this.#name = name;
    this.#declaration = declaration;
    this.#bounds = bounds;
    this.#onDropped = onDropped;
  }

  /** Counts `amount` (counters) or a duration in seconds (timers). */
  record(amount: number, labels: Labels): void {
    const cell = this.#cell(labels);
    if (cell === undefined) return;
    cell.count += 1;
    cell.sum += amount;
    for (let index = this.#bounds.length - 1; index >= 0 && amount <= (this.#bounds[index] ?? 0); index -= 1) {
      cell.buckets[index] = (cell.buckets[index] ?? 0) + 1;
    }
  }

  /** Reads a sample at each scrape; a later reader of the same labels takes the place of the earlier one. */
  read(suffix: string, labels: Labels, reader: () => number): void {
    this.#cell(labels)?.readers.set(suffix, reader);
  }

  /** Reads cumulative counts at each scrape; the metric is a histogram then. */
  readBuckets(labels: Labels, bounds: readonly number[], counts: () => readonly number[]): void {
    const cell = this.#cell(labels);
    if (cell !== undefined) cell.bucketReader = { bounds, counts };
  }

  /** Asks for all samples at each scrape; a later call takes the place of the earlier one. */
  collect(read: () => readonly CollectedSample[]): void {
    this.#collected = read;
  }

  #cell(labels: Labels): Cell | undefined {
    let key = '';
    for (const name of this.#declaration.labels) key += `${labels[name] ?? ''}\u0000`;
    const known = this.#cells.get(key);
    if (known !== undefined) return known;
    if (this.#cells.size >= MAX_SERIES) {
      this.#onDropped(this.#name);
      return undefined;
    }
    const cell: Cell = { labels: this.#declared(labels), count: 0, sum: 0, buckets: this.#bounds.map(() => 0), readers: new Map() };
    this.#cells.set(key, cell);
    return cell;
  }

  /** In the order of the declaration, the bound of a bucket last. */
  #declared(labels: Labels): Record<string, string> {
    const declared = [...this.#declaration.labels, 'le'].filter((name) => labels[name] !== undefined);
    return Object.fromEntries(declared.map((name) => [name, labels[name] ?? '']));
  }

  #samplesOf(cell: Cell): Sample[] {
    const labels = { ...cell.labels };
    const { kind } = this.#declaration;
    if (kind === 'counter' && cell.readers.size === 0) return [{ labels, value: cell.sum }];
    if (kind !== 'timer') {
      const read = [...cell.readers].flatMap(([suffix, reader]): Sample[] => {
        const value = readOrSkip(reader);
        return value === undefined ? [] : [{ ...(suffix === '' ? {} : { metricName: this.#name + suffix }), labels, value }];
      });
      if (cell.bucketReader === undefined) return read;
      const { bounds, counts } = cell.bucketReader;
      return [...this.#bucketSamples(labels, bounds, counts(), cell.readers.get('_count')?.() ?? 0), ...read];
    }
    const samples = this.#bucketSamples(labels, this.#bounds, cell.buckets, cell.count);
    samples.push(
      { metricName: `${this.#name}_count`, labels, value: cell.count },
      { metricName: `${this.#name}_sum`, labels, value: cell.sum },
    );
    return samples;
  }

  #collectedSamples(): Sample[] {
    try {
      return (this.#collected?.() ?? []).slice(0, MAX_SERIES).map(({ labels, value, part }) => ({
        ...(part === undefined ? {} : { metricName: this.#name + part }),
        labels: this.#declared(labels),
        value,
      }));
    } catch {
      // As with single readers: its subject is gone.
      return [];
    }
  }

  #bucketSamples(labels: Labels, bounds: readonly number[], counts: readonly number[], count: number): Sample[] {
    if (bounds.length === 0) return [];
    const sample = (le: string, value: number): Sample => ({ metricName: `${this.#name}_bucket`, labels: { ...labels, le }, value });
    return [...bounds.map((bound, index) => sample(String(bound), counts[index] ?? 0)), sample('+Inf', count)];
  }

  override async get(): Promise<MetricObjectWithValues<MetricValue<string>>> {
    const { kind, help } = this.#declaration;
    const values = [...this.#collectedSamples(), ...[...this.#cells.values()].flatMap((cell) => this.#samplesOf(cell))];
    const bucketed = this.#bounds.length > 0 || values.some((sample) => sample.metricName?.endsWith('_bucket'));
    const type = kind === 'timer' || kind === 'summary' ? (bucketed ? 'histogram' : 'summary') : kind;
    // prom-client declares the type as an enum whose members are numbers, but reads and writes these words.
    return { name: this.#name, help, type, values, aggregator: 'sum' } as unknown as MetricObjectWithValues<MetricValue<string>>;
  }
}
