/** A member's id: a number from the authority's sequence; smaller is older. With its incarnation it names one life of one process. */
export type MemberId = number;

/** Number of segments; fixed for the life of a cluster. */
export const SEGMENTS = 256;

/** Most owners that the stored preference lists carry; of a smaller cluster they list every member. */
export const MAX_OWNERS = 16;

/**
 * Version of frames, messages, voters' questions and the body of the view row; members of another version are refused in the hello, voters by their
 * electorate. See docs/adr/0022-one-number-for-what-members-share.md.
 */
export const PROTOCOL_VERSION = 1;

export interface Labels {
  readonly site?: string | undefined;
  readonly rack?: string | undefined;
  readonly machine?: string | undefined;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** `revoked`: the verdict against it is committed, it may serve nothing any more and is removed as soon as its lease has ended. */
export type MemberState = 'joining' | 'active' | 'leaving' | 'revoked';

/** A member as the view row holds it. */
export interface MemberRecord {
  readonly id: MemberId;
  readonly incarnation: number;
  readonly name: string;
  readonly address: Address;
  readonly labels: Labels;
  readonly state: MemberState;
}

/** Segment -> member ids in order of preference (index 0 is the primary); a cache with k owners uses the first k. */
export type OwnerTable = readonly (readonly MemberId[])[];

/** STABLE(cur) -> COPY (read cur, write cur plus next) -> SWITCH (read next, write cur plus next) -> STABLE(next). */
export type Phase = 'STABLE' | 'COPY' | 'SWITCH';

/** A SWITCH that was given up because members died in it. */
export interface SwitchFall {
  /** Of the COPY that followed it. */
  readonly epoch: number;
  /** Who was taken out by that COPY. */
  readonly gone: readonly MemberId[];
}

/** The body of the view row: everything that changes together under one epoch. */
export interface ViewBody {
  /** Database timeline; an epoch is the pair (timeline, epoch). */
  readonly timeline: number;
  readonly epoch: number;
  /** Oldest first; the first active member coordinates. */
  readonly members: readonly MemberRecord[];
  readonly phase: Phase;
  readonly table: OwnerTable;
  /** The table that a running rebalance leads to; null in STABLE. */
  readonly target: OwnerTable | null;
  /** There was no STABLE since this SWITCH fell back to COPY: who missed the views between can tell what became of its copies. */
  readonly fall?: SwitchFall | undefined;
}

/** Lane A carries control and data operations, lane B state transfer and iteration, so that bulk never delays a heartbeat. */
export type Lane = 'control' | 'bulk';

/** What a protocol core may ask of the world. Cores are synchronous: event and `nowMs` (own monotonic clock) in, calls on this out. */
export interface Outgoing<Message> {
  send(to: MemberId, lane: Lane, message: Message): void;
}
