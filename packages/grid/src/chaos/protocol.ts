/** What the driver of a chaos run and its member processes say to each other, over the channel of child processes. */
export interface MemberOptions {
  readonly name: string;
  readonly cluster: string;
  readonly port: number;
  readonly databaseUrl: string;
  /** Port that the member is told to dial -> port that it dials. */
  readonly routes: Readonly<Record<number, number>>;
  readonly fastDeath: boolean;
  readonly rotationIntervalMs: number;
}

/** Caches of the workload by their number of owners. */
export const owners = [2, 3] as const;
export type Owners = (typeof owners)[number];

export type OperationName =
  | 'get'
  | 'put'
  | 'putIfAbsent'
  | 'replace'
  | 'remove'
  | 'getAndRemove'
  | 'replaceIfVersion'
  | 'removeIfVersion'
  | 'add';

export interface Operation {
  readonly name: OperationName;
  readonly owners: Owners;
  readonly key: string;
  readonly value?: string | undefined;
  readonly version?: string | undefined;
}

/** `found` undefined: the operation does not say. */
export interface Outcome {
  readonly found?: boolean | undefined;
  readonly value?: string | undefined;
  readonly version?: string | undefined;
}

export interface MemberState {
  readonly ready: boolean;
  readonly epoch: number;
  readonly phase: string;
  /** Names, oldest first. */
  readonly members: readonly string[];
}

export type Command =
  /** `at`: not before this moment of the monotonic clock that all processes of a machine share, in ms. */
  | { readonly kind: 'start'; readonly options: MemberOptions; readonly at: number }
  | { readonly kind: 'operate'; readonly id: number; readonly operation: Operation }
  | { readonly kind: 'state'; readonly id: number }
  /** For how long its loop stood still, or it waited for a processor, since it was asked last. */
  | { readonly kind: 'stall'; readonly id: number }
  /** Leaves in order; the process ends. */
  | { readonly kind: 'stop' };

export type Report =
  | { readonly kind: 'waiting' }
  /** `beganAt`: when Grid.start was called, on the monotonic clock that all processes of a machine share, in ms. */
  | { readonly kind: 'started'; readonly beganAt: number }
  | { readonly kind: 'outcome'; readonly id: number; readonly outcome: Outcome }
  | { readonly kind: 'failure'; readonly id: number; readonly code: string }
  | { readonly kind: 'state'; readonly id: number; readonly state: MemberState }
  | { readonly kind: 'stall'; readonly id: number; readonly ms: number }
  | { readonly kind: 'view'; readonly epoch: number; readonly members: readonly { readonly id: string; readonly name: string }[] }
  | { readonly kind: 'fenced'; readonly reason: string }
  | { readonly kind: 'log'; readonly level: string; readonly message: string }
  | { readonly kind: 'left'; readonly tookMs: number };
