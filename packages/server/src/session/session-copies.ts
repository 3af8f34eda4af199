import type { Cache, GridNode } from '@keygrid/grid';
import type { EffectiveCache } from '../cache/cache-configuration.ts';
import { type OnGrid, onGridOf } from '../cache/state-error.ts';
import type { ClientSession, UserSession } from '../model/index.ts';
import type { SessionRow } from '../store/stores.ts';
import { type Slot, SlotCache, type SlotCacheOptions, slotUpdates } from './slot-cache.ts';

/** Absent lifespans are those of the protocol. */
export interface SessionCopyOptions extends SlotCacheOptions {
  readonly sessionLifespanMs?: number | undefined;
  readonly clientSessionLifespanMs?: number | undefined;
}

/** A user session with the UUIDs of all its clients, so that "this client has none" needs no database. */
export interface SessionCopy {
  readonly session: UserSession;
  readonly clients: readonly string[];
}

/** A committed change of a session copy: newer fields, a further client, or both. */
export interface SessionAdvance {
  readonly session: UserSession;
  readonly joined?: string | undefined;
}

/** A user session and, where asked for, one of its client sessions, as cache or database gave them. */
export interface FoundSession {
  readonly session: UserSession;
  readonly client: ClientSession | undefined;
  /** False: it may be older than the database, though never older than a logout that was answered. */
  readonly fromDatabase: boolean;
}

/** How the two caches of user sessions and their client sessions are run. */
export interface CopyCaches {
  readonly sessions: EffectiveCache;
  readonly clientSessions: EffectiveCache;
}

/** @internal Exported for its test. */
export function mergeSession(current: SessionCopy, { session, joined }: SessionAdvance): SessionCopy | undefined {
  const newer = session.version > current.session.version ? session : current.session;
  const lastSessionRefresh = Math.max(session.lastSessionRefresh, current.session.lastSessionRefresh);
  const grows = joined !== undefined && !current.clients.includes(joined);
  if (newer === current.session && lastSessionRefresh === newer.lastSessionRefresh && !grows) return undefined;
  return { session: { ...newer, lastSessionRefresh }, clients: grows ? [...current.clients, joined] : current.clients };
}

function mergeClient(current: ClientSession, next: ClientSession): ClientSession | undefined {
  return next.version > current.version ? next : undefined;
}

/**
 * The bounded copies of sessions on the grid: caches `sessions` and `clientSessions`, or their offline twins. A client session lies with
 * its user session on one owner. Which rules make them right across nodes stands in `slot-cache.ts`.
 */
export class SessionCopies {
  readonly #sessions: SlotCache<SessionCopy, SessionAdvance>;
  readonly #clients: SlotCache<ClientSession, ClientSession>;
  readonly #onGrid: OnGrid;
  readonly #loading = new Map<string, Promise<SessionRow | undefined>>();

  constructor(grid: GridNode, configuration: CopyCaches, options: SessionCopyOptions) {
    const sessions: Cache<string, Slot<SessionCopy>> = grid.cache(configuration.sessions.name, {
      ...gridOptions(configuration.sessions),
      updates: slotUpdates(mergeSession, options.sessionLifespanMs),
    });
    const clients: Cache<string, Slot<ClientSession>> = grid.cache(configuration.clientSessions.name, {
      ...gridOptions(configuration.clientSessions),
      updates: slotUpdates(mergeClient, options.clientSessionLifespanMs),
      partitionKey: (key) => key.slice(0, Math.max(0, key.indexOf(':'))) || key,
    });
    this.#onGrid = onGridOf(grid);
    this.#sessions = new SlotCache(sessions, options);
    this.#clients = new SlotCache(clients, options);
  }

