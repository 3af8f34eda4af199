import type { Address, Labels, MemberId, MemberRecord, ViewBody } from '../protocol/types.ts';

/** `revoked` rows never beat again; a missing row means that its member fenced itself and left, or was evicted. */
export type RowState = 'alive' | 'leaving' | 'revoked';

/** One row of `grid_member`. */
export interface MemberRow {
  readonly id: MemberId;
  readonly incarnation: number;
  readonly name: string;
  readonly address: Address;
  readonly labels: Labels;
  /** Opaque text by which a process on the same host can tell whether this one is gone. */
  readonly process: string;
  readonly state: RowState;
  /** Grows by one with each beat. */
  readonly beat: number;
  /** Members that it heard lately, written with the beat. */
  readonly heard: readonly MemberId[];
}

export interface Registration {
  readonly name: string;
  readonly address: Address;
  readonly labels: Labels;
  readonly process: string;
}

export interface ObservedBeat {
  readonly id: MemberId;
  readonly beat: number;
}

/** `knownEpoch` everywhere: the answer carries the view body only if the stored one is newer. */
export type AuthorityRequest =
  /** A new id and incarnation from the sequence, above all ids of older timelines, and a row with beat 0. */
  | { readonly kind: 'register'; readonly registration: Registration; readonly knownEpoch: number }
  /** Accepted only while the row is there, not revoked, and the view's timeline is the server's. */
  | {
      readonly kind: 'beat';
      readonly id: MemberId;
      readonly incarnation: number;
      readonly heard: readonly MemberId[];
      readonly knownEpoch: number;
    }
  | { readonly kind: 'read'; readonly knownEpoch: number }
  /**
   * Compare-and-swap of the view row from `expectedEpoch` (0 = there is none) to `view`, in one statement with what must hold and change with it:
   * nothing happens unless every row of `gone` is missing or still has the observed beat and every `admitted` one is there and alive (a reading from
   * before an eviction would bring its victim back with ids of operations whose results are gone); then rows of `gone` are deleted, `revoked` ones
   * marked, and rows of `restored` members put back that a fail-over of the database has forgotten. Refused unless the view's timeline is the server's.
   */
  | {
      readonly kind: 'change';
      readonly expectedEpoch: number;
      readonly view: ViewBody;
      readonly gone: readonly ObservedBeat[];
      /** Members that this view has and the one before had not. */
      readonly admitted?: readonly MemberId[] | undefined;
      readonly revoked: readonly MemberId[];
      readonly restored?: readonly MemberRecord[] | undefined;
    }
  /** Marks the own row, so that the coordinator hands its data over; with `remove` deletes it, which a member may do only after it fenced itself. */
  | { readonly kind: 'leave'; readonly id: MemberId; readonly incarnation: number; readonly remove: boolean; readonly knownEpoch: number }
  /** Deletes rows of starters that never joined, if their beat is still the observed one. */
  | { readonly kind: 'forget'; readonly rows: readonly ObservedBeat[]; readonly knownEpoch: number };

/** One shape for all requests. The rows and the epoch are of the moment after the change. */
export interface AuthorityAnswer {
  /** Whether the conditional change took effect; true for reads. */
  readonly accepted: boolean;
  /** Of a registration, else 0. */
  readonly id: MemberId;
  readonly incarnation: number;
  /** The server's timeline now; 0 = the server shows none. */
  readonly timeline: number;
  /** The authority's clock while it answered, milliseconds since 1970; undefined = it shows none. Only expiry uses it, through GridClock. */
  readonly clockMs?: number | undefined;
  /** Of the stored view, 0 = none. */
  readonly epoch: number;
  /** The stored view if its epoch is greater than `knownEpoch`. */
  readonly view: ViewBody | null;
  readonly rows: readonly MemberRow[];
}

/** Who decides membership: a linearizable store. A rejected promise means that the outcome is unknown. */
export interface Authority {
  execute(request: AuthorityRequest): Promise<AuthorityAnswer>;
  /** The member has taken over this view, which it may have heard of from others. Only authorities that its processes themselves are want to know. */
  installed?(view: ViewBody): void;
  close(): Promise<void>;
}
