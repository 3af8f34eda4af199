/** The metrics registry as product code sees it. Every metric is declared in `metric-catalogue.ts`; names and labels are Keycloak's. */
export interface Metrics {
  readonly enabled: boolean;
  counter(name: string): Counter;
  /** `read` is called at each scrape. */
  gauge(name: string, labels: Readonly<Record<string, string>>, read: () => number): void;
  timer(name: string): Timer;
  /** OpenMetrics text. */
  scrape(): Promise<string>;
}

export interface Counter {
  add(amount: number, labels: Readonly<Record<string, string>>): void;
}

export interface Timer {
  /** Seconds. */
  observe(seconds: number, labels: Readonly<Record<string, string>>): void;
}