  /** Reads through the cache; `load` asks the database. */
  async find(id: string, clientUuid: string | undefined, load: () => Promise<SessionRow | undefined>): Promise<FoundSession | undefined> {
    const clientKey = clientUuid === undefined ? undefined : keyOf(id, clientUuid);
    const [session, client] = await this.#onGrid(() =>
      Promise.all([this.#sessions.peek(id), clientKey === undefined ? undefined : this.#clients.peek(clientKey)]),
    );
    if (session.kind === 'live') {
      const listed = clientUuid !== undefined && session.value.clients.includes(clientUuid);
      if (!listed) return { session: session.value.session, client: undefined, fromDatabase: false };
      if (client?.kind === 'live') return { session: session.value.session, client: client.value, fromDatabase: false };
    }
    const [sessionTicket, clientTicket] = await this.#onGrid(() =>
      Promise.all([
        session.kind === 'absent' ? this.#sessions.ticket(id) : session,
        clientKey !== undefined && client?.kind === 'absent' ? this.#clients.ticket(clientKey) : client,
      ]),
    );
    const tickets = [ticketOf(sessionTicket), ticketOf(clientTicket)] as const;
    const row = await this.#loadOnce(id, tickets, clientKey !== undefined, load);
    if (row === undefined) return undefined;
    const found = row.clients.find((one) => one.clientId === clientUuid);
    await this.#onGrid(() =>
      Promise.all([
        tickets[0] === undefined ? undefined : this.#sessions.fill(id, tickets[0], copyOf(row)),
        tickets[1] === undefined || found === undefined || clientKey === undefined
          ? undefined
          : this.#clients.fill(clientKey, tickets[1], found),
      ]),
    );
    return { session: row.session, client: found, fromDatabase: true };
  }

  /**
   * Callers that hold the same tickets for all that they want share one load: no write was answered between their reads, or it had taken
   * the ticket away. What is not covered by a ticket is loaded by each caller for itself.
   */
  async #loadOnce(
    id: string,
    tickets: readonly [string | undefined, string | undefined],
    wantsClient: boolean,
    load: () => Promise<SessionRow | undefined>,
  ): Promise<SessionRow | undefined> {
    if (tickets[0] === undefined || (wantsClient && tickets[1] === undefined)) return load();
    const key = `${id} ${tickets[0] ?? ''} ${tickets[1] ?? ''}`;
    const running = this.#loading.get(key);
    if (running !== undefined) return running;
    const started = load().finally(() => this.#loading.delete(key));
    this.#loading.set(key, started);
    return started;
  }

  /** Before a session or a client session is inserted: the right to cache it afterwards. */
  async reserve(id: string, clientUuid: string, withSession: boolean): Promise<Reservation> {
    const [session, client] = await this.#onGrid(() =>
      Promise.all([withSession ? this.#sessions.ticket(id) : undefined, this.#clients.ticket(keyOf(id, clientUuid))]),
    );
    return {
      sessionTicket: ticketOf(session),
      clientTicket: ticketOf(client),
      sessionStands: session?.kind === 'live',
      clientStands: client.kind === 'live',
    };
  }

  /** After the insert of a session with its first client session was committed. */
  async created(session: UserSession, client: ClientSession, reservation: Reservation): Promise<void> {
    const copy: SessionCopy = { session, clients: [client.clientId] };
    await this.#onGrid(() =>
      Promise.all([
        this.#inserted(this.#sessions, session.id, copy, reservation.sessionTicket, reservation.sessionStands),
        this.#clientInserted(client, reservation),
      ]),
    );
  }

  /** After a client session was added to a session that stands already. A reader must not miss it, so errors are thrown. */
  async joined(session: UserSession, client: ClientSession, reservation: Reservation | undefined): Promise<void> {
    await this.#onGrid(() =>
      Promise.all([
        this.#sessions.advance(session.id, { session, joined: client.clientId }),
        reservation === undefined
          ? this.#clients.advance(keyOf(session.id, client.clientId), client)
          : this.#clientInserted(client, reservation),
      ]),
    );
  }

  #clientInserted(client: ClientSession, { clientTicket, clientStands }: Reservation): Promise<void> {
    return this.#inserted(this.#clients, keyOf(client.userSessionId, client.clientId), client, clientTicket, clientStands);
  }

  /** A copy of an earlier life of the row goes, and the next reader loads. */
  async #inserted<T, A>(slots: SlotCache<T, A>, key: string, value: T, ticket: string | undefined, stands: boolean): Promise<void> {
    if (stands) await slots.drop(key);
    else if (ticket !== undefined) await slots.fill(key, ticket, value);
  }

  /** After a refresh: the version guard in the database protects whoever reads the older copy, so that no answer is waited for long. */
  async touched(session: UserSession, client: ClientSession): Promise<void> {
    await this.#onGrid(() =>
      Promise.all([
        this.#sessions.advanceSoon(session.id, { session }),
        this.#clients.advanceSoon(keyOf(session.id, client.clientId), client),
      ]),
    );
  }

  /** After notes or state changed. */
  async updated(session: UserSession): Promise<void> {
    await this.#onGrid(() => this.#sessions.advance(session.id, { session }));
  }

  /** Runs a removal so that no reader is served from a copy once it was answered; `clients` may be all that are known. */
  async removing<T>(id: string, work: () => Promise<T>): Promise<T> {
    const slot = await this.#onGrid(() => this.#sessions.peek(id));
    const clients = slot.kind === 'live' ? slot.value.clients : [];
    await this.#onGrid(() => this.#sessions.suspend(id));
    try {
      return await work();
    } finally {
      await this.drop(id, clients);
    }
  }

  /** As `removing`, for one client session. */
  async removingClient<T>(id: string, clientUuid: string, work: () => Promise<T>): Promise<T> {
    await this.#onGrid(() => this.#clients.suspend(keyOf(id, clientUuid)));
    try {
      return await work();
    } finally {
      await this.drop(id, [clientUuid]);
    }
  }

  async suspend(id: string): Promise<void> {
    await this.#onGrid(() => this.#sessions.suspend(id));
  }

  /** Forgets the copies; what stands in the database is loaded by the next reader. */
  async drop(id: string, clients: readonly string[]): Promise<void> {
    await this.#onGrid(() => Promise.all([this.#sessions.drop(id), ...clients.map((client) => this.#clients.drop(keyOf(id, client)))]));
  }

  async clear(): Promise<void> {
    await this.#onGrid(() => Promise.all([this.#sessions.clear(), this.#clients.clear()]));
  }
}

/** The right to cache what is about to be inserted. */
export interface Reservation {
  readonly sessionTicket: string | undefined;
  readonly clientTicket: string | undefined;
  /** A copy of an earlier life of the row stands in the way. */
  readonly sessionStands: boolean;
  readonly clientStands: boolean;
}

function gridOptions({ mode, owners, maxCount, stateTransfer }: EffectiveCache) {
  return { mode, owners, maxCount, stateTransfer };
}

function keyOf(id: string, clientUuid: string): string {
  return `${id}:${clientUuid}`;
}

function copyOf(row: SessionRow): SessionCopy {
  return { session: row.session, clients: row.clients.map((client) => client.clientId) };
}

function ticketOf(peek: { readonly kind: string; readonly ticket?: string } | undefined): string | undefined {
  return peek?.kind === 'ticket' ? peek.ticket : undefined;
}
