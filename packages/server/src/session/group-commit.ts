import { ServerError } from '../http/errors.ts';
import type { ClientSession, UserSession } from '../model/index.ts';
import type { SessionChangeResult, SessionStore } from '../store/stores.ts';
import {
  type BatchRow,
  CommitBatch,
  clientIn,
  clientKey,
  fail,
  type SessionReference,
  sessionIn,
  sessionKey,
  settle,
} from './commit-batch.ts';
import { flushAll } from './flush.ts';

/** What became of a change, with the row as it is stored now. */
export type Written<T> = { readonly result: 'applied'; readonly stored: T } | { readonly result: 'conflict' | 'missing' | 'refused' };

export interface GroupCommitStatistics {
  readonly flushes: number;
  readonly rows: number;
  /** Changes that found their row in the batch already. */
  readonly coalesced: number;
  readonly waiting: number;
}

/** Callers that may wait for the next commit; one more is told to come back (503). */
export const defaultMaxWaiting = 4_000;

/** Times that a touch goes out together with a change that loses its race. */
const maxTouchTries = 10;

/**
 * The group-commit writer of a node. While a commit is under way, everything that arrives gathers in the next one, merged by row; so
 * no caller waits for more than two commits, and no lock is held across anything but the one flush.
 */
export class GroupCommit {
  readonly #store: SessionStore;
  readonly #maxWaiting: number;
  #gathering = new CommitBatch();
  #underway: CommitBatch | undefined;
  #scheduled = false;
  #flushes = 0;
  #rows = 0;
  #coalesced = 0;

  constructor(store: SessionStore, maxWaiting = defaultMaxWaiting) {
    this.#store = store;
    this.#maxWaiting = maxWaiting;
  }

  get statistics(): GroupCommitStatistics {
    const waiting = this.#gathering.waiting + (this.#underway?.waiting ?? 0);
    return { flushes: this.#flushes, rows: this.#rows, coalesced: this.#coalesced, waiting };
  }

  /** A new session; 'conflict' where the id is taken. */
  async insert(session: UserSession): Promise<SessionChangeResult> {
    this.#admit();
    const key = sessionKey(referenceOf(session));
    const standing = this.#gathering.rows.get(key);
    if (standing === undefined) return this.#add(key, { kind: 'insert-session', session }, undefined);
    if (standing.change.kind !== 'remove-session') return 'conflict';
    await this.#gathering.join(standing);
    return this.insert(session);
  }

  /** Moves `lastSessionRefresh` forward; again on its own, where it went with a change that met a conflict. */
  async touch(reference: SessionReference, lastSessionRefresh: number): Promise<SessionChangeResult> {
    for (let tries = 1; tries < maxTouchTries; tries += 1) {
      const result = await this.#touch(reference, lastSessionRefresh);
      if (result !== 'conflict') return result;
    }
    return this.#touch(reference, lastSessionRefresh);
  }

  #touch(reference: SessionReference, lastSessionRefresh: number): Promise<SessionChangeResult> {
    this.#admit();
    const key = sessionKey(reference);
    const standing = this.#gathering.rows.get(key);
    if (standing === undefined) return this.#add(key, { kind: 'touch-session', ...reference, lastSessionRefresh }, undefined);
    this.#coalesced += 1;
    const { change } = standing;
    if (change.kind === 'remove-session') return this.#gathering.join(standing, () => 'missing');
    if (change.kind === 'touch-session') {
      standing.change = { ...change, lastSessionRefresh: Math.max(change.lastSessionRefresh, lastSessionRefresh) };
    } else if (change.kind === 'insert-session' || change.kind === 'update-session') {
      const refreshed = Math.max(change.session.lastSessionRefresh, lastSessionRefresh);
      standing.change = { ...change, session: { ...change.session, lastSessionRefresh: refreshed } };
    }
    return this.#gathering.join(standing);
  }

  /** Changes notes or state: `change` gets the newest known session, `known` where this node has no newer one on its way. */
  async update(known: UserSession, change: (session: UserSession) => UserSession | undefined): Promise<Written<UserSession>> {
    this.#admit();
    const reference = referenceOf(known);
    const removal = this.#removalOf(reference);
    if (removal !== undefined) return { result: await removal };
    const key = sessionKey(reference);
    const standing = this.#gathering.rows.get(key);
    const running = this.#underway?.rows.get(key);
    const inFlight = sessionIn(running?.change);
    const base =
      sessionIn(standing?.change) ?? (inFlight === undefined ? known : { ...inFlight, version: storedVersion(running, inFlight) });
    const next = change(base);
    if (next === undefined) return { result: 'refused' };
    const touched = standing?.change.kind === 'touch-session' ? standing.change.lastSessionRefresh : 0;
    const lastSessionRefresh = Math.max(next.lastSessionRefresh, base.lastSessionRefresh, touched);
    const session: UserSession = { ...next, lastSessionRefresh, version: base.version };
    const inserts = standing?.change.kind === 'insert-session';
    const wanted: BatchRow['change'] = { kind: inserts ? 'insert-session' : 'update-session', session };
    const { row, settled } = this.#put(key, standing, wanted, running);
    const result = await settled;
    // Others may have added to the row since: what is stored is what went out.
    const sent = sessionIn(row.change);
    return result === 'applied' && sent !== undefined
      ? { result, stored: { ...sent, version: storedVersion(row, sent) } }
      : { result: unsent(result) };
  }

