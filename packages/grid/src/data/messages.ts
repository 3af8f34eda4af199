/** What members say to each other about data. `epoch` is the sender's; lower than the receiver's = refused, higher = parked until installed. */

/** Wire numbers of the operations; never renumber. */
export const operation = {
  get: 1,
  put: 2,
  putIfAbsent: 3,
  replace: 4,
  replaceIfVersion: 5,
  remove: 6,
  removeIfVersion: 7,
  getAndRemove: 8,
  touch: 9,
  update: 10,
  scan: 11,
  count: 12,
} as const;
export type OperationCode = (typeof operation)[keyof typeof operation];

/** Wire numbers of how a request ended. */
export const status = {
  ok: 1,
  /** Another primary or another epoch: route anew. */
  moved: 2,
  /** The primary cannot prove its lease. */
  fenced: 3,
  overloaded: 4,
  /** The cache or its update function is not registered there (yet). */
  unavailable: 5,
  /** The update function threw; the value holds its message as UTF-8. */
  updateFailed: 6,
  /** The cache has other owners or another mode there. */
  misconfigured: 7,
} as const;
export type StatusCode = (typeof status)[keyof typeof status];

/** Owners of a cache as frames carry it: 1..MAX_OWNERS, `everyMember` or (never on the wire) `thisMember`. */
export const everyMember = 0;
export const thisMember = -1;

export interface CacheShape {
  readonly owners: number;
  /** Whether a new owner pulls the entries; false = it starts empty and the loader fills it. */
  readonly stateTransfer: boolean;
}

export function isSameShape(a: CacheShape, b: CacheShape): boolean {
  return a.owners === b.owners && a.stateTransfer === b.stateTransfer;
}

/** What an operation answers; one shape for all, so that it can be recorded, replicated and moved. */
export interface OperationResult {
  /** The yes or no of the operation. */
  readonly found: boolean;
  readonly value: Uint8Array | null;
  /** Version of the entry that was read or written; 0 and 0 = none. */
  readonly epoch: number;
  readonly sequence: number;
}

export interface OperationFields {
  readonly operation: OperationCode;
  readonly key: string;
  /** New value, argument of an update (msgpackr) or cursor of a scan; null = none. */
  readonly value: Uint8Array | null;
  /** -1 = immortal. */
  readonly lifespanMs: number;
  /** -1 = none. */
  readonly maxIdleMs: number;
  /** Expected version of the versioned forms; for a scan `ifSequence` is the batch size, and `ifEpoch` 1 asks for keys only. */
  readonly ifEpoch: number;
  readonly ifSequence: number;
  /** Name of the update function, else ''. */
  readonly update: string;
}

/** Fields of an operation; what is not given is not asked for. */
export function fieldsOf(
  code: OperationCode,
  key: string,
  value: Uint8Array | null = null,
  expected?: { readonly epoch: number; readonly sequence: number },
  lifespanMs = -1,
  maxIdleMs = -1,
  update = '',
): OperationFields {
  return { operation: code, key, value, lifespanMs, maxIdleMs, ifEpoch: expected?.epoch ?? 0, ifSequence: expected?.sequence ?? 0, update };
}

export interface Request extends OperationFields {
  readonly kind: 'request';
  readonly epoch: number;
  readonly cache: number;
  readonly shape: CacheShape;
  readonly segment: number;
  readonly incarnation: number;
  /** With the sender and its incarnation the operation id; a retry carries the same one. */
  readonly counter: number;
  /** Grows with each attempt; only the answer to the latest one counts. */
  readonly attempt: number;
  /** Low-water mark: the smallest counter that the origin still waits for in this segment, and in all of them. */
  readonly mark: number;
  readonly globalMark: number;
}

export interface Reply {
  readonly kind: 'reply';
  readonly epoch: number;
  readonly counter: number;
  readonly attempt: number;
  readonly status: StatusCode;
  readonly result: OperationResult;
}

