/** What the benchmark and its three member processes say to each other, over the channel of child processes. */
export type MemberCommand =
  | { readonly kind: 'connect'; readonly ports: readonly number[] }
  | { readonly kind: 'run'; readonly operation: string; readonly callers: number; readonly seconds: number }
  /** Resets the loop watch and reads the CPU clock. */
  | { readonly kind: 'begin' }
  | { readonly kind: 'end' }
  | { readonly kind: 'stop' };

export interface RunAnswer {
  readonly operations: number;
  readonly failures: number;
  readonly seconds: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly p999Us: number;
  readonly firstFailure: string | undefined;
}

export interface EndAnswer {
  /** User and system time of the whole process since `begin`. */
  readonly cpuUs: number;
  readonly longestStallMs: number;
}

export interface ReadyAnswer {
  /** Where the bare RPC listens. */
  readonly port: number;
}

/** Bytes of a value: a login session, packed. */
export const VALUE_BYTES = 350;
/** Bytes of a request that carries no value, and of an answer without one: key, operation id and header. */
export const SHORT_BYTES = 120;
export const KEYS = 2_048;
