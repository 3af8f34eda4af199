import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../context.ts';
import type { Client, Realm } from '../model/index.ts';
import { adminRoutes } from './admin-route.ts';
import { clientOf } from './lookups.ts';
import { DEFAULT_PAGE_SIZE, pageOf } from './query.ts';
import { sessionToRepresentation } from './session-answers.ts';

/** Sessions of one client and their number, online and offline. */
export function registerClientSessions(app: FastifyInstance, context: ServerContext): void {
  const declare = adminRoutes(app, context);
  const { userSessions } = context.state;
  const kinds = [
    ['user-sessions', 'session-count', false],
    ['offline-sessions', 'offline-session-count', true],
  ] as const;
  for (const [list, count, offline] of kinds) {
    declare(`GET /clients/:clientUuid/${list}`, async (call) => {
      const client = await clientOf(call);
      const sessions = await userSessions.ofClient(call.realm, client.id, offline, pageOf(call.request, DEFAULT_PAGE_SIZE));
      return Promise.all(sessions.map((listed) => sessionToRepresentation(context, call.realm, listed, client.id)));
    });
    declare(`GET /clients/:clientUuid/${count}`, async (call) => {
      const client = await clientOf(call);
      return { count: (await userSessions.countByClient(call.realm, offline)).get(client.id) ?? 0 };
    });
  }
}

/** Rounds of removal; each takes one page, so that a client that is still used cannot hold its removal up for ever. */
const MAX_ROUNDS = 10_000;

/** Takes the client out of every session, before it is removed. */
export async function endClientSessions({ state: { userSessions } }: ServerContext, realm: Realm, client: Client): Promise<void> {
  for (const offline of [false, true]) {
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const page = await userSessions.ofClient(realm, client.id, offline, { max: DEFAULT_PAGE_SIZE });
      // At once, so that a page is one or two commits instead of a hundred.
      const removed = await Promise.all(page.map(({ session }) => userSessions.removeClient(realm, session.id, client.id, offline)));
      if (!removed.includes(true)) break;
    }
  }
}