/** One write as the primary decided it: backups apply it, they never evaluate. */
export interface Write {
  readonly type: 'value' | 'tombstone' | 'touch';
  readonly key: string;
  readonly value: Uint8Array | null;
  readonly epoch: number;
  readonly sequence: number;
  /** Grid time; Infinity = never. */
  readonly expiresAt: number;
  /** 0 = none. */
  readonly maxIdleMs: number;
  readonly lastUsed: number;
  readonly origin: number;
  readonly incarnation: number;
  readonly counter: number;
  readonly mark: number;
  readonly result: OperationResult;
}

export interface Replicate {
  readonly kind: 'replicate';
  readonly epoch: number;
  /** Counts the writes from this sender to this receiver in this epoch, from 1; acknowledged cumulatively. */
  readonly number: number;
  readonly cache: number;
  readonly shape: CacheShape;
  readonly segment: number;
  /** Highest version of this segment that the primary knows to be committed. */
  readonly committedEpoch: number;
  readonly committedSequence: number;
  readonly write: Write;
}

export interface Acknowledge {
  readonly kind: 'acknowledge';
  readonly epoch: number;
  readonly upTo: number;
}

/** A new primary asks what the others hold beyond the last commit that they know of. */
export interface TailAsk {
  readonly kind: 'tailAsk';
  readonly epoch: number;
  readonly segments: readonly number[];
}

export interface TailWrite {
  readonly cache: number;
  readonly shape: CacheShape;
  readonly segment: number;
  readonly write: Write;
}

export interface TailAnswer {
  readonly kind: 'tailAnswer';
  readonly epoch: number;
  /** Segments that this frame answers whole; the writes of earlier frames belong to them too. */
  readonly segments: readonly number[];
  readonly writes: readonly TailWrite[];
}

/** A receiver asks for one segment; `transfer` names the stream. */
export interface Pull {
  readonly kind: 'pull';
  readonly epoch: number;
  readonly transfer: number;
  readonly segment: number;
  /** Caches with fromOwners <= owners < toOwners, and those that every member holds if `replicated`. */
  readonly fromOwners: number;
  readonly toOwners: number;
  readonly replicated: boolean;
  /** Frames that the source may have sent in all. */
  readonly granted: number;
}

export type TransferRecord =
  | { readonly type: 'entry'; readonly cache: number; readonly shape: CacheShape; readonly write: Write }
  | {
      readonly type: 'result';
      readonly cache: number;
      readonly shape: CacheShape;
      readonly origin: number;
      readonly incarnation: number;
      readonly counter: number;
      readonly result: OperationResult;
    }
  | {
      readonly type: 'mark';
      readonly cache: number;
      readonly shape: CacheShape;
      readonly origin: number;
      readonly incarnation: number;
      readonly mark: number;
    };

export interface Transfer {
  readonly kind: 'transfer';
  readonly epoch: number;
  readonly transfer: number;
  readonly segment: number;
  /** 1, 2, 3 … */
  readonly frame: number;
  readonly records: readonly TransferRecord[];
  readonly last: boolean;
  /** Of the whole stream; set on the last frame. */
  readonly count: number;
  readonly checksum: number;
}

export interface TopicMessage {
  readonly kind: 'topic';
  readonly epoch: number;
  readonly topic: string;
  readonly incarnation: number;
  /** Counts the messages of one sender on one topic, from 1. */
  readonly number: number;
  readonly payload: Uint8Array;
}

export interface TopicAcknowledge {
  readonly kind: 'topicAcknowledge';
  readonly epoch: number;
  readonly topic: string;
  readonly incarnation: number;
  readonly number: number;
  /** What the handler answered; empty = nothing. */
  readonly answer: Uint8Array;
}

export const noAnswer: Uint8Array = new Uint8Array(0);

export type DataMessage =
  | Request
  | Reply
  | Replicate
  | Acknowledge
  | TailAsk
  | TailAnswer
  | Pull
  | Transfer
  | TopicMessage
  | TopicAcknowledge;

export const noResult: OperationResult = Object.freeze({ found: false, value: null, epoch: 0, sequence: 0 });
