/** How a member process is started. */
export interface MemberSetting {
  readonly name: string;
  readonly databaseUrl: string;
  readonly cluster?: string | undefined;
  readonly fastDeath?: boolean | undefined;
}

/** What the benchmark and its member processes say to each other, over the channel of child processes. */
export type MemberCommand =
  /** Joins; answers when it is in a stable view of so many members. */
  | { readonly kind: 'start'; readonly members: number }
  | { readonly kind: 'connect'; readonly ports: readonly number[] }
  | { readonly kind: 'run'; readonly operation: string; readonly callers: number; readonly seconds: number }
  /** Resets the loop watch and reads the CPU clock. */
  | { readonly kind: 'begin' }
  | { readonly kind: 'end' }
  /** Puts the entries of the bulk cache of which it is the primary. */
  | { readonly kind: 'fill'; readonly entries: number }
  | { readonly kind: 'size' }
  /** Gets and puts of the bulk cache at a fixed rate. */
  | { readonly kind: 'steady'; readonly entries: number; readonly perSecond: number; readonly seconds: number }
  /** A closed loop on keys of one primary, across its death. */
  | { readonly kind: 'watch'; readonly primary: string; readonly seconds: number }
  | { readonly kind: 'state' }
  | { readonly kind: 'stop' };

export interface RunAnswer {
  readonly operations: number;
  readonly failures: number;
  readonly seconds: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly p999Us: number;
  readonly longestMs?: number | undefined;
  readonly firstFailure?: string | undefined;
}

export interface EndAnswer {
  /** User and system time of the whole process since `begin`. */
  readonly cpuUs: number;
  readonly longestStallMs: number;
}

export interface StartAnswer {
  /** Where the bare RPC listens. */
  readonly port: number;
  /** From the call of Grid.start until it may serve, and until all of its data is there. */
  readonly servingMs: number;
  readonly stableMs: number;
}

export interface StateAnswer {
  readonly epoch: number;
  readonly members: readonly string[];
  readonly phase: string;
  readonly residentMb: number;
  readonly transferredRecords: number;
}

/** Bytes of a value: a login session, packed. */
export const VALUE_BYTES = 350;
/** Bytes of a request that carries no value, and of an answer without one: key, operation id and header. */
export const SHORT_BYTES = 120;
export const KEYS = 2_048;
export const BULK_VALUE_BYTES = 352;
