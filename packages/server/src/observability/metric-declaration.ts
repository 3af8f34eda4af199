/** counter: counts since start. gauge: read at each scrape. timer: observed durations, count and sum (and buckets). summary: count and sum read at each scrape. */
export type MetricKind = 'counter' | 'gauge' | 'timer' | 'summary';

export interface MetricDeclaration {
  readonly kind: MetricKind;
  readonly help: string;
  readonly labels: readonly string[];
}

export const gauge = (help: string, labels: readonly string[] = []): MetricDeclaration => ({ kind: 'gauge', help, labels });
export const counter = (help: string, labels: readonly string[] = []): MetricDeclaration => ({ kind: 'counter', help, labels });
export const timer = (help: string, labels: readonly string[] = []): MetricDeclaration => ({ kind: 'timer', help, labels });
export const summary = (help: string, labels: readonly string[]): MetricDeclaration => ({ kind: 'summary', help, labels });
