import type { Wish } from '../../authorization/evaluation/decide.ts';
import type { Json } from '../../authorization/policies/policy-type.ts';
import { refused } from '../../authorization/refusal.ts';
import { explain } from '../../authorization/representation/evaluation.ts';
import { permissionsOf } from '../../authorization/representation/permissions.ts';
import { subjectOf } from '../../authorization/subject-of.ts';
import { allWishes, scopeIdsOf, scopeWishes, wishFor } from '../../authorization/wishes.ts';
import type { ScopeBook } from '../../cache/authorization-directory.ts';
import type { Client, ResourceServer, User } from '../../model/index.ts';
import type { Claims } from '../../token/contracts.ts';
import { type AdminCall, bodyOf, issuerOf } from '../admin-route.ts';
import { evaluationShape } from './bodies.ts';
import { serverOf } from './server-of.ts';

interface EvaluationRequest {
  readonly userId?: string | null;
  readonly clientId?: string | null;
  readonly roleIds?: readonly string[] | null;
  readonly resources?: unknown;
  readonly context?: unknown;
}

/** Plays a request through: what this user would get of this client, and why. Nothing is issued and nothing is written. */
export async function evaluateRequest(call: AdminCall): Promise<Json> {
  const body = bodyOf<EvaluationRequest>(call.request, evaluationShape);
  const { client, server } = await serverOf(call);
  const { context, realm } = call;
  const { authorization } = context;
  const user = await userIn(call, body);
  const asking = body.clientId ? await context.storage.stores.clients.byId(realm.id, body.clientId) : client;
  if (asking === undefined) throw refused(400, 'invalid_request', `Client [${body.clientId}] does not exist`);
  const claims = await claimsFor(call, asking, user, body.roleIds ?? []);
  const attributes = attributesIn(body.context);
  const subject = await subjectOf(
    context.state.directory,
    realm,
    { claims, client: asking, user },
    { nowMs: context.clock.nowMs(), remoteAddress: call.request.ip, attributes, overriding: true },
  );
  const scopes = await authorization.directory.scopes(server);
  const book = { authorization: authorization.directory, server };
  const wanted = await wishesIn(call, server, scopes, body.resources);
  const wishes = wanted.length > 0 ? wanted : await allWishes(book, subject.id);
  const evaluated = await authorization.evaluate(realm, server, subject, wishes);
  const named = [...new Set([...evaluated.policies.values()].flatMap(({ resourceIds }) => resourceIds))];
  const resources = await Promise.all(named.map((id) => authorization.directory.resource(server, id)));
  return explain({
    evaluated,
    scopes,
    resources: new Map(resources.flatMap((one) => (one === undefined ? [] : [[one.id, one]]))),
    rpt: { ...claims, aud: client.clientId, authorization: { permissions: permissionsOf(evaluated.decisions, scopes) } },
  });
}

async function userIn({ context, realm }: AdminCall, { userId }: EvaluationRequest): Promise<User> {
  if (!userId) throw refused(400, 'invalid_request', 'No user provided');
  const { users } = context.storage.stores;
  const user = (await users.byId(realm.id, userId)) ?? (await users.byUsername(realm.id, userId));
  if (user === undefined) throw refused(400, 'invalid_request', `User [${userId}] does not exist`);
  return user;
}

/** The claims of an access token for that user, which nobody gets; roles that are supposed come on top. */
async function claimsFor(call: AdminCall, client: Client, user: User, roleIds: readonly string[]): Promise<Claims> {
  const { access_token: token } = await call.context.tokens.issue({
    realm: call.realm,
    client,
    user,
    session: undefined,
    clientSession: undefined,
    scope: '',
    issuer: issuerOf(call),
    grant: 'client_credentials',
    refreshToken: false,
  });
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Claims;
  if (roleIds.length === 0) return claims;
  const access = (claims['realm_access'] ?? {}) as { readonly roles?: readonly string[] };
  return { ...claims, realm_access: { ...access, roles: [...new Set([...(access.roles ?? []), ...roleIds])] } };
}

/** `context.attributes`: values divided by commas. */
function attributesIn(context: unknown): Readonly<Record<string, readonly string[]>> {
  const attributes = typeof context === 'object' && context !== null ? (context as Json)['attributes'] : undefined;
  if (typeof attributes !== 'object' || attributes === null) return {};
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, value]) => (value === null ? [] : [[name, String(value).split(',')]])),
  );
}

async function wishesIn({ context }: AdminCall, server: ResourceServer, scopes: ScopeBook, list: unknown): Promise<readonly Wish[]> {
  const { directory } = context.authorization;
  const book = { authorization: directory, server };
  const wishes: Wish[] = [];
  for (const one of Array.isArray(list) ? (list as readonly unknown[]) : []) {
    const body = typeof one === 'object' && one !== null ? (one as Json) : {};
    const scopeIds = scopeIdsOf(scopes, namesOf(body['scopes']));
    const { _id: id, name, type } = body;
    if (typeof id === 'string' || typeof name === 'string') {
      const resource =
        typeof id === 'string' ? await directory.resource(server, id) : await directory.resourceByName(server, server.id, String(name));
      if (resource !== undefined) wishes.push(await wishFor(book, resource, scopeIds));
    } else if (typeof type === 'string' && type !== '') {
      for (const each of await directory.resourcesOfType(server, type)) {
        const resource = await directory.resource(server, each);
        if (resource?.owner === server.id) wishes.push(await wishFor(book, resource, scopeIds));
      }
    } else wishes.push(...(await scopeWishes(book, scopeIds)));
  }
  return wishes;
}

function namesOf(list: unknown): readonly string[] {
  if (!Array.isArray(list)) return [];
  return (list as readonly unknown[]).flatMap((one) => {
    const name = typeof one === 'object' && one !== null ? (one as Json)['name'] : one;
    return typeof name === 'string' ? [name] : [];
  });
}
