import type { Cache, GridNode } from '@keygrid/grid';
import type { EffectiveCache } from '../cache/cache-configuration.ts';
import { type OnGrid, onGridOf, StateUnavailableError } from '../cache/state-error.ts';
import type { ClientSession, UserSession } from '../model/index.ts';

/** A session with the UUIDs of the clients that ever joined it. */
export interface VolatileSession {
  readonly session: UserSession;
  readonly clients: readonly string[];
}

/** A client that joins a session, or only a touch. */
export interface Join {
  readonly joined?: string | undefined;
  readonly touchedAt: number;
  /** Idle time and maximum of the realm, for the entry's lifespan. */
  readonly idleSeconds: number;
  readonly endsAt: number;
}

/** What an entry becomes, and for how long. */
export interface NextValue<V> {
  readonly value: V;
  readonly lifespanMs: number;
}

/** Entries that live in memory alone, wherever that is; each change has one winner on all nodes. */
export interface VolatileMap<V> {
  get(key: string): Promise<V | undefined>;
  getAll(keys: readonly string[]): Promise<readonly V[]>;
  /** False where an entry stands. */
  insert(key: string, next: NextValue<V>): Promise<boolean>;
  /** Guarded read-modify-write; `change` is pure, may run several times, and refuses with undefined. Returns what was stored. */
  change(key: string, change: (standing: V | undefined) => NextValue<V> | undefined): Promise<V | undefined>;
  /** What stood there, for exactly one caller. */
  take(key: string): Promise<V | undefined>;
  /** False where there was none. */
  remove(key: string): Promise<boolean>;
  entries(): AsyncIterable<readonly [key: string, value: V]>;
}

/** User sessions and client sessions (key: session id, colon, client UUID) of one engine. */
export interface VolatileMaps {
  readonly sessions: VolatileMap<VolatileSession> & {
    /** Moves the last refresh forward and lists a client; undefined = the session is gone. */
    join(id: string, join: Join): Promise<UserSession | undefined>;
  };
  readonly clients: VolatileMap<ClientSession>;
}

/** Lost races of one change; each means that another change got through. */
const maxTries = 50;

/** What a join makes of a session. */
export function joined(
  standing: VolatileSession,
  { joined: client, touchedAt, idleSeconds, endsAt }: Join,
  nowMs: number,
): NextValue<VolatileSession> {
  const lastSessionRefresh = Math.max(standing.session.lastSessionRefresh, touchedAt);
  const grows = client !== undefined && !standing.clients.includes(client);
  const value = {
    session: { ...standing.session, lastSessionRefresh },
    clients: grows ? [...standing.clients, client] : standing.clients,
  };
  return { value, lifespanMs: Math.max(1, Math.min(endsAt, lastSessionRefresh + idleSeconds) * 1000 - nowMs) };
}

/** The two caches on the grid; every effect is one operation on its primary or a versioned replacement. */
export function gridVolatileMaps(
  grid: GridNode,
  options: { readonly sessions: EffectiveCache; readonly clientSessions: EffectiveCache },
): VolatileMaps {
  const sessions: Cache<string, VolatileSession> = grid.cache(options.sessions.name, {
    mode: options.sessions.mode,
    owners: options.sessions.owners,
    updates: {
      join: (current, argument, nowMs) => {
        if (current === undefined) return { value: 'keep', result: undefined };
        const { value, lifespanMs } = joined(current, argument as Join, nowMs);
        return { value, result: value.session, lifespanMs };
      },
    },
  });
  const clients: Cache<string, ClientSession> = grid.cache(options.clientSessions.name, {
    mode: options.clientSessions.mode,
    owners: options.clientSessions.owners,
    partitionKey: (key) => key.split(':')[0] ?? key,
  });
  const onGrid = onGridOf(grid);
  return {
    sessions: {
      ...gridMap(sessions, onGrid),
      join: (id, join) => onGrid(() => sessions.update<UserSession | undefined>(id, 'join', join)),
    },
    clients: gridMap(clients, onGrid),
  };
}

function gridMap<V>(cache: Cache<string, V>, onGrid: OnGrid): VolatileMap<V> {
  return {
    get: (key) => onGrid(() => cache.get(key)),
    getAll: async (keys) => [...(await onGrid(() => cache.getAll([...keys]))).values()],
    insert: async (key, { value, lifespanMs }) => (await onGrid(() => cache.putIfAbsent(key, value, { lifespanMs }))) === undefined,
    async change(key, change) {
      for (let tries = 0; tries < maxTries; tries += 1) {
        const found = await onGrid(() => cache.getVersioned(key));
        const next = change(found?.value);
        if (next === undefined) return undefined;
        const { value, lifespanMs } = next;
        const won = await onGrid(async () =>
          found === undefined
            ? (await cache.putIfAbsent(key, value, { lifespanMs })) === undefined
            : cache.replaceIfVersion(key, value, found.version, { lifespanMs }),
        );
        if (won) return value;
      }
      throw new StateUnavailableError(`a session is changed by too many at once: ${maxTries} tries lost their race`);
    },
    take: (key) => onGrid(() => cache.getAndRemove(key)),
    remove: (key) => onGrid(() => cache.remove(key)),
    entries: () => cache.entries(),
  };
}
