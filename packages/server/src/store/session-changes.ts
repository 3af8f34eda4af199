import type { ClientSession, UserSession } from '../model/index.ts';
import type { Page } from './stores.ts';

/** A user session with its client sessions, as one read gives them. */
export interface SessionRow {
  readonly session: UserSession;
  readonly clients: readonly ClientSession[];
}

/**
 * One change of the group-commit writer; all changes of a flush go out as one statement or one pipelined flush ending in COMMIT.
 * A flush holds at most one change of each row (the writer merges them), so that one statement may carry them all.
 * - insert-session: 'conflict' where the key is taken. The stored version is that of the object given (0).
 * - update-session: guarded by `session.version`; the stored version becomes one more. `last_session_refresh` never moves back.
 * - touch-session: sets `last_session_refresh` to the greater of the stored and the given value, whatever the version, and leaves the version.
 * - remove-session: the client sessions go with it.
 * - put-client: version 0 = insert ('conflict' where the row exists, 'missing' where its user session does not, neither stored nor in this
 *   flush), version n >= 1 = update guarded by it. The stored version becomes one more than the object's, also after an insert (1).
 * 'missing' = the row that should change is not there.
 */
export type SessionChange =
  | { readonly kind: 'insert-session'; readonly session: UserSession }
  | {
      readonly kind: 'touch-session';
      readonly realmId: string;
      readonly id: string;
      readonly offline: boolean;
      readonly lastSessionRefresh: number;
    }
  | { readonly kind: 'update-session'; readonly session: UserSession }
  | { readonly kind: 'remove-session'; readonly realmId: string; readonly id: string; readonly offline: boolean }
  | { readonly kind: 'put-client'; readonly client: ClientSession }
  | {
      readonly kind: 'remove-client';
      readonly realmId: string;
      readonly userSessionId: string;
      readonly clientId: string;
      readonly offline: boolean;
    };

/** What became of one change of a flush; a failed row does not fail its neighbours. */
export type SessionChangeResult = 'applied' | 'conflict' | 'missing';

/** Sessions of one kind in one realm that were refreshed or started before these epoch seconds are over. */
export interface SweepBounds {
  readonly realmId: string;
  readonly offline: boolean;
  readonly rememberMe: boolean;
  readonly idleBefore: number;
  readonly startedBefore: number;
}

/** Epoch seconds: a session is alive if it was refreshed and started after them. */
export interface LivingBounds {
  readonly refreshedAfter: number;
  readonly startedAfter: number;
}

export interface SessionStore {
  load(realmId: string, id: string, offline: boolean): Promise<SessionRow | undefined>;
  /** Rows are sorted by key inside; one round trip, one commit. Results stand in the order of `changes`. */
  flush(changes: readonly SessionChange[]): Promise<SessionChangeResult[]>;
  ofUser(realmId: string, userId: string, offline: boolean): Promise<SessionRow[]>;
  /** Ids of the sessions that a session at a provider opened (`alias.sid`). */
  ofBrokerSession(realmId: string, brokerSessionId: string, offline: boolean, max: number): Promise<readonly string[]>;
  /** Living sessions by their ids, so that a page is full where there are more. */
  ofClient(
    realmId: string,
    clientUuid: string,
    offline: boolean,
    living: { readonly plain: LivingBounds; readonly remembered: LivingBounds },
    page: Page,
  ): Promise<SessionRow[]>;
  /** Client UUID -> number of sessions. */
  countByClient(realmId: string, offline: boolean): Promise<Map<string, number>>;
  /** UUIDs of the clients that have sessions, without a look at each session. */
  clientsInUse(realmId: string, offline: boolean): Promise<string[]>;
  removeOfRealm(realmId: string): Promise<number>;
  removeOfUser(realmId: string, userId: string): Promise<string[]>;
  /** Which of the bounds have rows behind them; one statement for any number of realms. Returns their indexes. */
  expired(bounds: readonly SweepBounds[]): Promise<number[]>;
  /** Removes at most `limit` rows whose last refresh or start lies before the bounds; returns what they were. */
  sweep(bounds: SweepBounds, limit: number): Promise<{ id: string; userId: string }[]>;
}
