import type { Clock } from '../model/clock.ts';
import type { Realm } from '../model/index.ts';
import { userSessionIdleSeconds, userSessionMaxSeconds } from '../model/session-expiry.ts';
import type { Logger } from '../observability/logger.ts';
import type { Stores, SweepBounds } from '../store/stores.ts';

/** Keycloak's interval of its cleaning task. */
export const sweepIntervalMs = 900_000;
/** A row may be that much older than its end before it goes; reading is exact without it. */
const graceSeconds = 180;
/** Rows of one statement: a short one, so that a million rows never make a long transaction. */
const batchRows = 500;
/** Between two statements, so that logins beside the sweep do not feel it. */
const pauseMs = 20;
/** Statements of one pass over one realm; what is left waits for the next pass. */
const maxBatches = 20_000;

/** A session that the sweeper removed. */
export interface ExpiredSession {
  readonly id: string;
  readonly userId: string;
  readonly offline: boolean;
}

export interface SweeperOptions {
  readonly stores: Pick<Stores, 'realms' | 'sessions' | 'revokedTokens'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Told of the sessions that one statement removed, for the event USER_SESSION_DELETED with the reason `expired`; the next one waits for it. */
  readonly onExpired: (realm: Realm, sessions: readonly ExpiredSession[]) => Promise<void>;
  readonly pause?: ((ms: number) => Promise<void>) | undefined;
}

/** Realms whose bounds one statement looks at. */
const realmsAtOnce = 500;
const kinds = [
  { offline: false, rememberMe: false },
  { offline: false, rememberMe: true },
  { offline: true, rememberMe: false },
  { offline: true, rememberMe: true },
] as const;

/**
 * Removes what is over, in all realms, until done or aborted. Returns the number of sessions that went. Realms in which nothing is over cost
 * no statement of their own.
 */
export async function sweepSessions(options: SweeperOptions, signal: AbortSignal): Promise<number> {
  const { stores, clock, logger } = options;
  let removed = 0;
  const realms = await stores.realms.list();
  for (let at = 0; at < realms.length && !signal.aborted; at += realmsAtOnce) {
    const tasks = realms.slice(at, at + realmsAtOnce).flatMap((realm) => kinds.map((kind) => ({ realm, kind })));
    const now = clock.nowSeconds();
    const due = await stores.sessions.expired(tasks.map(({ realm, kind }) => sweepBounds(realm, kind.offline, kind.rememberMe, now)));
    for (const index of due) {
      const task = tasks[index];
      if (task !== undefined) removed += await sweepKind(options, task.realm, task.kind, signal);
    }
  }
  await stores.revokedTokens.removeExpired(clock.nowSeconds());
  if (removed > 0) logger.debug('expired sessions removed', { removed });
  return removed;
}

async function sweepKind(options: SweeperOptions, realm: Realm, kind: (typeof kinds)[number], signal: AbortSignal): Promise<number> {
  const { stores, clock, onExpired, pause = wait } = options;
  const bounds = sweepBounds(realm, kind.offline, kind.rememberMe, clock.nowSeconds());
  let removed = 0;
  for (let batch = 0; batch < maxBatches && !signal.aborted; batch += 1) {
    const rows = await stores.sessions.sweep(bounds, batchRows);
    removed += rows.length;
    const expired = rows.map((row) => ({ ...row, offline: kind.offline }));
    if (expired.length > 0) await onExpired(realm, expired);
    if (rows.length < batchRows) break;
    await pause(pauseMs);
  }
  return removed;
}

/** Rows refreshed or started before these epoch seconds are over. */
export function sweepBounds(realm: Realm, offline: boolean, rememberMe: boolean, nowSeconds: number): SweepBounds {
  const kind = { realmId: realm.id, offline, rememberMe };
  // The realm remembers nobody any more: those sessions are over at once.
  if (rememberMe && !offline && !realm.rememberMe) return { ...kind, idleBefore: nowSeconds + 1, startedBefore: nowSeconds + 1 };
  const maximum = userSessionMaxSeconds(realm, offline, rememberMe);
  return {
    ...kind,
    idleBefore: nowSeconds - userSessionIdleSeconds(realm, offline, rememberMe) - graceSeconds,
    startedBefore: Number.isFinite(maximum) ? nowSeconds - maximum - graceSeconds : 0,
  };
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
