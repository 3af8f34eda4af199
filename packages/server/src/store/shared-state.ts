import type { LoginFailure, RootAuthenticationSession } from '../model/index.ts';

/**
 * The tables of what the grid holds otherwise (feature `stateless`), and of who is running. Each method is one autocommitted statement;
 * `operation` is the caller's unique name for one attempt at one effect, so that an attempt whose answer was lost can be repeated and meets
 * its own result.
 */
export interface SingleUseStore {
  put(id: string, notes: string, expiresAtMs: number): Promise<void>;
  /** Notes of an object that is neither taken nor over. */
  get(id: string, nowMs: number): Promise<string | undefined>;
  /** Notes, for exactly one operation. */
  take(id: string, nowMs: number, operation: string): Promise<string | undefined>;
  replace(id: string, notes: string, nowMs: number): Promise<boolean>;
  /** False where a living object of another operation stands. */
  putIfAbsent(id: string, expiresAtMs: number, nowMs: number, operation: string): Promise<boolean>;
  /** Removes at most `limit` objects that are over or were taken a minute ago. */
  sweep(nowMs: number, limit: number): Promise<number>;
}

/** A counter with the version that guards its next change; `failure` undefined: what stands there is over. */
export interface StoredLoginFailure {
  readonly failure: LoginFailure | undefined;
  readonly version: number;
}

export interface LoginFailureStore {
  load(realmId: string, userId: string, nowMs: number): Promise<StoredLoginFailure | undefined>;
  /** False where a row stands already. */
  insert(failure: LoginFailure, expiresAtMs: number): Promise<boolean>;
  /** False where the version moved on or the row is gone. */
  replace(failure: LoginFailure, expiresAtMs: number, version: number): Promise<boolean>;
  /** Guarded by the version where one is given. */
  remove(realmId: string, userId: string, version?: number): Promise<boolean>;
  /** Removes at most `limit` counters of the realm; the number tells whether to go on. */
  removeOfRealm(realmId: string, limit: number): Promise<number>;
  sweep(nowMs: number, limit: number): Promise<number>;
}

export interface AuthenticationSessionStore {
  /** False where the id is taken. */
  insert(root: RootAuthenticationSession, expiresAtMs: number): Promise<boolean>;
  load(
    realmId: string,
    id: string,
    nowMs: number,
  ): Promise<{ readonly root: RootAuthenticationSession; readonly version: number } | undefined>;
  /** False where the version moved on or the row is gone. */
  replace(root: RootAuthenticationSession, expiresAtMs: number, version: number): Promise<boolean>;
  /** Guarded by the version where one is given. */
  remove(realmId: string, id: string, version?: number): Promise<boolean>;
  sweep(nowMs: number, limit: number): Promise<number>;
}

/** A running server, as its row in `server_node` tells. */
export interface ServerNode {
  readonly id: string;
  readonly name: string;
  readonly clusterName: string;
  /** How it keeps state; nodes of different modes must not share a database. */
  readonly mode: string;
  /** Whether it acknowledges invalidations through the database. */
  readonly acknowledges: boolean;
  /** Counts up while it lives. */
  readonly beat: number;
  /** Since its last beat, by the database's clock. */
  readonly ageMs: number;
}

export interface ServerNodeStore {
  /** Writes the node's row, new or again, with a fresh beat. */
  beat(node: Omit<ServerNode, 'beat' | 'ageMs'>): Promise<void>;
  /** Nodes whose last beat is younger than that. */
  list(maxAgeMs: number): Promise<ServerNode[]>;
  remove(id: string): Promise<void>;
  /** Rows of nodes that went without a word. */
  removeOlderThan(ageMs: number): Promise<number>;
}

export interface ClusterTaskStore {
  /** True for one caller an interval: the task is due, and is the holder's until `intervalMs` from now. */
  claim(name: string, holder: string, intervalMs: number): Promise<boolean>;
  /** Prolongs the claim of a run that takes long. False where somebody else has it now. */
  keep(name: string, holder: string, intervalMs: number): Promise<boolean>;
}

/** Sends to whoever listens on the channel; identifiers of at most 63 bytes, payloads of fewer than 8,000. */
export interface NotificationStore {
  notify(channel: string, payloads: readonly string[]): Promise<void>;
}
