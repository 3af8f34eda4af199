import type { Target } from './operation.ts';

/** How calls arrive; figures are one worker's share. */
export type Load =
  | { readonly model: 'closed'; readonly callers: number; readonly seconds: number }
  | { readonly model: 'open'; readonly perSecond: number; readonly seconds: number };

export type WorkerTask =
  | { readonly kind: 'target'; readonly target: Target }
  | { readonly kind: 'run'; readonly operation: string; readonly load: Load };

export interface WorkerAnswer {
  /** Counts of latencies; see Latencies. */
  readonly buckets: readonly (readonly [index: number, count: number])[];
  readonly failures: number;
  readonly firstFailure?: string;
  readonly seconds: number;
  readonly cpuMs: number;
}
