import type { State } from '../cache/contracts.ts';
import type { Clock } from '../model/clock.ts';
import type { Client, ClientSession, Realm, UserSession } from '../model/index.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Tokens } from '../token/contracts.ts';
import { callAdminUrls } from './admin-url.ts';
import { type CallLimits, CallQueue, type Post } from './call-queue.ts';
import type { FrontChannelClient, Logouts } from './contracts.ts';
import { frontChannelOf, hasFrontChannel } from './front-channel.ts';
import { logoutToken } from './logout-token.ts';
import { logoutAtProvider, providerCall } from './provider-logout.ts';

export interface LogoutParts {
  readonly state: Pick<State, 'directory' | 'userSessions'>;
  readonly tokens: Pick<Tokens, 'sign'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly post: Post;
  /** Runs `run` once, later. */
  readonly after: (delayMs: number, run: () => void) => Disposable;
  readonly limits?: Partial<CallLimits>;
}

/** How long whoever logs out waits for the applications: then the next tries go on behind. */
const FIRST_TRIES_MS = 2_000;
const SESSIONS_AT_ONCE = 16;

/** Sessions end here: removed, and their clients told, over a queue that belongs to the node. */
export function createLogouts(parts: LogoutParts): Logouts & Disposable {
  const { state, tokens, clock, logger } = parts;
  const calls = parts.metrics.counter('keygrid_logout_calls');
  const queue = new CallQueue({
    post: parts.post,
    after: parts.after,
    ...(parts.limits === undefined ? {} : { limits: parts.limits }),
    onOutcome(call, outcome, detail) {
      calls.add(1, { outcome });
      if (outcome !== 'done') logger.warn(`Logout for ${call.label} at ${call.url} ${outcome}: ${detail}`);
    },
  });

  /** Tells one client by back-channel; resolves when its first try is over. */
  async function tell(realm: Realm, client: Client, session: UserSession, issuer: string): Promise<void> {
    const url = client.attributes['backchannel.logout.url'];
    if (!url) return;
    try {
      const token = await logoutToken(tokens, realm, client, session, issuer, clock.nowSeconds());
      const body = new URLSearchParams({ logout_token: token }).toString();
      const label = `client ${client.clientId} of realm ${realm.realm}`;
      await queue.send({ url, contentType: 'application/x-www-form-urlencoded', body, label }, { retries: true });
    } catch (error) {
      // The session has ended already; a client that cannot be told must not turn that into an error.
      logger.warn(`No logout token for client ${client.clientId} of realm ${realm.realm}`, { error });
    }
  }

  async function atMost(delayMs: number, work: Promise<unknown>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    using _timer = parts.after(delayMs, resolve);
    await Promise.race([work, promise]);
  }

  /** Clients of a session that are still there and switched on, with the issuer that each knows. */
  async function clientsIn(realm: Realm, sessions: readonly ClientSession[], issuer: string) {
    const found = await Promise.all(
      sessions.map(async ({ clientId, notes }) => ({
        client: await state.directory.clientById(realm, clientId),
        issuer: notes['iss'] ?? issuer,
      })),
    );
    return found.flatMap((one) => (one.client?.enabled === true ? [{ client: one.client, issuer: one.issuer }] : []));
  }

  const logouts: Logouts & Disposable = {
    async endSession(realm, sessionId, { issuer, offline = false, browser = false, byProvider = false }) {
      const { userSessions } = state;
      const session = await userSessions.get(realm, sessionId, offline);
      const known = session === undefined ? [] : await userSessions.clientsOf(realm, sessionId, offline);
      // Of several who end one session at once, one tells the clients.
      if (!(await userSessions.remove(realm, sessionId, offline)) || session === undefined) return undefined;
      const clients = await clientsIn(realm, known, issuer);
      const frontChannel: FrontChannelClient[] = [];
      const tries: Promise<void>[] = [];
      for (const one of clients) {
        if (browser && hasFrontChannel(one.client)) frontChannel.push(frontChannelOf(one.client, session, one.issuer));
        else tries.push(tell(realm, one.client, session, one.issuer));
      }
      const there = byProvider ? undefined : logoutAtProvider(realm, session);
      if (there?.byServer) tries.push(queue.send(providerCall(realm, there), { retries: true }).then(() => undefined));
      if (tries.length > 0) await atMost(FIRST_TRIES_MS, Promise.all(tries));
      return { session, frontChannel };
    },

    async endSessions(realm, sessionIds, options) {
      const ended: string[] = [];
      for (let first = 0; first < sessionIds.length; first += SESSIONS_AT_ONCE) {
        const some = sessionIds.slice(first, first + SESSIONS_AT_ONCE);
        for (const one of await Promise.all(some.map((id) => logouts.endSession(realm, id, options)))) {
          if (one !== undefined) ended.push(one.session.id);
        }
      }
      return ended;
    },

    async endClient(realm, user, client, { issuer, offline = false }) {
      const { userSessions } = state;
      const tries: Promise<void>[] = [];
      for (const { session, clients } of await userSessions.ofUser(realm, user.id, offline)) {
        const own = clients.find(({ clientId }) => clientId === client.id);
        if (own === undefined) continue;
        const last = clients.length === 1;
        const removed = last
          ? await userSessions.remove(realm, session.id, offline)
          : await userSessions.removeClient(realm, session.id, client.id, offline);
        if (removed && client.enabled) tries.push(tell(realm, client, session, own.notes['iss'] ?? issuer));
        else if (removed) tries.push(Promise.resolve());
      }
      if (tries.length > 0) await atMost(FIRST_TRIES_MS, Promise.all(tries));
      return tries.length;
    },

    tellAdminUrls: (realm, clients, action, notBefore) =>
      callAdminUrls({ tokens, queue, nowMs: clock.nowMs() }, realm, clients, action, notBefore),

    [Symbol.dispose]: () => queue[Symbol.dispose](),
  };
  return logouts;
}
