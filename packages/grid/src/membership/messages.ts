import type { MemberId, ViewBody } from '../protocol/types.ts';

/** Sent every 500 ms to every peer, and at once when something in it changed that the receiver waits for. */
export interface Heartbeat {
  readonly kind: 'heartbeat';
  /** Epoch that the sender has installed, 0 = none yet. */
  readonly epoch: number;
  /** The sender's monotonic clock; comes back in the answer and means nothing to others. */
  readonly sentAtMs: number;
  /** Last epoch that the sender's data side confirmed. */
  readonly confirmed: number;
  readonly leaving: boolean;
  /** Greatest timeline of the database that the sender has read from; whoever says so holds no lease of an older one. */
  readonly timeline: number;
  readonly heard: readonly MemberId[];
}

export interface HeartbeatAnswer {
  readonly kind: 'heartbeatAnswer';
  readonly epoch: number;
  readonly echoMs: number;
  /** "I will not propose against you for a lease from now." */
  readonly granted: boolean;
}

/** A committed view, passed on so that nobody waits for its next read. */
export interface ViewMessage {
  readonly kind: 'view';
  readonly view: ViewBody;
}

/** Asks a peer for its installed view if that is newer than `epoch`. */
export interface ViewRequest {
  readonly kind: 'viewRequest';
  readonly epoch: number;
}

export type MembershipMessage = Heartbeat | HeartbeatAnswer | ViewMessage | ViewRequest;
