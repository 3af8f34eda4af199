import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../../context.ts';
import type { Realm } from '../../model/index.ts';
import { type AdminCall, adminRoutes } from '../admin-route.ts';
import { notFound } from '../answers.ts';
import { DEFAULT_PAGE_SIZE, paged, pageOf, queryText } from '../query.ts';
import { type ListedSession, sessionToRepresentation } from '../session-answers.ts';

type Listed = Readonly<Record<string, unknown>>;

/** Sessions looked through for one page at most: a search reads them, and a realm may have millions. */
const MAX_SESSIONS = 5_000;

/** Sessions of the realm, and of one client: online ones, offline ones or both. */
export function registerListedSessions(app: FastifyInstance, context: ServerContext): void {
  const declare = adminRoutes(app, context);
  const { userSessions } = context.state;

  declare('GET /ui-ext/sessions', async (call) => listed(call, (offline) => userSessions.clientsInUse(call.realm, offline)));
  declare('GET /ui-ext/sessions/client', async (call) => {
    const client = await context.storage.stores.clients.byId(call.realm.id, queryText(call.request, 'clientId') ?? '');
    if (client === undefined) throw notFound('Could not find client');
    return listed(call, async () => [client.id]);
  });
}

async function listed(call: AdminCall, clientsOf: (offline: boolean) => Promise<readonly string[]>): Promise<readonly Listed[]> {
  const { context, realm, request } = call;
  const page = pageOf(request, DEFAULT_PAGE_SIZE);
  const search = queryText(request, 'search')?.trim().toLowerCase() ?? '';
  const type = queryText(request, 'type') ?? 'ALL';
  const wanted = (page.first ?? 0) + (page.max ?? MAX_SESSIONS);
  const found: Listed[] = [];
  for (const offline of [false, true]) {
    if (type !== 'ALL' && (type === 'OFFLINE') !== offline) continue;
    for await (const session of sessionsOf(context, realm, await clientsOf(offline), offline)) {
      const shown = await toListed(context, realm, session, offline);
      if (search === '' || matches(shown, search)) found.push(shown);
      if (found.length >= wanted) return paged(found, page);
    }
  }
  return paged(found, page);
}

/** Each session once, however many clients it has. */
async function* sessionsOf(
  { state: { userSessions } }: ServerContext,
  realm: Realm,
  clients: readonly string[],
  offline: boolean,
): AsyncGenerator<ListedSession> {
  const seen = new Set<string>();
  for (const client of clients) {
    for (let first = 0; seen.size < MAX_SESSIONS; first += DEFAULT_PAGE_SIZE) {
      const page = await userSessions.ofClient(realm, client, offline, { first, max: DEFAULT_PAGE_SIZE });
      for (const one of page) {
        if (seen.has(one.session.id)) continue;
        seen.add(one.session.id);
        yield one;
      }
      if (page.length < DEFAULT_PAGE_SIZE) break;
    }
  }
}

/** `ofClient` answers with the client asked for; the list shows all that the session has. */
async function toListed(context: ServerContext, realm: Realm, one: ListedSession, offline: boolean): Promise<Listed> {
  const clients = await context.state.userSessions.clientsOf(realm, one.session.id, offline);
  const { rememberMe: _, ...shown } = await sessionToRepresentation(context, realm, { session: one.session, clients });
  return { ...shown, type: offline ? 'OFFLINE' : 'REGULAR' };
}

function matches(session: Listed, search: string): boolean {
  return ['username', 'userId', 'ipAddress', 'id'].some((field) => String(session[field]).toLowerCase().includes(search));
}
