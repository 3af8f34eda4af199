import type { ClientSession, UserSession } from '../model/index.ts';
import type { SessionChange, SessionChangeResult } from '../store/stores.ts';

/** Names a user session; client sessions belong to one. */
export interface SessionReference {
  readonly realmId: string;
  readonly id: string;
  readonly offline: boolean;
}

/** Somebody who waits for the commit. `translate` says what the row's result means to this one. */
interface Waiter {
  readonly resolve: (result: SessionChangeResult) => void;
  readonly reject: (error: unknown) => void;
  readonly translate: (result: SessionChangeResult) => SessionChangeResult;
}

/** One row's merged change. `basedOn`: the row of the flush under way whose outcome this change takes for granted. */
export interface BatchRow {
  change: SessionChange;
  waiters: Waiter[];
  basedOn: BatchRow | undefined;
}

const asIs = (result: SessionChangeResult) => result;
/** For a change that a removal in the same flush made pointless. */
const gone = (): SessionChangeResult => 'missing';

/** Changes that will go out together, at most one of each row: what comes to a row that is here already is merged into it. */
export class CommitBatch {
  readonly rows = new Map<string, BatchRow>();
  /** Callers that wait; bounds the batch. */
  waiting = 0;

  /** Adds a change of a row that has none yet. */
  add(key: string, change: SessionChange, basedOn: BatchRow | undefined): Promise<SessionChangeResult> {
    const row: BatchRow = { change, waiters: [], basedOn };
    this.rows.set(key, row);
    return this.join(row, asIs);
  }

  /** Waits with a row that is here. */
  join(row: BatchRow, translate: Waiter['translate'] = asIs): Promise<SessionChangeResult> {
    this.waiting += 1;
    return new Promise((resolve, reject) => row.waiters.push({ resolve, reject, translate }));
  }

  /** Puts the removal of a session in the place of all that waits for it. */
  replaceByRemoval(reference: SessionReference): Promise<SessionChangeResult> {
    const key = sessionKey(reference);
    const losers: Waiter[] = [];
    for (const [rowKey, row] of this.rows) {
      if (rowKey !== key && !rowKey.startsWith(`${key} `)) continue;
      const wantedRemoval = row.change.kind === 'remove-client';
      for (const waiter of row.waiters) losers.push(wantedRemoval ? waiter : { ...waiter, translate: gone });
      this.rows.delete(rowKey);
    }
    const removal: BatchRow = { change: { kind: 'remove-session', ...reference }, waiters: losers, basedOn: undefined };
    this.rows.set(key, removal);
    return this.join(removal);
  }

  /** The row's change became a removal; whoever waited for another change finds it gone. */
  replaceByClientRemoval(row: BatchRow, reference: SessionReference, clientId: string): Promise<SessionChangeResult> {
    row.waiters = row.waiters.map((waiter) => ({ ...waiter, translate: gone }));
    row.change = { kind: 'remove-client', realmId: reference.realmId, userSessionId: reference.id, clientId, offline: reference.offline };
    return this.join(row);
  }

  /** Answers what was built on rows that did not come about: their callers read again. */
  settleDependents(failed: ReadonlySet<BatchRow>): void {
    for (const [key, row] of this.rows) {
      if (row.basedOn === undefined || !failed.has(row.basedOn)) continue;
      this.rows.delete(key);
      this.waiting -= row.waiters.length;
      settle(row, 'conflict');
    }
  }
}

export function settle(row: BatchRow, result: SessionChangeResult): void {
  for (const waiter of row.waiters) waiter.resolve(waiter.translate(result));
}

export function fail(row: BatchRow, error: unknown): void {
  for (const waiter of row.waiters) waiter.reject(error);
}

export function sessionKey({ realmId, id, offline }: SessionReference): string {
  return `${realmId} ${offline ? 1 : 0} ${id}`;
}

export function clientKey(reference: SessionReference, clientId: string): string {
  return `${sessionKey(reference)} ${clientId}`;
}

/** The session as the row will hold it, where the change carries a whole one. */
export function sessionIn(change: SessionChange | undefined): UserSession | undefined {
  return change?.kind === 'insert-session' || change?.kind === 'update-session' ? change.session : undefined;
}

export function clientIn(change: SessionChange | undefined): ClientSession | undefined {
  return change?.kind === 'put-client' ? change.client : undefined;
}
