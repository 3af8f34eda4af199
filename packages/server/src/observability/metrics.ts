/** The metrics registry as product code sees it. Every metric is declared in `metric-catalogue.ts`; names and labels are Keycloak's. */
export interface Metrics {
  readonly enabled: boolean;
  counter(name: string): Counter;
  /** `read` is called at each scrape. */
  gauge(name: string, labels: Readonly<Record<string, string>>, read: () => number): void;
  timer(name: string): Timer;
  /** Count and sum (and buckets, where histograms are on for the name) that are read at each scrape. */
  summary(name: string, labels: Readonly<Record<string, string>>, reading: SummaryReading): void;
  /** Samples whose labels come and go (members of the view): all of them are asked for at each scrape. */
  collect(name: string, read: () => readonly CollectedSample[]): void;
  /** OpenMetrics text. */
  scrape(): Promise<string>;
}

export interface Counter {
  add(amount: number, labels: Readonly<Record<string, string>>): void;
}

export interface CollectedSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Of summaries: which of their samples this is. */
  readonly part?: '_count' | '_sum' | '_bucket' | undefined;
}

export interface SummaryReading {
  count(): number;
  /** In the unit of the name: seconds or bytes. */
  sum(): number;
  /** Cumulative counts, one for each of `bounds`. */
  readonly histogram?: { readonly bounds: readonly number[]; counts(): readonly number[] } | undefined;
}

export interface Timer {
  /** Seconds. */
  observe(seconds: number, labels: Readonly<Record<string, string>>): void;
}
