import type { ClientSession, UserSession } from '../model/index.ts';
import type { LivingBounds, Page, SessionChange, SessionChangeResult, SessionRow, SessionStore, SweepBounds } from '../store/stores.ts';

/** A row with its clients. */
export interface Held {
  session: UserSession;
  readonly clients: Map<string, ClientSession>;
}

/** The session tables in memory, with the guards of the real ones. Each call is atomic, after one asynchronous hop. */
export class MemorySessionStore implements SessionStore {
  readonly rows: Map<string, Held>;
  loads = 0;
  flushes = 0;
  /** Awaited at the start of each flush: lets a test hold a commit back. */
  beforeFlush: (changes: readonly SessionChange[]) => Promise<void> | void = () => undefined;
  /** Awaited after the rows of a load were read: lets a test make a load slow. */
  afterLoad: () => Promise<void> | void = () => undefined;

  /** `rows` of another one: two members over the same tables. */
  constructor(rows = new Map<string, Held>()) {
    this.rows = rows;
  }

  async load(realmId: string, id: string, offline: boolean): Promise<SessionRow | undefined> {
    this.loads += 1;
    await Promise.resolve();
    const held = this.rows.get(keyOf(realmId, id, offline));
    const row = held === undefined ? undefined : rowOf(held);
    await this.afterLoad();
    return row;
  }

  async flush(changes: readonly SessionChange[]): Promise<SessionChangeResult[]> {
    this.flushes += 1;
    await this.beforeFlush(changes);
    await Promise.resolve();
    const results = new Array<SessionChangeResult>(changes.length);
    // Sessions before their clients, whatever the order of arrival.
    for (const wantsClients of [false, true]) {
      for (const [index, change] of changes.entries()) {
        if ((change.kind === 'put-client' || change.kind === 'remove-client') === wantsClients) results[index] = this.#apply(change);
      }
    }
    return results;
  }

  #apply(change: SessionChange): SessionChangeResult {
    switch (change.kind) {
      case 'insert-session': {
        const key = keyOf(change.session.realmId, change.session.id, change.session.offline);
        if (this.rows.has(key)) return 'conflict';
        this.rows.set(key, { session: change.session, clients: new Map() });
        return 'applied';
      }
      case 'update-session': {
        const held = this.rows.get(keyOf(change.session.realmId, change.session.id, change.session.offline));
        if (held === undefined) return 'missing';
        if (held.session.version !== change.session.version) return 'conflict';
        const lastSessionRefresh = Math.max(held.session.lastSessionRefresh, change.session.lastSessionRefresh);
        held.session = { ...change.session, lastSessionRefresh, version: change.session.version + 1 };
        return 'applied';
      }
      case 'touch-session': {
        const held = this.rows.get(keyOf(change.realmId, change.id, change.offline));
        if (held === undefined) return 'missing';
        held.session = { ...held.session, lastSessionRefresh: Math.max(held.session.lastSessionRefresh, change.lastSessionRefresh) };
        return 'applied';
      }
      case 'remove-session':
        return this.rows.delete(keyOf(change.realmId, change.id, change.offline)) ? 'applied' : 'missing';
      case 'put-client': {
        const { client } = change;
        const held = this.rows.get(keyOf(client.realmId, client.userSessionId, client.offline));
        const standing = held?.clients.get(client.clientId);
        if (held === undefined || (standing === undefined && client.version > 0)) return 'missing';
        if ((standing?.version ?? 0) !== client.version) return 'conflict';
        held.clients.set(client.clientId, { ...client, version: client.version + 1 });
        return 'applied';
      }
      case 'remove-client':
        return this.rows.get(keyOf(change.realmId, change.userSessionId, change.offline))?.clients.delete(change.clientId)
          ? 'applied'
          : 'missing';
    }
  }

  async ofBrokerSession(realmId: string, brokerSessionId: string, offline: boolean, max: number): Promise<string[]> {
    const isMeant = (session: UserSession): boolean =>
      session.realmId === realmId && session.offline === offline && session.brokerSessionId === brokerSessionId;
    const all = this.#where(isMeant);
    return all.slice(0, max).map(({ session }) => session.id);
  }

  async ofUser(realmId: string, userId: string, offline: boolean): Promise<SessionRow[]> {
    return this.#where((session) => session.realmId === realmId && session.userId === userId && session.offline === offline);
  }

  async ofClient(
    realmId: string,
    clientUuid: string,
    offline: boolean,
    living: { readonly plain: LivingBounds; readonly remembered: LivingBounds },
    page: Page,
  ): Promise<SessionRow[]> {
    const rows = this.#where((session, held) => {
      const { refreshedAfter, startedAfter } = session.rememberMe ? living.remembered : living.plain;
      const lives = session.lastSessionRefresh > refreshedAfter && session.started > startedAfter;
      return lives && session.realmId === realmId && session.offline === offline && held.clients.has(clientUuid);
    });
    const inOrder = rows.toSorted((one, other) => (one.session.id < other.session.id ? -1 : 1));
    return inOrder.slice(page.first ?? 0, (page.first ?? 0) + (page.max ?? rows.length));
  }

  async countByClient(realmId: string, offline: boolean): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    for (const row of this.#where((session) => session.realmId === realmId && session.offline === offline)) {
      for (const client of row.clients) counts.set(client.clientId, (counts.get(client.clientId) ?? 0) + 1);
    }
    return counts;
  }

  async clientsInUse(realmId: string, offline: boolean): Promise<string[]> {
    return [...(await this.countByClient(realmId, offline)).keys()];
  }

  async removeOfRealm(realmId: string): Promise<number> {
    return this.#remove((session) => session.realmId === realmId).length;
  }

  async removeOfUser(realmId: string, userId: string): Promise<string[]> {
    return this.#remove((session) => session.realmId === realmId && session.userId === userId).map((session) => session.id);
  }

  async expired(bounds: readonly SweepBounds[]): Promise<number[]> {
    return bounds.flatMap((one, index) => (this.#where((session) => isOver(session, one)).length > 0 ? [index] : []));
  }

  async sweep(bounds: SweepBounds, limit: number): Promise<{ id: string; userId: string }[]> {
    let left = limit;
    return this.#remove((session) => {
      if (!isOver(session, bounds) || left === 0) return false;
      left -= 1;
      return true;
    });
  }

  #where(test: (session: UserSession, held: Held) => boolean): SessionRow[] {
    return [...this.rows.values()].filter((held) => test(held.session, held)).map(rowOf);
  }

  #remove(test: (session: UserSession) => boolean): UserSession[] {
    const removed: UserSession[] = [];
    for (const [key, held] of this.rows) {
      if (!test(held.session)) continue;
      removed.push(held.session);
      this.rows.delete(key);
    }
    return removed;
  }
}

function isOver(session: UserSession, bounds: SweepBounds): boolean {
  const mine = session.realmId === bounds.realmId && session.offline === bounds.offline && session.rememberMe === bounds.rememberMe;
  return mine && (session.lastSessionRefresh < bounds.idleBefore || session.started < bounds.startedBefore);
}

function keyOf(realmId: string, id: string, offline: boolean): string {
  return `${realmId} ${id} ${offline}`;
}

function rowOf(held: Held): SessionRow {
  return { session: held.session, clients: [...held.clients.values()] };
}
