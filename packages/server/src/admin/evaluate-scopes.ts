import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../context.ts';
import type { Client, ClientScope, ProtocolMapper, Role, User, UserSession } from '../model/index.ts';
import { scopeWords } from '../token/scope.ts';
import { type AdminCall, adminRoutes, issuerOf, parameter } from './admin-route.ts';
import { badRequest, notFound } from './answers.ts';
import { clientOf } from './lookups.ts';
import { queryText } from './query.ts';
import { brief } from './role-lists.ts';

const base = '/clients/:clientUuid/evaluate-scopes';

/** What a client's tokens would hold: the mappers that run, the roles let through, and examples of the tokens themselves. */
export function registerEvaluateScopes(app: FastifyInstance, context: ServerContext): void {
  const declare = adminRoutes(app, context);

  declare(`GET ${base}/protocol-mappers`, async (call) => {
    const client = await clientOf(call, 'clientUuid', 'Could not find client');
    const scopes = await scopesOf(call, client);
    return [
      ...scopes.flatMap((scope) => scope.protocolMappers.map((mapper) => shownMapper(mapper, scope.id, scope.name, 'client-scope'))),
      ...client.protocolMappers.map((mapper) => shownMapper(mapper, client.id, client.name ?? '', 'client')),
    ];
  });

  for (const kind of ['granted', 'not-granted'] as const) {
    declare(`GET ${base}/scope-mappings/:container/${kind}`, async (call) => {
      const client = await clientOf(call, 'clientUuid', 'Could not find client');
      const all = await rolesOfContainer(call);
      const granted = client.fullScopeAllowed ? undefined : await grantedIds(call, client);
      return brief(
        all.filter((role) => (granted === undefined || granted.has(role.id) || role.clientId === client.id) === (kind === 'granted')),
      );
    });
  }

  for (const [name, read] of [
    ['access-token', (call: AdminCall, client: Client, user: User) => example(call, client, user, 'access_token')],
    ['id-token', (call: AdminCall, client: Client, user: User) => example(call, client, user, 'id_token')],
    ['userinfo', exampleUserinfo],
  ] as const) {
    declare(`GET ${base}/generate-example-${name}`, async (call) => {
      const client = await clientOf(call, 'clientUuid', 'Could not find client');
      const userId = queryText(call.request, 'userId');
      if (userId === undefined || userId === '') throw badRequest('No userId provided');
      const user = await call.context.state.directory.userById(call.realm, userId);
      if (user === undefined) throw notFound('No user found');
      return read(call, client, user);
    });
  }
}

async function scopesOf({ context, realm, request }: AdminCall, client: Client): Promise<readonly ClientScope[]> {
  const asked = new Set(scopeWords(queryText(request, 'scope') ?? ''));
  const all = await context.state.directory.clientScopes(realm);
  return all.filter(
    ({ name }) => client.defaultClientScopes.includes(name) || (asked.has(name) && client.optionalClientScopes.includes(name)),
  );
}

function shownMapper(mapper: ProtocolMapper, containerId: string, containerName: string, containerType: string): unknown {
  return {
    mapperId: mapper.id,
    mapperName: mapper.name,
    containerId,
    containerName,
    containerType,
    protocolMapper: mapper.protocolMapper,
  };
}

/** Roles of a client by its UUID, or of the realm by the realm's name. */
async function rolesOfContainer({ context, realm, request }: AdminCall): Promise<readonly Role[]> {
  const container = parameter(request, 'container');
  const { clients, roles } = context.storage.stores;
  if (container === realm.realm) return roles.list(realm.id, undefined);
  const client = await clients.byId(realm.id, container);
  if (client === undefined) throw notFound('Role Container not found');
  return roles.list(realm.id, client.id);
}

async function grantedIds(call: AdminCall, client: Client): Promise<ReadonlySet<string>> {
  const { directory } = call.context.state;
  const mapped = await directory.clientScopeMappings(call.realm, client);
  const ofScopes = await Promise.all((await scopesOf(call, client)).map((scope) => directory.scopeMappingsOf(call.realm, scope)));
  return new Set((await directory.expandRoles(call.realm, [...mapped, ...ofScopes.flat()])).map(({ id }) => id));
}

/** Entropy of the ids of sessions. */
const SESSION_ID_BYTES = 18;

/** A session that nobody has, for a token that nobody gets. */
function sessionOf({ context, realm, request }: AdminCall, client: Client, user: User) {
  const now = context.clock.nowSeconds();
  const shared = { realmId: realm.id, offline: false, authMethod: 'openid-connect', started: now, version: 0 };
  const session: UserSession = {
    ...shared,
    id: randomBytes(SESSION_ID_BYTES).toString('base64url'),
    userId: user.id,
    loginUsername: user.username,
    ipAddress: request.ip,
    rememberMe: false,
    lastSessionRefresh: now,
    state: 'LOGGED_IN',
    notes: {},
  };
  return { session, clientSession: { ...shared, userSessionId: session.id, clientId: client.id, timestamp: now, notes: {} } };
}

async function example(call: AdminCall, client: Client, user: User, kind: 'access_token' | 'id_token'): Promise<unknown> {
  const scope = queryText(call.request, 'scope') ?? '';
  const issued = await call.context.tokens.issue({
    realm: call.realm,
    client,
    user,
    ...sessionOf(call, client, user),
    scope: kind === 'id_token' && !scopeWords(scope).includes('openid') ? `openid ${scope}`.trim() : scope,
    issuer: issuerOf(call),
    grant: 'implicit',
    refreshToken: false,
    accessTokenHash: false,
  });
  const [, payload = ''] = (issued[kind] ?? '').split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString());
}

async function exampleUserinfo(call: AdminCall, client: Client, user: User): Promise<unknown> {
  const scope = queryText(call.request, 'scope') ?? '';
  const request = { realm: call.realm, client, user, ...sessionOf(call, client, user), scope };
  return call.context.tokens.claims('userinfo', request, { sub: user.id });
}