  /**
   * Adds or changes a client session: `change` gets the newest known one, `known` where this node has no newer one on its way. Reading the
   * newest, changing and queueing are one synchronous step, so that no change of this node is lost.
   */
  async putClient(
    reference: SessionReference,
    clientId: string,
    known: ClientSession | undefined,
    change: (client: ClientSession | undefined) => ClientSession | undefined,
  ): Promise<Written<ClientSession>> {
    this.#admit();
    const removal = this.#removalOf(reference);
    if (removal !== undefined) return { result: await removal };
    const key = clientKey(reference, clientId);
    const standing = this.#gathering.rows.get(key);
    if (standing?.change.kind === 'remove-client') {
      await this.#gathering.join(standing);
      return { result: 'conflict' };
    }
    const running = this.#underway?.rows.get(key);
    if (running?.change.kind === 'remove-client') return { result: 'conflict' };
    const inFlight = clientIn(running?.change);
    const base = clientIn(standing?.change) ?? (inFlight === undefined ? known : { ...inFlight, version: inFlight.version + 1 });
    const next = change(base);
    if (next === undefined) return { result: 'refused' };
    const client: ClientSession = { ...next, version: base?.version ?? 0 };
    const { row, settled } = this.#put(key, standing, { kind: 'put-client', client }, running);
    const result = await settled;
    const sent = clientIn(row.change);
    return result === 'applied' && sent !== undefined
      ? { result, stored: { ...sent, version: sent.version + 1 } }
      : { result: unsent(result) };
  }

  async removeClient(reference: SessionReference, clientId: string): Promise<boolean> {
    this.#admit();
    const removal = this.#gathering.rows.get(sessionKey(reference));
    if (removal?.change.kind === 'remove-session') return (await this.#gathering.join(removal)) === 'applied';
    const key = clientKey(reference, clientId);
    const standing = this.#gathering.rows.get(key);
    if (standing !== undefined) return (await this.#gathering.replaceByClientRemoval(standing, reference, clientId)) === 'applied';
    const { realmId, id, offline } = reference;
    return (await this.#add(key, { kind: 'remove-client', realmId, userSessionId: id, clientId, offline }, undefined)) === 'applied';
  }

  /** Removes the session with its client sessions. True if it was there. */
  async remove(reference: SessionReference): Promise<boolean> {
    this.#admit();
    const standing = this.#gathering.rows.get(sessionKey(reference));
    if (standing?.change.kind === 'remove-session') return (await this.#gathering.join(standing)) === 'applied';
    const settled = this.#gathering.replaceByRemoval(reference);
    this.#schedule();
    return (await settled) === 'applied';
  }

  /** Where this session's removal is on its way: what a change of it has to wait for. */
  #removalOf(reference: SessionReference): Promise<'missing'> | undefined {
    const key = sessionKey(reference);
    for (const batch of [this.#gathering, this.#underway]) {
      const row = batch?.rows.get(key);
      if (batch !== undefined && row?.change.kind === 'remove-session') return batch.join(row, () => 'missing').then(() => 'missing');
    }
    return undefined;
  }

  #put(key: string, standing: BatchRow | undefined, change: BatchRow['change'], running: BatchRow | undefined) {
    if (standing === undefined) {
      const settled = this.#add(key, change, running);
      return { row: this.#gathering.rows.get(key) as BatchRow, settled };
    }
    this.#coalesced += 1;
    standing.change = change;
    standing.basedOn ??= running;
    return { row: standing, settled: this.#gathering.join(standing) };
  }

  #add(key: string, change: BatchRow['change'], basedOn: BatchRow | undefined): Promise<SessionChangeResult> {
    const settled = this.#gathering.add(key, change, basedOn);
    this.#schedule();
    return settled;
  }

  #admit(): void {
    if (this.#gathering.waiting < this.#maxWaiting) return;
    throw new ServerError('KG_WRITER_OVERLOAD', `${this.#gathering.waiting} session writes are waiting, at most ${this.#maxWaiting} may`);
  }

  /** At the end of the loop's turn, so that the requests of one turn share a commit. */
  #schedule(): void {
    if (this.#scheduled || this.#underway !== undefined) return;
    this.#scheduled = true;
    setImmediate(() => void this.#run());
  }

  async #run(): Promise<void> {
    this.#scheduled = false;
    while (this.#gathering.rows.size > 0) {
      const batch = this.#gathering;
      this.#gathering = new CommitBatch();
      this.#underway = batch;
      const rows = [...batch.rows.values()];
      this.#rows += rows.length;
      const outcomes = await flushAll(
        this.#store,
        rows.map((row) => row.change),
      );
      this.#flushes += outcomes.flushes;
      this.#underway = undefined;
      const failed = new Set<BatchRow>();
      for (const [index, row] of rows.entries()) {
        const outcome = outcomes.of[index];
        if (outcome === 'applied') settle(row, outcome);
        else {
          failed.add(row);
          if (typeof outcome === 'string') settle(row, outcome);
          else fail(row, outcome?.error);
        }
      }
      this.#gathering.settleDependents(failed);
    }
  }
}

function referenceOf(session: UserSession): SessionReference {
  return { realmId: session.realmId, id: session.id, offline: session.offline };
}

/** A row that was applied as something else than a change of this kind did not store the change. */
function unsent(result: SessionChangeResult): 'conflict' | 'missing' {
  return result === 'applied' ? 'conflict' : result;
}

function storedVersion(row: BatchRow | undefined, session: UserSession): number {
  return row?.change.kind === 'insert-session' ? session.version : session.version + 1;
}
